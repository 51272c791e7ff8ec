import { z } from 'zod';

/** The version of the shape of a program's record. */
export const PROGRAM_VERSION = 1;

const text = z.string();
const count = z.int().min(0);

/** @public */
export const SOCKET_PROTOCOLS = ['tcp', 'udp', 'udplite', 'raw', 'icmp', 'unix', 'packet'] as const;

const socket = z.strictObject({
  protocol: z.enum(SOCKET_PROTOCOLS),
  family: z.enum(['inet', 'inet6', 'unix', 'packet']),
  address: text.describe(
    'As the socket has it: `0.0.0.0`, `::`, `fe80::%lan` (the rest of a link-local address is random), a path, or `@name`',
  ),
  port: z.int().min(0).max(65_535).nullable().describe('Null where its protocol has none'),
  scope: z
    .enum(['wildcard', 'loopback', 'lan', 'multicast', 'other', 'local'])
    .describe('`local`: only programs of this machine can reach it, a unix socket for example'),
  dual: z.boolean().exactOptional().describe('Only for a socket on ::: whether it takes IPv4 as well'),
  role: z
    .enum(['service', 'chance', 'client', 'helper'])
    .describe(
      '`service`: what it is reached by; `chance`: its port was chosen by the kernel; `client`: connected to someone; ' +
        '`helper`: it is neither',
    ),
  peer: text.exactOptional().describe('The other end, of a connected one'),
  options: z
    .record(text, z.union([z.number(), text]))
    .exactOptional()
    .describe('Read from the live socket; absent where that was denied'),
  backlog: count.exactOptional().describe('Only for a listener'),
  processes: z.array(text).describe('The names of the processes that hold it'),
  users: z.array(text).describe('Their users'),
  creator: text.describe('The user who made it'),
  count: z.int().min(1).describe('How many of it there are, with the same address and options'),
});

const error = z.strictObject({
  name: text.describe('For example `EADDRINUSE`'),
  certain: z.boolean().describe('False where only the output says it'),
  text: text.exactOptional().describe('The line of the output'),
  call: text.exactOptional().describe('The call that returned it, for example `bind 0.0.0.0:80`'),
});

const start = z.strictObject({
  outcome: z
    .enum(['up', 'silent', 'ended', 'failed', 'missing'])
    .describe(
      '`up`: it has sockets; `silent`: it runs without an internet socket; `ended`: exit 0 and no socket; `failed`: another exit, or a ' +
        'signal; `missing`: it could not be started',
    ),
  exit: z
    .int()
    .nullable()
    .describe('The exit code of the process that was started; null while it runs, and where a signal ended it'),
  signal: text.exactOptional(),
  daemon: z.boolean().describe('Whether the started process ended and others stayed'),
  after: z.number().min(0).exactOptional().describe('Milliseconds to the first socket'),
  late: z
    .number()
    .min(0)
    .exactOptional()
    .describe('Milliseconds from its first socket to its last, where it opened more later'),
  error: error.exactOptional(),
  printed: z.array(text).describe('The first and the last lines of its output'),
  urls: z.array(text).describe('The addresses that it printed'),
});

const run = z.strictObject({
  start,
  sockets: z.array(socket),
});

const attempt = z.strictObject({
  from: z.enum(['machine', 'neighbour']),
  protocol: z.enum(['tcp', 'udp']),
  to: text.describe('`127.0.0.1`, `::1`, `lan`, `lan6`, `link-local`, or `localhost` as a client takes it'),
  address: text,
  port: z.int(),
  reached: z.enum(['yes', 'refused', 'unreachable', 'silence', 'error']),
  served: z
    .enum(['banner', 'open', 'closed', 'reset', 'answer', 'queued', 'dropped'])
    .exactOptional()
    .describe('What a connection that was reached got; `queued`: a datagram waits or was read, without an answer'),
});

const localhost = z.strictObject({
  port: z.int(),
  client: z.enum(['all in order', 'first only', 'IPv4 only']),
  address: text.nullable().describe('The one that it is connected to; null where none'),
});

const second = z.strictObject({
  files: z.enum(['same', 'own']),
  outcome: z
    .enum([
      'refused',
      'refused before bind',
      'ended',
      'silent',
      'retries',
      'other port',
      'chance',
      'shares',
      'other address',
    ])
    .describe('`ended`: exit 0 without a socket; `silent`: it runs without one'),
  run,
  tried: z
    .array(z.strictObject({ call: text, error: text }))
    .exactOptional()
    .describe('The binds and listens that failed, where they could be traced'),
  ports: z.array(z.int()).describe('Where it moved to'),
  shared: z.array(text).describe('The addresses that both have'),
  connections: z.strictObject({ first: count, second: count, none: count }).exactOptional(),
  firstLost: z.boolean().describe('Whether the first one lost a socket, or ended'),
});

const restart = z.strictObject({
  clients: z.boolean(),
  states: z.record(text, count).describe('What the kernel kept of the connections at its ports, by state'),
  outcome: z.enum(['at once', 'EADDRINUSE', 'failed', 'other port', 'other address', 'partly', 'not tested']),
  run: run.exactOptional(),
  lasts: z
    .number()
    .min(0)
    .exactOptional()
    .describe('Seconds until the kernel forgets the last of them, by its own timers or by trying again'),
  reason: text.exactOptional(),
});

const taken = z.strictObject({
  by: z.enum(['127.0.0.1', '::1', '0.0.0.0', '::']),
  port: z.int(),
  outcome: z
    .enum(['as before', 'refused', 'other port', 'other address', 'partly', 'silent', 'ended', 'not tested'])
    .describe(
      '`partly`: it has its other sockets; `other address`: the same port at an address that it did not have before',
    ),
  run: run.exactOptional(),
  reason: text.exactOptional(),
});

const alone = z.strictObject({
  outcome: z.enum(['same', 'less', 'other', 'refused', 'silent', 'ended', 'not tested']),
  run: run.exactOptional(),
  reason: text.exactOptional(),
});

const late = z.strictObject({
  address: text,
  outcome: z.enum(['refused', 'ended', 'silent', 'others only', 'comes', 'bound all along', 'not tested']),
  run: run.exactOptional(),
  reached: z.boolean().exactOptional().describe('Whether it was reached there afterwards'),
  reason: text.exactOptional(),
});

/** What was seen of one program. What was not asked, or could not be, is absent. */
const observationSchema = z.strictObject({
  first: run,
  ended: z.boolean().describe('Whether it ended after the connections of the question `reach`'),
  reach: z.array(attempt).exactOptional(),
  localhost: z.array(localhost).exactOptional(),
  second: z.array(second).exactOptional(),
  restart: z.array(restart).exactOptional(),
  'ipv6-off': alone.exactOptional(),
  taken: z.array(taken).exactOptional(),
  late: late.exactOptional(),
});

/** What `bindspec program` found of one program on one machine. */
export const programSchema = z.strictObject({
  schema: z.literal(PROGRAM_VERSION),
  kind: z.literal('program'),
  bindspec: text.describe('The version of bindspec'),
  started: z.iso.datetime(),
  duration: z.number().min(0).describe('Milliseconds'),
  complete: z.boolean().describe('False where it was interrupted'),
  system: z.strictObject({ release: text, architecture: text, root: z.boolean() }),
  program: z.strictObject({
    name: text,
    version: text.exactOptional().describe('What it says of itself'),
    command: z.array(text),
    unit: text.exactOptional(),
    user: text,
    stdin: z.enum(['terminal', 'none', 'open']),
  }),
  surroundings: z.strictObject({
    hosts: text,
    hostname: text,
    resolver: text,
    lan: z.array(text),
    neighbour: z.array(text),
  }),
  asked: z.array(z.enum(['reach', 'second', 'restart', 'ipv6-off', 'taken', 'late'])),
  cannot: z.array(text).describe('What could not be done here, and what would let it'),
  observation: observationSchema,
  says: z.array(text).describe('What is worth knowing of it, in sentences'),
  against: z
    .strictObject({ what: text, missing: z.array(text), extra: z.array(text) })
    .exactOptional()
    .describe('What it was checked against, where it was'),
});

export type ProgramRecord = z.infer<typeof programSchema>;
export type ProgramObservation = z.infer<typeof observationSchema>;
/** @public */
export type ProgramSocket = z.infer<typeof socket>;
/** @public */
export type ProgramStart = z.infer<typeof start>;
/** @public */
export type ProgramRun = z.infer<typeof run>;
/** @public */
export type ReachAttempt = z.infer<typeof attempt>;
/** @public */
export type SecondInstance = z.infer<typeof second>;
/** @public */
export type RestartedProgram = z.infer<typeof restart>;
/** @public */
export type TakenPort = z.infer<typeof taken>;
/** @public */
export type WithoutIPv6 = z.infer<typeof alone>;
/** @public */
export type LateAddress = z.infer<typeof late>;
/** @public */
export type LocalhostClient = z.infer<typeof localhost>;
