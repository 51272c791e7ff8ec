import { statSync } from 'node:fs';
import { BadRecord, type AnyRecord } from '../load/read.ts';
import { changedOutcomes, type ServerOutcomes } from '../programs/changes.ts';
import { serverOutcomes } from '../programs/compact.ts';
import { recordFrom } from './record-file.ts';
import type { DiffOptions } from './diff.ts';
import { paint, say, sayJson } from './terminal.ts';

/** What a file of `bindspec program` or `bindspec programs` says of a program. */
interface ObservedProgram {
  /** Its name, with its version where that is known. */
  readonly title: string;
  readonly outcomes: ServerOutcomes;
}

/**
 * Compares two files that each are the record of a program. Returns whether they differ; null where one of the two is something
 * else, or can't be read.
 */
export function diffPrograms(before: string, after: string, format: DiffOptions['format']): boolean | null {
  const [old, now] = [programIn(before), programIn(after)];
  if (old === null || now === null) return null;
  const changes = changedOutcomes(old.outcomes, now.outcomes);
  if (format === 'json') sayJson({ before: old.title, after: now.title, changes }, 1);
  else {
    const title = old.title === now.title ? old.title : `${old.title} → ${now.title}`;
    const [head, item] = format === 'markdown' ? [`# ${title}\n`, '- '] : [paint('bold', title), '  '];
    say(head);
    for (const line of changes) say(`${item}${format === 'markdown' ? line : paint('yellow', line)}`);
    if (changes.length === 0) say(`${item}Nothing that both were asked differs.`);
  }
  return changes.length > 0;
}

function programIn(file: string): ObservedProgram | null {
  if (!isFile(file)) return null;
  const read = anyRecord(file);
  if (read?.kind === 'server') {
    const { name, version } = read.record;
    return { title: `${name} ${version}`, outcomes: read.record };
  }
  if (read?.kind !== 'program') return null;
  const { program, observation } = read.record;
  return {
    title: program.version === undefined ? program.name : `${program.name} (${program.version})`,
    outcomes: serverOutcomes(observation),
  };
}

/** Whether it is a file; not where the system does not say, as of a name that is too long. */
function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Null where it can't be read: whoever compares other records says why. */
function anyRecord(file: string): AnyRecord | null {
  try {
    return recordFrom(file);
  } catch (error) {
    if (error instanceof BadRecord) return null;
    throw error;
  }
}
