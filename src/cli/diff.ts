import { loadRegistry } from '../experiment/registry.ts';
import { diff, type Compared } from '../report/diff/diff.ts';
import { diffMarkdown } from '../report/diff/markdown.ts';
import { diffLines, type DiffLineKind } from '../report/diff/text.ts';
import { diffPrograms } from './diff-programs.ts';
import { EXIT, UserError } from './exit.ts';
import type { Given } from '../report/comparison/columns.ts';
import { onlyRecord, otherKind, recordsAt, tellLeftOut, type Records } from './record-files.ts';
import { columns, complain, paint, say, sayJson } from './terminal.ts';
import { wrap } from '../text/wrap.ts';
import { tellUnknown } from './unknown-cells.ts';
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
 * `bindspec diff`. Returns the exit code: 1 if anything that both records observed has another outcome.
 * @throws UserError when a record can't be read, or the two have nothing in common.
 */
export async function diffCommand(before: string, after: string, { format }: DiffOptions): Promise<number> {
  const [old, now] = [recordsAt([before], { takesPrograms: true }), recordsAt([after], { takesPrograms: true })];
  const [program, later] = [old.programs[0], now.programs[0]];
  if (program && later) return diffPrograms(program, later, format) ? EXIT.failed : EXIT.expected;
  const alone = program ?? later;
  if (alone) throw new UserError(`${alone.file}: ${otherKind(alone.read)}`);
  const compared = pairUp({ given: before, records: old }, { given: after, records: now });
  if (compared.run) tellUnknown([compared.run.before, compared.run.after], await loadRegistry());
  const difference = diff(compared, version());
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

/** One of the two that are compared: the name that was given, and the records there. */
interface Side {
  readonly given: string;
  readonly records: Records;
}

/** The records of each kind that both sides have. @throws UserError where there is no such kind, or more than one of it. */
function pairUp({ given: before, records: old }: Side, { given: after, records: now }: Side): Compared {
  const alone: string[] = [];
  const two = <R>(of: (records: Records) => readonly Given<R>[], kind: string) => {
    const [was, is] = [onlyRecord(of(old), before, kind), onlyRecord(of(now), after, kind)];
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
      `'${before}' and '${after}' have no kind of record in common: name two record.json, matrix.json or containers.json, or folders that contain them`,
    );
  }
  for (const records of [old, now]) tellLeftOut(records);
  for (const file of alone) complain(file);
  return { ...(run ? { run } : {}), ...(matrix ? { matrix } : {}), ...(containers ? { containers } : {}) };
}
