import { z } from 'zod';
import type { AddressKind } from '../lab.ts';

/** The kinds of addresses that a file names; the others every system has. */
export const NAMED_KINDS = [
  'external',
  'second-external',
  'neighbour',
  'filtered',
  'gateway',
] as const satisfies readonly AddressKind[];

/** The needs that a file may list as not met by its hosts. */
export const DENIABLE = ['neighbour', 'gateway', 'quiet interface', 'routed second address', 'second user'] as const;

const word = z.string({ error: 'must be text' });
const text = word.min(1, { error: 'must not be empty' });
const yes = z.boolean({ error: 'must be true or false' });

/** Says what belongs there, and of a key that does not, which ones there are. */
function object<Shape extends z.core.$ZodShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no key ${issue.keys.map((key) => `'${key}'`).join(', ')}: there are ${keys}`
        : `must be an object, with the keys ${keys}`,
  });
}

const host = object({
  title: text.exactOptional().describe('How it is called in messages and reports'),
  launch: z
    .array(text, { error: 'must be a list of words, such as ["ssh", "-T", "10.0.0.5"]' })
    .describe('The words before a command that start it on this host; none for the machine that bindspec runs on'),
  agent: object({
    node: text.exactOptional().describe("The Node.js there; this process's own file name when left out"),
    package: text.exactOptional().describe("The folder of bindspec there; this package's own when left out"),
  }).exactOptional(),
});

/** Each is an address, or the name of an interface that has it: then the next of its addresses that no other kind has. */
const addresses = object(
  Object.fromEntries(NAMED_KINDS.map((kind) => [kind, text.exactOptional()])) as Record<
    (typeof NAMED_KINDS)[number],
    z.ZodExactOptional<typeof text>
  >,
);

/** A topology file: hosts, how a command is started on each, and their addresses. */
export const topologySchema = object({
  $schema: word.exactOptional().describe('Where editors find this schema; not read'),
  hosts: object({
    machine: host.describe('The machine under test'),
    neighbour: host.exactOptional().describe('Another machine on its LAN'),
    gateway: host
      .exactOptional()
      .describe("A router to the neighbour's `filtered` address, which drops the ICMP that the machine sends"),
  }),
  addresses: object({
    inet: addresses.exactOptional().describe('IPv4: addresses, or names of the interfaces that have them'),
    inet6: addresses.exactOptional().describe('IPv6, likewise'),
  }),
  interface: text.exactOptional().describe("The machine's interface that holds its external addresses"),
  secondInterface: text.exactOptional().describe('The one that holds its second external addresses'),
  exclusive: yes
    .exactOptional()
    .describe('That no one else uses these hosts and their addresses: ports are then not probed, counters are trusted'),
  missing: object(
    Object.fromEntries(DENIABLE.map((need) => [need, text.exactOptional()])) as Record<
      (typeof DENIABLE)[number],
      z.ZodExactOptional<typeof text>
    >,
  )
    .exactOptional()
    .describe('What experiments may need and these hosts lack, with the reason'),
});

export type TopologyFile = z.infer<typeof topologySchema>;
export type HostInFile = z.infer<typeof host>;
