import { diff, type Compared } from '../report/diff/diff.ts';
import { diffMarkdown } from '../report/diff/markdown.ts';
import { diffLines, type DiffLineKind } from '../report/diff/text.ts';
import { EXIT, UserError } from './exit.ts';
import type { Given } from '../report/comparison/columns.ts';
import { recordsAt, type Records } from './record-files.ts';
import { columns, complain, paint, say, sayJson, wrap } from './terminal.ts';
import { version } from './version.ts';

export interface DiffOptions {
  format: 'pretty' | 'markdown' | 'json';
}

const STYLES: Partial<Record<DiffLineKind, Parameters<typeof paint>[0]>> = {
  title: 'bold',
  heading: 'bold',
  different: 'yellow',
  verdict: 'magenta',
  timing: 'cyan',
  detail: 'gray',
  note: 'gray',
};

/** What the records of one kind are in messages. */
const KINDS = { runs: 'a run', matrices: 'a matrix', containers: 'containers' } as const;

/**
 * `bindspec diff`. Returns the exit code: 1 where anything that both records observed came to something else.
 * @throws UserError when a record can't be read, or the two have nothing in common.
 */
export async function diffCommand(before: string, after: string, { format }: DiffOptions): Promise<number> {
  const difference = diff(pairUp(before, after), version());
  if (format === 'json') sayJson(difference, 1);
  else if (format === 'markdown') say(diffMarkdown(difference).trimEnd());
  else {
    for (const { kind, text, indent } of diffLines(difference)) {
      const style = STYLES[kind];
      for (const line of hanging(text, indent)) say(style === undefined ? line : paint(style, line));
    }
  }
  return difference.differs ? EXIT.failed : EXIT.expected;
}

/** A line as lines that fit, the later ones set in. */
function hanging(text: string, indent: number): string[] {
  const [, lead = '', rest = ''] = /^( *)(.*)$/s.exec(text) ?? [];
  const [first = '', ...others] = wrap(rest, columns() - Math.max(lead.length, indent));
  return [lead + first, ...others.map((line) => ' '.repeat(indent) + line)];
}

/** The records of each kind that both sides have. @throws UserError where there is no such kind, or more than one of it. */
function pairUp(before: string, after: string): Compared {
  const [old, now] = [recordsAt([before]), recordsAt([after])];
  const alone: string[] = [];
  const two = <R>(of: (records: Records) => readonly Given<R>[], kind: string) => {
    const [was, is] = [only(of(old), before, kind), only(of(now), after, kind)];
    if (was && is) return { before: was, after: is };
    const lone = was ?? is;
    if (lone) alone.push(`bindspec: ${lone.file} is left out: '${was ? after : before}' has no such record`);
    return undefined;
  };
  const [run, matrix, containers] = [
    two(({ runs }) => runs, KINDS.runs),
    two(({ matrices }) => matrices, KINDS.matrices),
    two((records) => records.containers, KINDS.containers),
  ];
  if (!run && !matrix && !containers) {
    throw new UserError(
      `'${before}' and '${after}' have no record of one kind: name two record.json, matrix.json or containers.json, or folders with such`,
    );
  }
  for (const file of alone) complain(file);
  return { ...(run ? { run } : {}), ...(matrix ? { matrix } : {}), ...(containers ? { containers } : {}) };
}

/** The one record of a kind. @throws UserError where there are several, of which nobody says which is meant. */
function only<R>(found: readonly Given<R>[], given: string, kind: string): Given<R> | undefined {
  if (found.length < 2) return found[0];
  const names = found.slice(0, 3).map(({ file }) => file);
  throw new UserError(
    `'${given}' has ${found.length} records of ${kind} (${names.join(', ')}${found.length > 3 ? ', …' : ''}): name one of them, or its folder`,
  );
}
