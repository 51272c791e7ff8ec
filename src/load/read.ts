import type { z } from 'zod';
import { wrongInContainers } from './check/containers.ts';
import { wrongInExploration } from './check/exploration.ts';
import { wrongInMatrix } from './check/matrix.ts';
import { wrongInProgram } from './check/program.ts';
import { wrongInRun } from './check/run.ts';
import { wrongInServer } from './check/server.ts';
import { wrongInReceivers } from './check/receivers.ts';
import { wrongInTriples } from './check/triples.ts';
import { CONTAINERS_VERSION, containersSchema, type ContainersRecord } from '../record/containers.ts';
import { EXPLORATION_STEPS } from './migrate/exploration.ts';
import { EXPLORATION_VERSION, explorationSchema, type Exploration } from '../record/explore.ts';
import { excess, excessOfPairs, excessOfTriples } from './limits.ts';
import { MATRIX_VERSION, matrixSchema, type MatrixRecord } from '../record/matrix.ts';
import { migrate } from './migrate/migrate.ts';
import { RUN_STEPS } from './migrate/run.ts';
import { isObject, type MigrationStep } from './migrate/step.ts';
import { withPresentId } from '../record/platform-id.ts';
import { PROGRAM_VERSION, programSchema, type ProgramRecord } from '../record/program.ts';
import { RECEIVERS_VERSION, receiversSchema, type ReceiversRecord } from '../record/receivers.ts';
import { RECORD_VERSION, recordSchema, type BindRecord } from '../record/record.ts';
import { SERVER_VERSION, serverSchema, type ServerRecord } from '../record/server.ts';
import { TRIPLES_VERSION, triplesSchema, type TriplesRecord } from '../record/triples.ts';
import { systemVerificationSchema, VERIFICATION_VERSION, type SystemVerification } from '../record/verification.ts';
import { visible } from '../text/visible.ts';

/** A text that can't be read as a record. The message is one line: the file, the fault and its place, and what to do. */
export class BadRecord extends Error {
  constructor(file: string, wrong: string, remedy: string) {
    super(visible(`${file}: ${wrong}; ${remedy}`));
    this.name = 'BadRecord';
  }
}

/** The kinds of content that a file written by bindspec can have, as messages name them. */
export const KINDS = {
  run: 'the record of a run',
  matrix: 'the record of a matrix',
  triples: 'the record of triples',
  receivers: 'a record of who receives',
  containers: "the record of an engine's containers",
  exploration: 'the record of an exploration',
  server: 'the record of a server',
  program: 'the record of a program',
  comparison: 'a comparison of records',
  difference: 'a difference between records',
  verification: 'what verify found',
  system: 'what verify found of several containers',
} as const;
type Kind = keyof typeof KINDS;

/** What is read: its kind, its shape, the version of the shape, who writes it, and how older versions are converted. */
interface Shape<T> {
  kind: Kind;
  schema: z.ZodType<T>;
  reads: number;
  writer: string;
  steps: ReadonlyMap<number, MigrationStep>;
  /** The same record, with the names that its parts have today. */
  renamed?: (record: T) => T;
  /** How its parts contradict each other, in words, once its shape is right; null where they agree. */
  wrong: (record: T) => string | null;
  /** Why it is too large to be a record, in words; null where it is not too large. */
  excess?: (record: T) => string | null;
}

const RUN: Shape<BindRecord> = {
  kind: 'run',
  schema: recordSchema,
  reads: RECORD_VERSION,
  writer: 'bindspec run',
  steps: RUN_STEPS,
  renamed: withPresentId,
  wrong: wrongInRun,
};
const MATRIX: Shape<MatrixRecord> = {
  kind: 'matrix',
  schema: matrixSchema,
  reads: MATRIX_VERSION,
  writer: 'bindspec matrix',
  steps: new Map(),
  renamed: withPresentId,
  wrong: wrongInMatrix,
  excess: excessOfPairs,
};
const RECEIVERS: Shape<ReceiversRecord> = {
  kind: 'receivers',
  schema: receiversSchema,
  reads: RECEIVERS_VERSION,
  writer: 'bindspec matrix --receivers',
  steps: new Map(),
  renamed: withPresentId,
  wrong: wrongInReceivers,
};
const TRIPLES: Shape<TriplesRecord> = {
  kind: 'triples',
  schema: triplesSchema,
  reads: TRIPLES_VERSION,
  writer: 'bindspec matrix --triples',
  steps: new Map(),
  renamed: withPresentId,
  wrong: wrongInTriples,
  excess: excessOfTriples,
};
const CONTAINERS: Shape<ContainersRecord> = {
  kind: 'containers',
  schema: containersSchema,
  reads: CONTAINERS_VERSION,
  writer: 'bindspec containers',
  steps: new Map(),
  wrong: wrongInContainers,
};
const EXPLORATION: Shape<Exploration> = {
  kind: 'exploration',
  schema: explorationSchema,
  reads: EXPLORATION_VERSION,
  writer: 'bindspec explore',
  steps: EXPLORATION_STEPS,
  renamed: withPresentId,
  wrong: wrongInExploration,
};

const SERVER: Shape<ServerRecord> = {
  kind: 'server',
  schema: serverSchema,
  reads: SERVER_VERSION,
  writer: 'bindspec programs',
  steps: new Map(),
  wrong: wrongInServer,
};

const SYSTEM: Shape<SystemVerification> = {
  kind: 'system',
  schema: systemVerificationSchema,
  reads: VERIFICATION_VERSION,
  writer: 'bindspec verify --all --format json',
  steps: new Map(),
  wrong: () => null,
};

const PROGRAM: Shape<ProgramRecord> = {
  kind: 'program',
  schema: programSchema,
  reads: PROGRAM_VERSION,
  writer: 'bindspec program',
  steps: new Map(),
  wrong: wrongInProgram,
};

/**
 * Reads a record back from the text it was written as; `file` is only for the message.
 * @throws BadRecord when it is not a record, or is one of a newer version.
 */
export function readRecord(text: string, file: string): BindRecord {
  return read(text, file, RUN);
}

/**
 * Reads the record of a matrix back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readMatrix(text: string, file: string): MatrixRecord {
  return read(text, file, MATRIX);
}

/**
 * Reads a record of who receives back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readReceivers(text: string, file: string): ReceiversRecord {
  return read(text, file, RECEIVERS);
}

/**
 * Reads the record of triples back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readTriples(text: string, file: string): TriplesRecord {
  return read(text, file, TRIPLES);
}

/**
 * Reads the record of an engine's containers back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readContainers(text: string, file: string): ContainersRecord {
  return read(text, file, CONTAINERS);
}

/**
 * Reads the record of an exploration back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readExploration(text: string, file: string): Exploration {
  return read(text, file, EXPLORATION);
}

/**
 * Reads the record of a server of the table back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readServer(text: string, file: string): ServerRecord {
  return read(text, file, SERVER);
}

/**
 * Reads back what `verify` found of several containers; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readSystemVerification(text: string, file: string): SystemVerification {
  return read(text, file, SYSTEM);
}

/** What a file written by bindspec contains. Anything but the kinds of record is not read. */
export type AnyRecord =
  | { kind: 'run'; record: BindRecord }
  | { kind: 'matrix'; record: MatrixRecord }
  | { kind: 'triples'; record: TriplesRecord }
  | { kind: 'receivers'; record: ReceiversRecord }
  | { kind: 'containers'; record: ContainersRecord }
  | { kind: 'exploration'; record: Exploration }
  | { kind: 'server'; record: ServerRecord }
  | { kind: 'program'; record: ProgramRecord }
  | { kind: 'comparison' | 'difference' | 'verification' | 'system'; title: string };

/**
 * Reads a record of any kind back; `file` is only for the message. A file of bindspec that is not a record (for example
 * a comparison, which is made from records) is recognised and not read.
 * @throws BadRecord when it is not anything that bindspec writes, or is of a newer version.
 */
export function readAny(text: string, file: string): AnyRecord {
  const value = parse(text, file, writeAgain("bindspec run' or 'bindspec matrix"));
  const kind = kindOf(value) ?? 'run';
  if (kind === 'containers') return { kind, record: check(value, file, CONTAINERS) };
  if (kind === 'matrix') return { kind, record: check(value, file, MATRIX) };
  if (kind === 'receivers') return { kind, record: check(value, file, RECEIVERS) };
  if (kind === 'triples') return { kind, record: check(value, file, TRIPLES) };
  if (kind === 'exploration') return { kind, record: check(value, file, EXPLORATION) };
  if (kind === 'server') return { kind, record: check(value, file, SERVER) };
  if (kind === 'program') return { kind, record: check(value, file, PROGRAM) };
  if (kind === 'run') return { kind, record: check(value, file, RUN) };
  return { kind, title: KINDS[kind] };
}

/** The kind of a value, by what the value says of itself or by its keys; null where neither shows it. */
function kindOf(value: unknown): Kind | null {
  if (!isObject(value)) return null;
  const { kind } = value;
  if (
    kind === 'matrix' ||
    kind === 'triples' ||
    kind === 'receivers' ||
    kind === 'containers' ||
    kind === 'server' ||
    kind === 'program' ||
    kind === 'comparison' ||
    kind === 'difference' ||
    kind === 'system'
  ) {
    return kind;
  }
  if ('cells' in value) return 'run';
  if ('seed' in value && 'protocols' in value) return 'exploration';
  return 'target' in value && 'ports' in value ? 'verification' : null;
}

function read<T>(text: string, file: string, shape: Shape<T>): T {
  const value = parse(text, file, writeAgain(shape.writer));
  const kind = kindOf(value);
  if (kind !== null && kind !== shape.kind) {
    throw new BadRecord(file, `it is ${KINDS[kind]}, not ${KINDS[shape.kind]}`, `write one with '${shape.writer}'`);
  }
  return check(value, file, shape);
}

function check<T>(value: unknown, file: string, shape: Shape<T>): T {
  const { schema, reads, writer, steps, renamed = (record) => record, wrong, excess: tooMuch } = shape;
  const again = writeAgain(writer);
  const version = versionOf(value);
  if (version === undefined) throw new BadRecord(file, 'not a record: it has no key `schema`', again);
  if (typeof version === 'number' && version > reads) {
    throw new BadRecord(
      file,
      `written by a newer bindspec: it is of version ${version}, and this one reads up to version ${reads}`,
      `read it with the bindspec that wrote it, or ${again}`,
    );
  }
  const migrated = typeof version === 'number' ? migrate(value, version, reads, steps) : value;
  if (migrated === null)
    throw new BadRecord(file, `not a record: there was no version ${JSON.stringify(version)}`, again);
  const { data, error } = schema.safeParse(migrated);
  if (error) throw new BadRecord(file, `not a valid record: ${firstOf(error.issues)}`, again);
  const much = tooMuch?.(data) ?? null;
  if (much !== null) throw new BadRecord(file, `not a record: ${much}`, 'see what wrote it');
  const record = renamed(data);
  const contradiction = wrong(record);
  if (contradiction !== null) throw new BadRecord(file, `not a valid record: ${contradiction}`, again);
  return record;
}

/** What to do about a file that can't be read. bindspec does not overwrite it, so the user has to remove it first. */
function writeAgain(writer: string): string {
  return `move it away, and write it again with '${writer}'`;
}

function parse(text: string, file: string, again: string): unknown {
  let value: unknown;
  try {
    // Some editors put a byte order mark at the start, which JSON does not allow.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (text.trim() === '') throw new BadRecord(file, 'empty', again);
    throw new BadRecord(file, `not JSON: ${(error as SyntaxError).message}`, again);
  }
  const much = excess(value);
  if (much !== null) throw new BadRecord(file, `not a record: ${much}`, 'see what wrote it');
  return value;
}

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
}

function firstOf(issues: readonly z.core.$ZodIssue[]): string {
  const [first] = issues;
  if (!first) return 'unknown reason';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${dotted(first.path)}${first.message}${more}`;
}

/** A path as it would be written in code: `cells[3].verdict: `. */
function dotted(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '';
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return `${steps.join('').replace(/^\./, '')}: `;
}
