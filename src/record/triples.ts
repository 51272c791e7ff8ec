import { z } from 'zod';
import { matrixSchema } from './matrix.ts';
import { matrixRunShape } from './matrix-run.ts';

/** The version of the shape of a record of triples. */
export const TRIPLES_VERSION = 1;

const text = z.string();
const count = z.int().min(0);
const places = z.array(z.int().min(0));

const corner = {
  protocol: z.enum(['udp', 'tcp']),
  state: z
    .enum(['bound/bound', 'listening/bound', 'bound/listening', 'listening/listening'])
    .describe('The states of the first and the second when the third is bound'),
  uid: z.enum(['same', 'third', 'second', 'first']).describe("Which of the three is another user's"),
};

const block = z.strictObject({
  ...corner,
  first: places.describe('Sockets, by their places in the list'),
  second: places.describe('Sockets that were bound beside each of the first ones'),
  third: places.describe('Sockets that were bound beside each of these two'),
  kernel: text.describe(
    'For each first socket, and for each second one beside it, the place of its row in `rows`, written in base 64 ' +
      '(A-Z, a-z, 0-9, +, /) with as many digits as the last place needs',
  ),
});

const pairs = z.strictObject({
  protocol: corner.protocol,
  state: z.enum(['bound', 'listening']),
  uid: z.enum(['same', 'different']),
  first: places,
  second: places,
  kernel: text.describe('For each first socket the place of its row in `rows`, likewise'),
});

const triple = { ...corner, first: text, second: text, third: text };

const quirk = z.strictObject({
  protocol: corner.protocol,
  rule: text.describe('The rule that decides in the model'),
  pairs: text.describe('What the pairs (first, third) and (second, third) say together'),
  kernel: text.describe('What the kernel answers'),
  triples: count,
  example: z.strictObject(triple),
});

const mismatch = z.strictObject({
  ...triple,
  kernel: text,
  model: text,
  rule: text,
  command: text.describe('What runs this triple again'),
});

export const triplesSchema = z.strictObject({
  schema: z.literal(TRIPLES_VERSION),
  kind: z.literal('triples'),
  ...matrixRunShape,
  counts: z.strictObject({
    triples: count,
    agree: count,
    mismatches: count,
    notRun: count,
    refused: count.describe('Those whose first two sockets could not both be made, so that they count as pairs'),
    unexplained: count.describe('Those whose answer is not what the two pairs say together'),
    skipped: count,
  }),
  sockets: matrixSchema.shape.sockets,
  answers: z
    .array(text)
    .describe('`ok`, or the call that failed and its errno; after `first` or `second` where it is a call on that one'),
  rows: z
    .array(text)
    .describe(
      'Distinct rows of answers, as places in `answers` in base 64, one digit each: one for each third socket, or a ' +
        'single one where the first two could not both be made; empty where they were not run',
    ),
  blocks: z.array(block),
  pairs: z.array(pairs).describe('The pairs that the triples are compared with'),
  quirks: z.array(quirk).describe('The triples that their pairs do not explain, by the rule that decides'),
  rules: matrixSchema.shape.rules,
  skipped: z.array(z.strictObject({ what: text, triples: count, reason: text, enable: text })),
  mismatches: z.array(mismatch).describe('The first hundred'),
  errors: matrixSchema.shape.errors,
});

export type TriplesRecord = z.infer<typeof triplesSchema>;
export type Quirk = TriplesRecord['quirks'][number];
