import type { ProgramRecord } from '../record/program.ts';
import { programJunit } from '../report/program/junit.ts';
import { programMarkdown } from '../report/program/markdown.ts';
import type { Files } from './write-together.ts';

/** The reports of a program: its record as data, for CI, and for people. */
export function programFiles(record: ProgramRecord): Files {
  return {
    'program.json': `${JSON.stringify(record, null, 1)}\n`,
    'junit.xml': programJunit(record),
    'report.md': programMarkdown(record),
  };
}
