import { z } from 'zod';
import type { KernelSocket, ReadOptions } from './kernel-sockets.ts';
import type { Linger, OptionName } from './options.ts';
import type { Hello, MessageFlag, QueuedError, Reply, Result, Served, SocketName } from './messages.ts';

/** The messages that an agent may send. The harness checks everything that arrives from an agent against these. */
const socketName = z.strictObject({
  address: z.string().max(64),
  port: z.int().min(0).max(65_535),
  scope: z.int().min(0).exactOptional(),
}) satisfies z.ZodType<SocketName>;

const messageFlag = z.enum([
  'MSG_CTRUNC',
  'MSG_DONTROUTE',
  'MSG_ERRQUEUE',
  'MSG_MORE',
  'MSG_PEEK',
  'MSG_TRUNC',
]) satisfies z.ZodType<MessageFlag>;

const queuedError = z.strictObject({
  outcome: z.string().min(1).max(40),
  errno: z.int().min(0),
  origin: z.enum(['none', 'local', 'icmp', 'icmp6', 'other']),
  type: z.int().min(0),
  code: z.int().min(0),
  offender: socketName.exactOptional(),
}) satisfies z.ZodType<QueuedError>;

const linger = z.strictObject({ on: z.boolean(), seconds: z.int() }) satisfies z.ZodType<Linger>;

const served = z.strictObject({
  at: z.number(),
  bytes: z.int().min(0),
  from: socketName,
  to: z.string().max(64).exactOptional(),
  answered: z.string().max(40),
}) satisfies z.ZodType<Served>;

const readValue = z.union([z.int(), z.string().max(64), linger]);
/** The name of an option, which only says what was asked for. */
const optionName = z.string().max(40) as unknown as z.ZodType<OptionName>;

const readOptions = z.record(z.string().max(40), readValue) as unknown as z.ZodType<ReadOptions>;

const kernelSocket = z.strictObject({
  local: socketName,
  peer: socketName,
  state: z.int().min(0),
  inode: z.int().min(0),
  uid: z.int().min(0),
  device: z.int().min(0),
  received: z.int().min(0),
  queued: z.int().min(0),
  v6only: z.boolean().exactOptional(),
  on: z.array(optionName).exactOptional(),
}) satisfies z.ZodType<KernelSocket>;

const result = z.strictObject({
  outcome: z.string().min(1).max(40),
  at: z.number(),
  took: z.number(),
  errno: z.int().exactOptional(),
  name: socketName.exactOptional(),
  value: readValue.exactOptional(),
  data: z.string().exactOptional(),
  bytes: z.int().min(0).exactOptional(),
  from: socketName.exactOptional(),
  to: z.string().max(64).exactOptional(),
  interface: z.int().min(0).exactOptional(),
  flags: z.array(messageFlag).exactOptional(),
  error: queuedError.exactOptional(),
  ready: z.array(z.string()).exactOptional(),
  addresses: z.array(z.string().max(64)).exactOptional(),
  served: z.array(served).exactOptional(),
  counts: z.record(z.string(), z.int().min(1)).exactOptional(),
  pid: z.int().exactOptional(),
  exit: z.int().exactOptional(),
  open: z.int().min(0).exactOptional(),
  sockets: z.array(kernelSocket).exactOptional(),
  options: readOptions.exactOptional(),
  backlog: z.strictObject({ waiting: z.int().min(0), most: z.int().min(0) }).exactOptional(),
  got: z.array(z.int().min(0)).exactOptional(),
  codes: z.array(z.int().min(0)).exactOptional(),
  legend: z.array(z.string().max(80)).exactOptional(),
}) satisfies z.ZodType<Result>;

export const helloSchema = z.object({
  protocol: z.int(),
  pid: z.int(),
  system: z.string().max(40),
  wine: z.string().max(40).exactOptional(),
  release: z.string().max(200),
  version: z.string().max(400),
  architecture: z.string().max(40),
  runtime: z.string().max(100),
  uid: z.int().nullable(),
  networkNamespace: z.string().max(100).nullable(),
  clock: z.number(),
}) satisfies z.ZodType<Hello>;

export const replySchema = z.union([
  z.strictObject({ id: z.int(), results: z.array(result) }),
  z.strictObject({ id: z.int(), outcomes: z.array(z.string().min(1).max(64)) }),
  z.strictObject({ id: z.int(), fault: z.string() }),
]) satisfies z.ZodType<Reply>;
