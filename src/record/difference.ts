import { z } from 'zod';
import { matrixSchema } from './matrix.ts';
import { recordSchema, VERDICTS } from './record.ts';

/** The version of the shape. It is raised when a reader of the version before could not read the new one. */
export const DIFFERENCE_VERSION = 1;

const text = z.string();
const count = z.int().min(0);
const verdict = z.enum(VERDICTS);
const claimVerdict = recordSchema.shape.claims.element.shape.verdict;
const { protocol, state, uid, devices } = matrixSchema.shape.blocks.element.shape;
const timing = z.enum(['at once', 'after a wait', 'after seconds']);

const some = {
  experiment: text,
  cells: z.array(text).min(1),
  which: text.describe('What sets these cells apart from the others of the experiment, in words'),
};

const runs = z.strictObject({
  both: count.describe('Cells that are in both records'),
  outcomes: z.array(
    z.strictObject({
      ...some,
      places: z.array(z.strictObject({ place: text, was: text, is: text })).min(1),
      verdict: z.strictObject({ was: verdict, is: verdict }),
    }),
  ),
  verdicts: z
    .array(z.strictObject({ ...some, was: verdict, is: verdict, reason: text.exactOptional() }))
    .describe('Where nothing else was observed; also what only one of the two observed'),
  timings: z.array(
    z.strictObject({
      ...some,
      place: text,
      was: timing,
      is: timing,
      example: z.strictObject({ cell: text, was: z.number(), is: z.number() }).describe('Milliseconds'),
    }),
  ),
  appeared: z.array(z.strictObject(some)),
  gone: z.array(z.strictObject(some)),
  claims: z.array(z.strictObject({ id: text, was: claimVerdict, is: claimVerdict })),
});

const matrices = z.strictObject({
  both: count.describe('Pairs that were run for both records'),
  different: count.describe('How many of these pairs have another answer'),
  appeared: count.describe('Pairs that only the second record has an answer for'),
  gone: count.describe('Pairs that only the first record has an answer for'),
  answers: z.array(
    z.strictObject({
      was: text,
      is: text,
      rules: z
        .strictObject({ was: text, is: text })
        .describe('The rule by which the model of each record has its answer'),
      count,
      corners: z.array(z.strictObject({ protocol, state, uid, devices, count })),
      pairs: z
        .array(z.strictObject({ protocol, state, uid, devices, first: text, second: text }))
        .describe('The first few'),
    }),
  ),
});

const containers = z.strictObject({
  both: count.describe('Questions that both records have an answer to'),
  different: count.describe('How many of these questions have another outcome'),
  changes: z.array(
    z.strictObject({
      configuration: text,
      was: text,
      is: text,
      who: z.array(text).describe('Who asked by which address, or what else is said'),
      what: z.array(text).describe('The questions in full'),
    }),
  ),
  verdicts: z.array(z.strictObject({ what: text, says: text, was: text, is: text })),
  appeared: z.array(text).describe('Configurations that only the second record has'),
  gone: z.array(text).describe('Configurations that only the first record has'),
  unasked: z.strictObject({ appeared: count, gone: count }).describe('Questions that only one of the two has'),
});

const side = z.strictObject({
  file: text,
  started: z.iso.datetime(),
  complete: z.boolean(),
});

const part = { before: side, after: side };

/** The differences that `bindspec diff` found between two records, or two folders of them. */
export const differenceSchema = z.strictObject({
  schema: z.literal(DIFFERENCE_VERSION),
  kind: z.literal('difference'),
  bindspec: text.describe('The version that compared'),
  before: text.describe('The platform, or the engine'),
  after: text,
  differs: z.boolean().describe('Whether anything that both observed has another outcome'),
  facts: z.array(z.strictObject({ fact: text, was: text, is: text })).describe('What the two were recorded with'),
  run: z.strictObject({ ...part, ...runs.shape }).exactOptional(),
  matrix: z.strictObject({ ...part, ...matrices.shape }).exactOptional(),
  containers: z.strictObject({ ...part, ...containers.shape }).exactOptional(),
});

export type RecordDifference = z.infer<typeof differenceSchema>;
export type RunsDifference = z.infer<typeof runs>;
export type MatricesDifference = z.infer<typeof matrices>;
export type ContainersDifference = z.infer<typeof containers>;
export type ChangedFact = RecordDifference['facts'][number];
export type Timing = z.infer<typeof timing>;
