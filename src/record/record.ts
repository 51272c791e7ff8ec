import { z } from 'zod';

/**
 * The version of the record's shape. It is raised when a reader of the version before could not read the new shape, and
 * when a key that some older records do not have is always there from now on. `migrate/` converts an older record to this
 * version.
 */
export const RECORD_VERSION = 3;

const text = z.string();

/**
 * An id that reports are filed under. It can't be a path, no matter who wrote the record: it begins with a letter or digit
 * and has no separator, so that it names neither a parent folder nor a key that every object already has.
 */
export const folderName = z.string().regex(/^[A-Za-z\d][\w.+~-]{0,99}$/, 'must be letters, digits and any of ._+~-');

const known = z
  .enum(['observed', 'source-run', 'source', 'vendor', 'test-suite', 'reported', 'other-version'])
  .describe('How it is known; `other-version`: only because it was observed on another version of the system');
const citation = z.strictObject({ source: text, where: text });

const expectation = z.strictObject({
  expect: z.unknown(),
  known,
  cite: z.array(citation),
  because: text.exactOptional().describe('Why this platform differs from the others, where it does'),
});

/** One call of a transcript. */
export const lineSchema = z.strictObject({
  at: z.number().min(0).describe('Milliseconds since the cell began'),
  part: text,
  host: text,
  call: text.describe('The call in the manner of strace, with what it returned'),
});

const disagreement = z.strictObject({
  path: text.describe('Where in the observation; empty for the whole of it'),
  expected: z.unknown(),
  observed: z.unknown().optional().describe('Absent when nothing was observed there'),
});

const evidence = z.strictObject({
  claim: text,
  holds: z.boolean().describe('Whether what was observed is what the document says'),
  against: z.array(disagreement).describe('Where it is not'),
  when: text.exactOptional().describe('The condition that this cell adds to what the document states'),
});

export const VERDICTS = ['pass', 'differs', 'fail', 'known', 'stale', 'unjudged', 'skipped', 'error'] as const;

const cell = z.strictObject({
  id: text,
  experiment: text,
  title: text,
  asks: text,
  values: z.record(text, text),
  verdict: z.enum(VERDICTS).describe('`unjudged`: it ran, and no one has said what to expect on this system'),
  reason: text
    .exactOptional()
    .describe('Why it was skipped or not judged, what went wrong, or why the deviation is known'),
  enable: text.exactOptional().describe('The line that would let a skipped cell run'),
  expectation: expectation.exactOptional().describe('Absent where no one has said what to expect on this system'),
  // JSON has no `undefined`, so the key of a value that was not observed is left out.
  observation: z.unknown().optional().describe('What happened; absent when nothing was observed'),
  disagreements: z.array(disagreement),
  claims: z.array(evidence),
  duration: z.number().min(0).describe('Milliseconds'),
  attempts: z.int().min(0),
  transcript: z.array(lineSchema),
});

const claim = z.strictObject({
  id: text,
  claim: text,
  documents: z.array(text),
  verdict: z.enum(['confirmed', 'refuted', 'qualified', 'untested']),
  detail: text.describe('On what the verdict rests, in a sentence'),
  holds: z.array(text).describe('Cells whose observation is what the document says'),
  contradicts: z.array(text).describe('Cells whose observation is not'),
});

const error = z.strictObject({
  number: z.int().nullable().describe("The system's own number for it; null where the system did not tell"),
  class: text.nullable().describe('What systems with other names for it are compared by; null where it has none'),
});

const missing = z.strictObject({ reason: text, enable: text });
const texts = z.array(text);
/** Facts about the machine with which its model is asked; a fact that could not be read is left out. */
const machine = z
  .strictObject({
    addresses: texts.exactOptional().describe('The addresses of all its interfaces'),
    devices: z.record(text, texts).exactOptional().describe('The addresses by interface, as far as that is known'),
    broadcasts: texts.exactOptional(),
    flags: z
      .record(text, z.enum(['tentative', 'duplicated', 'detached', 'deprecated', 'anycast']))
      .exactOptional()
      .describe('Addresses that are not ordinary ones'),
    unprivilegedPortStart: z.int().min(0).max(65_536).exactOptional(),
    bindv6only: z.boolean().exactOptional(),
    nonlocalBind: z.array(z.enum(['inet', 'inet6'])).exactOptional(),
    ipv6: z.boolean().exactOptional(),
    vrfs: z.record(text, texts).exactOptional().describe('The interfaces of each VRF'),
    tcpL3mdevAccept: z.boolean().exactOptional(),
    autobindReuse: z.boolean().exactOptional(),
  })
  .describe('What the machine says of its addresses and settings');
const addresses = z.record(text, text);

/** What an agent says about the system that it runs on. */
export const platformSchema = z.strictObject({
  id: folderName,
  system: text,
  stack: text
    .exactOptional()
    .describe('The stack that was asked for, where bindspec ran in another than this machine has'),
  release: text,
  version: text,
  architecture: text,
  runtime: text,
  uid: z.int().min(0).nullable(),
});

export const recordSchema = z.strictObject({
  schema: z.literal(RECORD_VERSION),
  bindspec: text.describe('The version of bindspec'),
  complete: z.boolean().describe('False when the run was interrupted'),
  started: z.iso.datetime(),
  duration: z.number().min(0).describe('Milliseconds'),
  platform: platformSchema,
  lab: z.strictObject({
    lab: text,
    hosts: z.record(text, text),
    addresses: z.strictObject({ inet: addresses, inet6: addresses }),
    missing: z.record(text, missing),
    externalInterface: text.nullable(),
    secondInterface: text.exactOptional(),
    namedInterface: text
      .exactOptional()
      .describe('The interface that was named for the external addresses of the host lab'),
    ownPorts: z.boolean(),
    firstPort: z
      .int()
      .min(1)
      .max(65_535)
      .exactOptional()
      .describe('The first port that may be used, where the system chooses some of the usual ones itself'),
    lastPort: z.int().min(1).max(65_535).exactOptional().describe('The last port that may be used, likewise'),
    machine: machine.exactOptional(),
    elsewhere: text,
  }),
  settings: z.strictObject({
    selectors: z.array(text),
    cells: z.int().min(0).describe('How many cells were chosen; an interrupted run holds fewer'),
    jobs: z.int().min(1),
    patience: z.number().min(0),
    fresh: z.boolean(),
  }),
  cells: z.array(cell),
  claims: z.array(claim),
  errors: z.record(text, error).describe('Every error that a call returned in this run, by its name'),
});

export type BindRecord = z.infer<typeof recordSchema>;
export type CellRecord = z.infer<typeof cell>;
export type ClaimRecord = z.infer<typeof claim>;
export type TranscriptLine = z.infer<typeof lineSchema>;
export type Platform = BindRecord['platform'];
export type Verdict = (typeof VERDICTS)[number];
