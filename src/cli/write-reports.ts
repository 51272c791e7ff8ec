import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { mergedRecord } from '../containers/merge.ts';
import type { ContainersRecord } from '../record/containers.ts';
import { counted } from '../text/counted.ts';
import type { Exploration } from '../record/explore.ts';
import {
  lossOfContainers,
  lossOfExploration,
  lossOfMatrix,
  lossOfReceivers,
  lossOfRun,
  lossOfTriples,
} from '../load/fuller.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import { readContainers, readExploration, readMatrix, readReceivers, readRecord, readTriples } from '../load/read.ts';
import type { BindRecord } from '../record/record.ts';
import type { ReceiversRecord } from '../record/receivers.ts';
import type { TriplesRecord } from '../record/triples.ts';
import { containersMarkdown } from '../report/containers/markdown.ts';
import { junitReport } from '../report/junit.ts';
import { markdownReport } from '../report/markdown.ts';
import { matrixMarkdown } from '../report/matrix/markdown.ts';
import { receiversMarkdown } from '../report/matrix/receivers/markdown.ts';
import { triplesMarkdown } from '../report/matrix/triples/markdown.ts';
import { placeRecord, type PlacedRecord } from './place-record.ts';

/** What `report.md` ends with where there is a page about the platform's matrix beside it. */
const LINK = '\nAll pairs of sockets, first by second: [the bind matrix of this platform](matrix.md).\n';

/** Writes the reports of a run: `record.json`, `junit.xml` and `report.md`. */
export function writeRun(reports: string, record: BindRecord): Promise<PlacedRecord> {
  return placeRecord({
    reports,
    id: record.platform.id,
    name: 'record.json',
    record,
    read: readRecord,
    loss: lossOfRun,
    files: (_, home, isApart) => ({
      'record.json': json(record),
      'junit.xml': junitReport(record, [forReaders(path.join(home, 'report.md'))]),
      'report.md': markdownReport(record) + (!isApart && existsSync(path.join(home, 'matrix.md')) ? LINK : ''),
    }),
  });
}

/** Writes the reports of a matrix, `matrix.json` and `matrix.md`, and a link to the page into the `report.md` beside it. */
export function writeMatrix(reports: string, record: MatrixRecord): Promise<PlacedRecord> {
  return placeRecord({
    reports,
    id: record.platform.id,
    name: 'matrix.json',
    record,
    read: readMatrix,
    loss: lossOfMatrix,
    files: (_, home, isApart) => ({
      'matrix.json': `${JSON.stringify(record)}\n`,
      'matrix.md': matrixMarkdown(record),
      ...(isApart ? {} : linked(path.join(home, 'report.md'))),
    }),
  });
}

/** Writes the reports of who receives, `receivers.json` and `receivers.md`. */
export function writeReceivers(reports: string, record: ReceiversRecord): Promise<PlacedRecord> {
  return placeRecord({
    reports,
    id: record.platform.id,
    name: 'receivers.json',
    record,
    read: readReceivers,
    loss: lossOfReceivers,
    files: () => ({ 'receivers.json': `${JSON.stringify(record)}\n`, 'receivers.md': receiversMarkdown(record) }),
  });
}

/** Writes the reports of triples, `triples.json` and `triples.md`. */
export function writeTriples(reports: string, record: TriplesRecord): Promise<PlacedRecord> {
  return placeRecord({
    reports,
    id: record.platform.id,
    name: 'triples.json',
    record,
    read: readTriples,
    loss: lossOfTriples,
    files: () => ({ 'triples.json': `${JSON.stringify(record)}\n`, 'triples.md': triplesMarkdown(record) }),
  });
}

/** Writes the report of an exploration: `explore.json`, or `explore-receivers.json` where it asked who receives. */
export function writeExploration(reports: string, record: Exploration): Promise<PlacedRecord> {
  const name = record.asks === 'receivers' ? 'explore-receivers.json' : 'explore.json';
  return placeRecord({
    reports,
    id: record.platform.id,
    name,
    record,
    read: readExploration,
    loss: lossOfExploration,
    files: () => ({ [name]: json(record) }),
  });
}

/**
 * Writes the reports of an engine: `containers.json` and `containers.md`. What an older record of the same version has of other
 * configurations stays in it.
 */
export function writeContainers(reports: string, record: ContainersRecord): Promise<PlacedRecord> {
  return placeRecord({
    reports,
    id: record.engine.id,
    name: 'containers.json',
    record,
    read: readContainers,
    loss: lossOfContainers,
    merge: (older, newer) => {
      const merged = mergedRecord(older, newer);
      if (merged === null) return null;
      const { kept } = merged;
      const told = `it keeps ${counted(kept.length, 'configuration')} without an outcome in this run`;
      return { record: merged.record, told: kept.length === 0 ? null : told };
    },
    files: containersFiles,
  });
}

/** The files of a record of containers, by their names. */
export function containersFiles(record: ContainersRecord): Record<string, string> {
  return { 'containers.json': inRows(json(record)), 'containers.md': containersMarkdown(record) };
}

function json(record: unknown): string {
  return `${JSON.stringify(record, null, 1)}\n`;
}

/** JSON with a line for each row of outcomes, so that a difference between two records can be read. */
function inRows(text: string): string {
  return text.replaceAll(
    /\[\s+((?:(?:\d+|null),?\s+)+)\]/g,
    (_, list: string) => `[${list.trim().replaceAll(/\s+/g, '')}]`,
  );
}

/** The report of a run with a link to the page of the matrix, where it is there and has none. */
function linked(file: string): Record<string, string> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : null;
  return text === null || text.includes(LINK) ? {} : { 'report.md': text + LINK };
}

/** A file as those name it who read a report of tests: GitLab from the folder of its project, others from the root. */
function forReaders(file: string): string {
  const project = process.env['GITLAB_CI'] === 'true' ? process.env['CI_PROJECT_DIR'] : undefined;
  return project === undefined ? path.resolve(file) : path.relative(project, path.resolve(file));
}
