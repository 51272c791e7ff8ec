import type { z } from 'zod';
import { CONTAINERS_VERSION, containersSchema, type ContainersRecord } from './containers.ts';
import { excess } from './limits.ts';
import { MATRIX_VERSION, matrixSchema, type MatrixRecord } from './matrix.ts';
import { migrate } from './migrate/migrate.ts';
import { RUN_STEPS } from './migrate/run.ts';
import type { Step } from './migrate/step.ts';
import { RECORD_VERSION, recordSchema, type BindRecord } from './record.ts';
import { named } from './system-title.ts';
import { visible } from './visible.ts';

/** A text that can't be read as a record. The message is one line: the file, what is wrong where, and what to do. */
export class BadRecord extends Error {
  constructor(file: string, wrong: string, remedy: string) {
    super(visible(`${file}: ${wrong}; ${remedy}`));
    this.name = 'BadRecord';
  }
}

/** What is read: its shape, the version of that, who writes it, and how it is made of older versions. */
interface Shape<T> {
  schema: z.ZodType<T>;
  reads: number;
  writer: string;
  steps: ReadonlyMap<number, Step>;
}

const RUN: Shape<BindRecord> = {
  schema: recordSchema,
  reads: RECORD_VERSION,
  writer: 'bindspec run',
  steps: RUN_STEPS,
};
const MATRIX: Shape<MatrixRecord> = {
  schema: matrixSchema,
  reads: MATRIX_VERSION,
  writer: 'bindspec matrix',
  steps: new Map(),
};
const CONTAINERS: Shape<ContainersRecord> = {
  schema: containersSchema,
  reads: CONTAINERS_VERSION,
  writer: 'bindspec containers',
  steps: new Map(),
};

/**
 * Reads a record back from the text it was written as; `file` is only for the message.
 * @throws BadRecord when it is no record, or one of a newer version.
 */
export function readRecord(text: string, file: string): BindRecord {
  return named(read(text, file, RUN));
}

/**
 * Reads the record of a matrix back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readMatrix(text: string, file: string): MatrixRecord {
  return named(read(text, file, MATRIX));
}

/**
 * Reads the record of an engine's containers back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of a newer version.
 */
export function readContainers(text: string, file: string): ContainersRecord {
  return read(text, file, CONTAINERS);
}

/** What a file holds that `bindspec run`, `matrix`, `containers` or `report` wrote. */
export type AnyRecord =
  | { kind: 'run'; record: BindRecord }
  | { kind: 'matrix'; record: MatrixRecord }
  | { kind: 'containers'; record: ContainersRecord }
  | { kind: 'comparison' };

/**
 * Reads the record of a run, of a matrix or of containers back, whichever it is; `file` is only for the message. A
 * comparison, which was made of records, is told apart and not read.
 * @throws BadRecord when it is none of them, or one of a newer version.
 */
export function readAny(text: string, file: string): AnyRecord {
  const value = parse(text, file, writeAnew("bindspec run' or 'bindspec matrix"));
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (kind === 'comparison') return { kind };
  if (kind === 'containers') return { kind, record: check(value, file, CONTAINERS) };
  if (kind === 'matrix') return { kind, record: named(check(value, file, MATRIX)) };
  return { kind: 'run', record: named(check(value, file, RUN)) };
}

function read<T>(text: string, file: string, shape: Shape<T>): T {
  return check(parse(text, file, writeAnew(shape.writer)), file, shape);
}

function check<T>(value: unknown, file: string, { schema, reads, writer, steps }: Shape<T>): T {
  const anew = writeAnew(writer);
  const version = versionOf(value);
  if (version === undefined) throw new BadRecord(file, 'not a record: it has no key `schema`', anew);
  if (typeof version === 'number' && version > reads) {
    throw new BadRecord(
      file,
      `written by a newer bindspec: it is of version ${version}, and this one reads up to version ${reads}`,
      `read it with the bindspec that wrote it, or ${anew}`,
    );
  }
  const migrated = typeof version === 'number' ? migrate(value, version, reads, steps) : value;
  if (migrated === null)
    throw new BadRecord(file, `not a record: there was no version ${JSON.stringify(version)}`, anew);
  const { data, error } = schema.safeParse(migrated);
  if (error) throw new BadRecord(file, `not a valid record: ${firstOf(error.issues)}`, anew);
  return data;
}

function writeAnew(writer: string): string {
  return `write it anew with '${writer}'`;
}

function parse(text: string, file: string, anew: string): unknown {
  let value: unknown;
  try {
    // Some editors put a byte order mark in front, which JSON does not know.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (text.trim() === '') throw new BadRecord(file, 'empty', anew);
    throw new BadRecord(file, `not JSON: ${(error as SyntaxError).message}`, anew);
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
