import type { ServerChanges } from '../programs/changes.ts';
import type { Documented } from '../programs/documented.ts';
import type { ServerRecord } from '../record/server.ts';
import { counted } from '../text/counted.ts';
import { complain, paint, say } from './terminal.ts';

/** What came of one program. */
export interface ServerResult {
  record: ServerRecord;
  documented: Documented;
  changes: ServerChanges | null;
}

const MARKS = { 'as documented': 'green', contradiction: 'yellow', 'not documented': 'gray' } as const;

/** Tells what was seen of one program, and how it stands to its documents and to the record before. */
export function tellProgram({ record, documented, changes }: ServerResult, file: string | null): void {
  const { name, version, start, binds, second, restart, ipv6off } = record;
  const { verdict, differences, remarks } = documented;
  say(`${paint('bold', name)} ${version}  ${paint(MARKS[verdict], verdict)}`);
  say(`  binds   ${binds.join(', ') || (start === 'up' || start === 'silent' ? 'nothing' : start)}`);
  for (const line of differences) say(`  ${paint('yellow', '≠')}       ${line}`);
  for (const line of remarks) say(`  but     ${line}`);
  const outcomes = [
    second.same === undefined ? null : `second instance ${second.same}`,
    second.own === undefined || second.own === second.same ? null : `with its own files ${second.own}`,
    restart === undefined ? null : `restart ${restart}`,
    ipv6off === undefined ? null : `IPv6 off ${ipv6off}`,
  ].filter((words) => words !== null);
  if (outcomes.length > 0) say(`  then    ${outcomes.join('; ')}`);
  if (changes !== null && changes.lines.length > 0) {
    const kind = changes.isSameVersion
      ? paint('red', 'changed')
      : 'another version was recorded, so this is not judged:';
    say(`  ${kind}`);
    for (const line of changes.lines) say(`          ${line}`);
  }
  if (file !== null) say(`  ${paint('gray', file)}`);
}

/** Tells that a program was left out, and why. */
export function tellSkipped(name: string, why: string, isPretty: boolean): void {
  if (isPretty) say(`${paint('bold', name)}  ${paint('yellow', 'skipped')}: ${why}`);
  else complain(`bindspec: ${name} is skipped: ${why}`);
}

/** The counts of all, at the end. */
export function concludePrograms(results: readonly ServerResult[], skipped: number): void {
  const count = (verdict: string) => results.filter(({ documented }) => documented.verdict === verdict).length;
  const parts = [
    counted(results.length, 'program'),
    `${count('as documented')} as documented`,
    `${count('contradiction')} not`,
    `${count('not documented')} without a document`,
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ];
  say(`\n${parts.join(', ')}`);
}
