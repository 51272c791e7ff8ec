import { z } from 'zod';
import { matrixRunShape } from './matrix-run.ts';
import { matrixSchema } from './matrix.ts';

/** The version of the shape of a record of who receives. */
export const RECEIVERS_VERSION = 1;

const text = z.string();
const count = z.int().min(0);
const places = z.array(count);

const corner = {
  protocol: z.enum(['udp', 'tcp']),
  states: z
    .tuple([
      z.enum(['bound', 'connected', 'connected-out', 'listening']),
      z.enum(['bound', 'connected', 'connected-out', 'listening']),
    ])
    .describe('The states of the two sockets when the probes arrive'),
  uid: z.enum(['same', 'different']),
  devices: text.describe('The interfaces that the two are tied to, for example `lo/none`'),
};

const way = z.strictObject({
  host: z.enum(['machine', 'neighbour']).describe('The host that sends'),
  from: text,
  port: z
    .enum(['peer', 'other'])
    .describe('Whether it is sent from the port of the peers that sockets are connected to'),
  to: text,
  device: text.exactOptional().describe('The interface that counts as the one by which it arrives'),
});

const block = z.strictObject({
  ...corner,
  first: places.describe('Sockets, by their places in the list'),
  second: places.describe('Sockets that were bound after each of the first ones'),
  ways: places.describe('The probes that each pair got, by their places in `ways`'),
  kernel: z
    .array(text)
    .describe(
      'For each first socket its answers in the order of the second ones, as places in `answers` written in base 64 ' +
        '(A-Z, a-z, 0-9, +, /), all with as many digits as the longest needs; empty where it was not run',
    ),
  model: z.array(text).describe('The same for what the model predicts, as places in `predictions`'),
});

const mismatch = z.strictObject({
  ...corner,
  first: text,
  second: text,
  way: count.nullable().describe('Its place in `ways`; null where the two are not there together as the model says'),
  kernel: text,
  model: text,
  rule: text,
  command: text.describe('What runs this pair again'),
});

export const receiversSchema = z.strictObject({
  schema: z.literal(RECEIVERS_VERSION),
  kind: z.literal('receivers'),
  ...matrixRunShape,
  counts: z.strictObject({
    pairs: count,
    together: count.describe('Pairs whose two sockets can be there together'),
    cells: count.describe('Probes of one way to one of these pairs, from one port or from several'),
    unknown: count.describe('Cells for which the model gives no answer'),
    agree: count,
    mismatches: count.describe('Pairs with at least one cell that does not agree'),
    alone: count.describe('Pairs that were tried again alone, because they did not agree among thousands of others'),
    notRun: count,
    skipped: count,
  }),
  sockets: matrixSchema.shape.sockets,
  ways: z.array(way),
  words: z
    .array(text)
    .describe(
      'What became of the probes of a cell: `1`, `2`, `1+2` where both got a copy, `refused`, `reset`, `silence`, `no answer`; ' +
        'joined by `|` where the sender’s port decided',
    ),
  answers: z
    .array(z.strictObject({ failed: text }).or(z.strictObject({ cells: text })))
    .describe('The call that failed, or for each way a place in `words`, as digits of base 64'),
  allowed: z
    .array(
      z.strictObject({
        outcomes: z.array(text).describe('Empty where the model gives no answer'),
        all: z.boolean().describe('Whether probes from enough ports must show each of them'),
        rule: text,
      }),
    )
    .describe('What the model says of a cell'),
  predictions: z
    .array(z.strictObject({ together: z.enum(['yes', 'no', 'maybe']), cells: text }))
    .describe('Whether the two can be there together, and for each way a place in `allowed`'),
  rules: matrixSchema.shape.rules,
  blocks: z.array(block),
  skipped: matrixSchema.shape.skipped,
  mismatches: z.array(mismatch).describe('The first hundred; all of them are in the blocks'),
  errors: matrixSchema.shape.errors,
});

export type ReceiversRecord = z.infer<typeof receiversSchema>;
export type ReceiversBlock = ReceiversRecord['blocks'][number];
export type ReceiversMismatch = ReceiversRecord['mismatches'][number];
