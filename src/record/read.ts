import type { z } from 'zod';
import { CONTAINERS_VERSION, containersSchema, type ContainersRecord } from './containers.ts';
import { MATRIX_VERSION, matrixSchema, type MatrixRecord } from './matrix.ts';
import { RECORD_VERSION, recordSchema, type BindRecord } from './record.ts';
import { visible } from './visible.ts';

/** A text that can't be read as a record. The message is one line: the file, what is wrong where, and what to do. */
export class BadRecord extends Error {
  constructor(file: string, wrong: string, remedy: string) {
    super(visible(`${file}: ${wrong}; ${remedy}`));
    this.name = 'BadRecord';
  }
}

/**
 * Reads a record back from the text it was written as; `file` is only for the message.
 * @throws BadRecord when it is no record, or one of another version.
 */
export function readRecord(text: string, file: string): BindRecord {
  return read(text, file, recordSchema, RECORD_VERSION, 'bindspec run');
}

/**
 * Reads the record of a matrix back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of another version.
 */
export function readMatrix(text: string, file: string): MatrixRecord {
  return read(text, file, matrixSchema, MATRIX_VERSION, 'bindspec matrix');
}

/**
 * Reads the record of an engine's containers back; `file` is only for the message.
 * @throws BadRecord when it is none, or one of another version.
 */
export function readContainers(text: string, file: string): ContainersRecord {
  return read(text, file, containersSchema, CONTAINERS_VERSION, 'bindspec containers');
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
 * @throws BadRecord when it is none of them, or one of another version.
 */
export function readAny(text: string, file: string): AnyRecord {
  const value = parse(text, file, writeAnew("bindspec run' or 'bindspec matrix"));
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (kind === 'comparison') return { kind };
  if (kind === 'containers') {
    return { kind, record: check(value, file, containersSchema, CONTAINERS_VERSION, 'bindspec containers') };
  }
  if (kind === 'matrix') return { kind, record: check(value, file, matrixSchema, MATRIX_VERSION, 'bindspec matrix') };
  return { kind: 'run', record: check(value, file, recordSchema, RECORD_VERSION, 'bindspec run') };
}

function read<T>(text: string, file: string, schema: z.ZodType<T>, reads: number, writer: string): T {
  return check(parse(text, file, writeAnew(writer)), file, schema, reads, writer);
}

function check<T>(value: unknown, file: string, schema: z.ZodType<T>, reads: number, writer: string): T {
  const anew = writeAnew(writer);
  const version = versionOf(value);
  if (typeof version === 'number' && version !== reads) {
    throw new BadRecord(
      file,
      `a record of version ${version}, but this bindspec reads version ${reads}`,
      `read it with the bindspec that wrote it, or ${anew}`,
    );
  }
  if (version === undefined) throw new BadRecord(file, 'not a record: it has no key `schema`', anew);
  const { data, error } = schema.safeParse(value);
  if (error) throw new BadRecord(file, `not a valid record: ${firstOf(error.issues)}`, anew);
  return data;
}

function writeAnew(writer: string): string {
  return `write it anew with '${writer}'`;
}

function parse(text: string, file: string, anew: string): unknown {
  try {
    // Some editors put a byte order mark in front, which JSON does not know.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (text.trim() === '') throw new BadRecord(file, 'empty', anew);
    throw new BadRecord(file, `not JSON: ${(error as SyntaxError).message}`, anew);
  }
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
