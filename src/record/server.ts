import { z } from 'zod';
import { PROGRAM_VERSION } from './program.ts';

/** The version of the shape. It is raised when a reader of the version before could not read the new one. */
export const SERVER_VERSION = 1;

const text = z.string();

const reached = z.strictObject({
  machine: z
    .array(text)
    .describe('The addresses by which the machine itself reaches it: `127.0.0.1`, `::1`, `lan`, `lan6`'),
  neighbour: z.array(text).describe('Those by which another machine of the LAN does'),
  closed: z
    .array(text)
    .exactOptional()
    .describe('Those of them where a connection was accepted and closed or reset at once, for example `neighbour lan`'),
});

/** What was seen of a program of the table, in one version of it: the outcomes of `bindspec program`, in few words. */
export const serverSchema = z.strictObject({
  schema: z.literal(SERVER_VERSION),
  kind: z.literal('server'),
  bindspec: text.describe('The version of bindspec'),
  started: z.iso.datetime(),
  duration: z.number().min(0).describe('Milliseconds'),
  system: z.strictObject({ release: text, architecture: text, root: z.boolean() }),
  from: z.literal(PROGRAM_VERSION).describe('The version of the shape of what it was made from'),
  name: text.describe('As `bindspec programs` names it'),
  group: text,
  version: text.describe('The version of the program, which is that of its first package'),
  packages: z.record(text, text).describe('The packages that were asked for, with their versions'),
  command: z.array(text),
  documented: z
    .strictObject({ says: z.array(text).nullable(), where: text })
    .describe('What its documents say it binds, and where; null where no document says it'),
  start: text.describe('`up`, or how it did not start'),
  binds: z.array(text).describe('What it is reached by: `tcp [::]:80 v6only reuseaddr`'),
  others: z.array(text).describe('Its other sockets: ports of chance, clients, helpers'),
  users: z.array(text).describe('Who holds what it is reached by'),
  ended: z.boolean().describe('Whether it ended after the first connections'),
  reach: z.record(text, reached).describe('By protocol and port: `tcp 80`'),
  second: z
    .strictObject({ same: text.exactOptional(), own: text.exactOptional() })
    .describe('What a second instance got, with the same files and with files of its own'),
  restart: text.exactOptional().describe('What it got at once after it was killed with clients connected'),
  ipv6off: text.exactOptional(),
  taken: z.record(text, text).describe('What it did where another program had its port, by the address of that one'),
  late: text.exactOptional().describe('What it did with an address that came later'),
  says: z.array(text).describe('What is worth knowing of it, in sentences'),
});

export type ServerRecord = z.infer<typeof serverSchema>;
