import { z } from 'zod';
import { matrixRunShape } from './matrix-run.ts';
import { singlesSchema } from './singles.ts';

/** The version of the shape of a matrix's record. */
export const MATRIX_VERSION = 1;

const text = z.string();
const count = z.int().min(0);
const places = z.array(z.int().min(0));

const allowed = z.strictObject({ outcomes: z.array(text).min(1), rule: text });
const corner = {
  protocol: z.enum(['udp', 'tcp']),
  state: z
    .enum(['bound', 'listening', 'connected', 'accepted', 'close-wait', 'time-wait'])
    .describe('The state of the first socket when the second is bound'),
  uid: z.enum(['same', 'different']),
  devices: text.describe('The interfaces that the two are tied to, for example `lo/none`'),
};

const socket = z.strictObject({
  text: text.describe('Its name as people spell it'),
  letters: z.enum(['-', 'A', 'P', 'AP', 'E']).describe('SO_REUSEADDR, SO_REUSEPORT, SO_EXCLUSIVEADDRUSE'),
  family: z.enum(['inet', 'inet6']),
  address: text,
  v6only: z.boolean().exactOptional(),
  connected: text.describe('Its local address once it has a connection'),
  connectedOnly: z.literal(true).exactOptional(),
});

const block = z.strictObject({
  ...corner,
  first: places.describe('Sockets, by their places in the list'),
  second: places.describe('Sockets that were bound beside each of the first ones'),
  kernel: z
    .array(text)
    .describe(
      'For each first socket its answers in the order of the second ones, as places in `answers` written in base 64 ' +
        '(A-Z, a-z, 0-9, +, /): one digit each, or two where the list is longer than 64; empty where it was not run',
    ),
  model: z.array(text).describe('The same for what the model predicts, as places in `predictions`'),
});

const mismatch = z.strictObject({
  ...corner,
  first: text,
  second: text,
  kernel: text,
  model: text,
  rule: text,
  command: text.describe('What runs this pair again'),
});

export const matrixSchema = z.strictObject({
  schema: z.literal(MATRIX_VERSION),
  kind: z.literal('matrix'),
  ...matrixRunShape,
  counts: z.strictObject({ pairs: count, agree: count, mismatches: count, notRun: count, skipped: count }),
  sockets: z.array(socket),
  answers: z
    .array(text)
    .describe('`ok`, or the call that failed and its errno; `first` before one of the first socket'),
  predictions: z.array(
    z
      .strictObject({ first: allowed.exactOptional(), bind: allowed.exactOptional(), listen: allowed.exactOptional() })
      .describe('What the calls on the second socket may return, or the first where that can not be bound'),
  ),
  rules: z
    .array(z.strictObject({ id: text, prose: text, source: text, known: text }))
    .describe('The rules that decided'),
  blocks: z.array(block),
  singles: singlesSchema.exactOptional().describe('The binds of one socket alone, where they were run'),
  skipped: z.array(z.strictObject({ what: text, pairs: count, reason: text, enable: text })),
  mismatches: z.array(mismatch).describe('The first hundred; all of them are in the blocks'),
  errors: z.array(z.strictObject({ what: text, error: text })).describe('What went wrong in the harness'),
});

export type MatrixRecord = z.infer<typeof matrixSchema>;
export type MatrixBlock = MatrixRecord['blocks'][number];
export type MatrixSocket = MatrixRecord['sockets'][number];
