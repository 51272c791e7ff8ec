import { changedOutcomes, type ServerOutcomes } from '../programs/changes.ts';
import { serverOutcomes } from '../programs/compact.ts';
import type { DiffOptions } from './diff.ts';
import type { ProgramFile } from './record-files.ts';
import { paint, say, sayJson } from './terminal.ts';

/** What a file of `bindspec program` or `bindspec programs` says of a program. */
interface ObservedProgram {
  /** Its name, with its version where that is known. */
  readonly title: string;
  readonly outcomes: ServerOutcomes;
}

/** Compares what was seen of a program with what was seen before. Returns whether they differ. */
export function diffPrograms(before: ProgramFile, after: ProgramFile, format: DiffOptions['format']): boolean {
  const [old, now] = [observed(before), observed(after)];
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

function observed({ read }: ProgramFile): ObservedProgram {
  if (read.kind === 'server') {
    const { name, version } = read.record;
    return { title: `${name} ${version}`, outcomes: read.record };
  }
  const { program, observation } = read.record;
  return {
    title: program.version === undefined ? program.name : `${program.name} (${program.version})`,
    outcomes: serverOutcomes(observation),
  };
}
