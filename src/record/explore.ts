import { z } from 'zod';
import { lineSchema, platformSchema } from './record.ts';

/** The version of the shape. It is raised when a reader of the version before could not read the new one. */
export const EXPLORATION_VERSION = 2;

const text = z.string();
const count = z.int().min(0);

const step = z.strictObject({
  step: text,
  allowed: z.array(text).describe('What the model allows'),
  rule: text.exactOptional().describe('The rule by which; absent where the model takes a step for granted'),
  observed: text,
});

const mismatch = z.strictObject({
  protocol: z.enum(['udp', 'tcp']),
  sequence: text.describe('The shortest sequence found, as `bindspec explore --replay` reads it'),
  from: text.describe('The random sequence in which it was found'),
  reproduced: z.boolean().describe('Whether it came again when it was played alone'),
  steps: z.array(step).describe('Every operation; the last one is the mismatch'),
  seen: step
    .exactOptional()
    .describe('Where it did not come again: the mismatch as it was found, among other sequences'),
  rule: z
    .strictObject({ id: text, prose: text, source: text, where: text, known: text })
    .exactOptional()
    .describe('The rule that decided the last step'),
  transcript: z.array(lineSchema),
  rerun: text,
  scripts: z.strictObject({ c: text, python: text }),
});

const unseen = z.strictObject({
  protocol: z.enum(['udp', 'tcp']),
  sequence: text.describe('As `bindspec explore --replay` reads it'),
  seed: z.int().describe('The seed of its batch'),
  place: count.describe('Its place in that batch'),
  doubt: text.describe('Why the mismatch was in doubt, so that the sequence was played alone'),
  alone: count.describe('How often it was played alone'),
  shown: count.describe('In how many of these plays there was a mismatch'),
  steps: z.array(step).describe('Every operation as it was played among other sequences; the last one is the mismatch'),
  transcript: z.array(lineSchema).describe('The calls of the last play alone'),
  rerun: text,
});

/** The work and the findings of a run of `bindspec explore`. */
export const explorationSchema = z.strictObject({
  schema: z.literal(EXPLORATION_VERSION),
  bindspec: text.describe('The version of bindspec'),
  complete: z.boolean().describe('False when the run was interrupted'),
  started: z.iso.datetime(),
  duration: z.number().min(0).describe('Milliseconds'),
  platform: platformSchema,
  lab: text,
  asks: z.enum(['names', 'receivers']).describe('What the sequences ask: what bind() returns, or who receives too'),
  model: text.describe('The system whose model was asked'),
  owners: z.array(z.int().min(0)).describe('The user ids of the first and the second owner'),
  seed: z.int().min(0),
  protocols: z.array(
    z.strictObject({
      protocol: z.enum(['udp', 'tcp']),
      sequences: count,
      operations: count.describe('Steps that were played, probes among them'),
      mismatches: count.describe('Sequences with an operation whose outcome the model does not allow'),
      dropped: count
        .exactOptional()
        .describe('Mismatches that do not count: they did not come again when the sequence was played alone'),
      resent: count
        .exactOptional()
        .describe('Datagrams of probes that were sent again, because nothing came of the ones before'),
    }),
  ),
  mismatches: z.array(mismatch).describe('One of each kind of mismatch, shrunk; not more than were asked for'),
  unseen: z
    .array(unseen)
    .exactOptional()
    .describe('The first of those that `dropped` counts: mismatches that did not come again alone, and do not count'),
});

export type Exploration = z.infer<typeof explorationSchema>;
export type Mismatch = Exploration['mismatches'][number];
export type UnseenMismatch = NonNullable<Exploration['unseen']>[number];
