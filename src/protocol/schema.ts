import { z } from 'zod';
import type { KernelSocket, ReadOptions } from './kernel-sockets.ts';
import type { Linger, OptionName } from './options.ts';
import type { Hello, MessageFlag, QueuedError, Reply, Result, Served, SocketName } from './messages.ts';

/**
 * An entry that may be missing. Zod would check a missing `exactOptional()` one as well, and make the errors of that, which
 * took two thirds of the time that it takes to check a reply: most results have few of these entries. A message is JSON, so that an
 * entry is never there and undefined.
 */
function maybe<T extends z.ZodType>(schema: T): z.ZodExactOptional<T> {
  return z.optional(schema) as unknown as z.ZodExactOptional<T>;
}

/** The messages that an agent may send. The harness checks everything that arrives from an agent against these. */
const socketName = z.strictObject({
  address: z.string().max(64),
  port: z.int().min(0).max(65_535),
  scope: maybe(z.int().min(0)),
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
  offender: maybe(socketName),
}) satisfies z.ZodType<QueuedError>;

const linger = z.strictObject({ on: z.boolean(), seconds: z.int() }) satisfies z.ZodType<Linger>;

const served = z.strictObject({
  at: z.number(),
  bytes: z.int().min(0),
  from: socketName,
  to: maybe(z.string().max(64)),
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
  v6only: maybe(z.boolean()),
  on: maybe(z.array(optionName)),
}) satisfies z.ZodType<KernelSocket>;

const result = z.strictObject({
  outcome: z.string().min(1).max(40),
  at: z.number(),
  took: z.number(),
  errno: maybe(z.int()),
  name: maybe(socketName),
  value: maybe(readValue),
  data: maybe(z.string()),
  bytes: maybe(z.int().min(0)),
  from: maybe(socketName),
  to: maybe(z.string().max(64)),
  interface: maybe(z.int().min(0)),
  flags: maybe(z.array(messageFlag)),
  error: maybe(queuedError),
  ready: maybe(z.array(z.string())),
  addresses: maybe(z.array(z.string().max(64))),
  served: maybe(z.array(served)),
  counts: maybe(z.record(z.string(), z.int().min(1))),
  pid: maybe(z.int()),
  exit: maybe(z.int()),
  open: maybe(z.int().min(0)),
  sockets: maybe(z.array(kernelSocket)),
  options: maybe(readOptions),
  backlog: maybe(z.strictObject({ waiting: z.int().min(0), most: z.int().min(0) })),
  got: maybe(z.array(z.int().min(0))),
  codes: maybe(z.array(z.int().min(0))),
  legend: maybe(z.array(z.string().max(80))),
}) satisfies z.ZodType<Result>;

export const helloSchema = z.object({
  protocol: z.int(),
  pid: z.int(),
  system: z.string().max(40),
  wine: maybe(z.string().max(40)),
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
