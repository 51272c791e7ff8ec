import { z } from 'zod';

/** The version of the shape. It is raised when a reader of the version before could not read the new one. */
export const VERIFICATION_VERSION = 1;

const text = z.string();
const port = z.int().min(0).max(65_535);
const protocol = z.enum(['tcp', 'udp']);

const listener = z.strictObject({
  address: text,
  dual: z
    .boolean()
    .exactOptional()
    .describe('Only for a socket on ::: whether it takes IPv4 as well; absent where that was not found out'),
  program: text.exactOptional().describe('The name of the process that holds it; absent where that is not known'),
  pid: z.int().exactOptional().describe('That process as it is numbered where bindspec ran'),
});

const attempt = z.strictObject({
  from: z
    .enum(['inside', 'host', 'neighbour'])
    .describe('Where it was tried: in the network of the container, on its host, from a neighbour made for that'),
  address: text,
  port,
  outcome: text.describe(
    '`open`, `answered` (UDP), `closed` (accepted, then closed), `stuck` (accepted, but not passed on), `refused`, ' +
      '`silence`, `unreachable`, or the errno of the call that failed',
  ),
  by: text.exactOptional().describe('Which address answered, where that is another than was asked (UDP)'),
  holder: text.exactOptional().describe('The program of the host that accepted it in place of the container'),
});

const finding = z.strictObject({
  kind: z.enum([
    'nothing-listens',
    'loopback-inside',
    'ipv4-only',
    'ipv6-only',
    'other-address',
    'mute',
    'gone-address',
    'held-by-another',
    'not-forwarded',
    'exposed',
    'localhost',
    'udp-other-address',
    'udp-unknown',
    'loopback-reached',
    'inside-only',
    'unpublished',
    'host-network',
    'no-engine',
    'firewall-passed',
    'firewall-kept',
    'host-listener',
  ]),
  severity: z.enum(['wrong', 'note']),
  text: text.describe('The problem, and after a colon what to change, where there is something to change'),
});

/** The findings of `bindspec verify` about one container, process or network namespace. */
export const verificationSchema = z.strictObject({
  schema: z.literal(VERIFICATION_VERSION),
  bindspec: text.describe('The version of bindspec'),
  started: z.iso.datetime(),
  target: z.strictObject({
    kind: z.enum(['container', 'process', 'namespace']),
    name: text,
    id: text.exactOptional(),
    pid: z.int().exactOptional().describe('The process whose network namespace was entered'),
    engine: z.strictObject({ name: text, version: text, rootless: z.boolean() }).exactOptional(),
    network: text.exactOptional().describe("The mode of the container's network, as the engine has it"),
    hostNetwork: z.boolean().describe('Whether its network is that of the host'),
    addresses: z.array(text).describe('Its own addresses, loopback left out'),
    shared: z.array(text).exactOptional().describe('Other containers in the same network, for example of a pod'),
  }),
  host: z.strictObject({
    addresses: z.array(text).describe('Its own addresses that were tried, loopback included'),
    localhost: z.array(text).describe('What localhost stands for on the host, in the order in which it is tried'),
  }),
  neighbour: z.boolean().describe('Whether a neighbour was made to try from'),
  udp: z.boolean().describe('Whether UDP ports were sent empty datagrams'),
  ports: z.array(
    z.strictObject({
      protocol,
      port: port.describe('Inside'),
      verdict: z.enum(['fine', 'wrong']),
      listeners: z.array(listener),
      published: z.array(z.strictObject({ address: text, port })).describe("Addresses and ports of the engine's host"),
      tries: z.array(attempt),
      findings: z.array(finding),
    }),
  ),
  verdict: z.enum(['fine', 'wrong']),
});

/** The findings of `bindspec verify` about several containers: all that run, a compose project, a pod, or some that were named. */
export const systemVerificationSchema = z.strictObject({
  schema: z.literal(VERIFICATION_VERSION),
  kind: z.literal('system'),
  bindspec: text.describe('The version of bindspec'),
  started: z.iso.datetime(),
  what: text.describe('All that runs, a project, a pod, or names'),
  denies: z
    .array(text)
    .describe("The chains of the host's firewall that end what comes in, unless a rule says otherwise"),
  unread: z.array(text).describe('What of the firewall could not be read, and why'),
  containers: z.array(verificationSchema),
  unverified: z
    .array(z.strictObject({ name: text, reason: text }))
    .describe('Containers that could not be looked into'),
  verdict: z.enum(['fine', 'wrong']),
});

export type SystemVerification = z.infer<typeof systemVerificationSchema>;
export type Verification = z.infer<typeof verificationSchema>;
export type PortReport = Verification['ports'][number];
export type Finding = PortReport['findings'][number];
export type Try = PortReport['tries'][number];
export type Viewpoint = Try['from'];
