import { z } from 'zod';
import { containersSchema } from './containers.ts';
import { matrixSchema } from './matrix.ts';
import { platformSchema, recordSchema, VERDICTS } from './record.ts';

/** The version of the shape. It is raised when a reader of the version before could not read the new one. */
export const COMPARISON_VERSION = 1;

const text = z.string();
const count = z.int().min(0);
const cell = recordSchema.shape.cells.element.shape;
const claim = recordSchema.shape.claims.element.shape;

const run = z.strictObject({
  started: z.iso.datetime(),
  complete: z.boolean(),
  duration: z.number().min(0).describe('Milliseconds'),
  selectors: z.array(text).describe('What was chosen; everything, where there are none'),
  counts: z.partialRecord(z.enum(VERDICTS), count).describe('How many cells have each verdict that any has'),
});

const matrix = z.strictObject({
  started: z.iso.datetime(),
  complete: z.boolean(),
  model: matrixSchema.shape.settings.shape.model,
  asked: matrixSchema.shape.settings.shape.asked,
  counts: matrixSchema.shape.counts,
  rules: z.array(text).describe('The rules of the model that the mismatches are about'),
  errors: count.describe('How often something went wrong in the harness'),
});

const column = z.strictObject({
  name: text.describe('The id of the platform, with what sets it apart where several have that id'),
  platform: platformSchema,
  lab: text,
  bindspec: text.describe('The version that wrote the record'),
  run: run.exactOptional(),
  matrix: matrix.exactOptional(),
});

const outcome = z.strictObject({
  place: text.describe('Where in the observation; empty for the whole of it'),
  observed: text.describe('In words; a number that kept its bounds is given as the bounds'),
});

const seen = z.strictObject({
  verdict: cell.verdict,
  reason: cell.reason,
  known: text.exactOptional().describe('How it is known what to expect there'),
  outcomes: z.array(outcome).describe('Empty where nothing was observed'),
});

const compared = z.strictObject({
  id: text,
  values: cell.values,
  on: z.record(text, seen).describe('By the names of the platforms; absent where the cell was not chosen'),
  alike: z
    .array(z.array(text))
    .describe('The platforms that observed something, together where it was the same; the largest group first'),
});

const counted = z.strictObject({
  id: text,
  title: text,
  exposed: count.describe('How many of the ways in that were tried lead to something private'),
  contained: count.describe('How many do not'),
  skipped: text.exactOptional().describe('Why it was not run'),
  error: text.exactOptional().describe('What went wrong in the harness'),
});

const engine = z.strictObject({
  name: text.describe('The id of the engine, with its version and platform'),
  engine: containersSchema.shape.engine.shape.name,
  version: text,
  platform: platformSchema,
  bindspec: text.describe('The version that wrote the record'),
  started: z.iso.datetime(),
  complete: z.boolean(),
  exposures: z.array(
    z.strictObject({
      configuration: text,
      says: text.describe('Who reaches what, in a sentence'),
      how: text.describe('Over which protocols, and by which addresses'),
      reference: text.exactOptional().describe('Where it is known from'),
      known: text.exactOptional().describe('Why it is known, from the list of known deviations'),
    }),
  ),
  broken: z
    .array(z.strictObject({ configuration: text, says: text, source: text, broken: z.array(text) }))
    .describe('What documents promise and what is not so'),
  configurations: z.array(counted),
});

export const comparisonSchema = z.strictObject({
  schema: z.literal(COMPARISON_VERSION),
  kind: z.literal('comparison'),
  bindspec: text.describe('The version that compared'),
  platforms: z.array(column),
  experiments: z.array(z.strictObject({ id: text, title: text, asks: text, cells: z.array(compared) })),
  claims: z.array(
    z.strictObject({
      id: text,
      claim: text,
      documents: claim.documents,
      on: z.record(text, z.strictObject({ verdict: claim.verdict, detail: claim.detail })),
    }),
  ),
  engines: z.array(engine).exactOptional().describe('Container engines; absent where there is no record of any'),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type ComparedPlatform = Comparison['platforms'][number];
export type ComparedEngine = NonNullable<Comparison['engines']>[number];
export type ComparedExperiment = Comparison['experiments'][number];
export type ComparedCell = ComparedExperiment['cells'][number];
