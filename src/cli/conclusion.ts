import { counted } from '../text/counted.ts';
import type { BindRecord, ClaimRecord } from '../record/record.ts';
import { failureText } from '../report/failure.ts';
import { claimCountsInWords, countsInWords, countVerdicts, isUnexpected, skipsOf } from '../report/summary.ts';
import { unjudgedByReason } from '../report/words.ts';
import { firstRecordLine } from './first-record.ts';
import { columns, paint, paintLine, say } from './terminal.ts';
import { wrap } from '../text/wrap.ts';

/** Prints the end of a run: the complete failures, the skips with their reasons, the claims, and the counts. */
export function conclude(record: BindRecord, written: readonly string[]): void {
  for (const cell of record.cells.filter(isUnexpected)) {
    if (cell.verdict !== 'stale') say(`\n${failureText(cell, record, paintLine)}`);
  }
  stale(record);
  unjudged(record);
  skipped(record);
  claims(record.claims.filter(({ verdict }) => verdict !== 'untested'));
  const counts = countsInWords(countVerdicts(record.cells));
  say();
  if (!record.complete)
    say(paint('yellow', 'Ended early: the record has the results so far, and is marked as incomplete.'));
  say(`${paint('bold', counts === '' ? 'nothing was run' : counts)} in ${(record.duration / 1000).toFixed(1)} s`);
  if (written.length > 0) say(paint('gray', `written: ${written.join(', ')}`));
  const first = firstRecordLine(record, written);
  if (first !== null) say(first);
}

/** The platform is right there, so the reason is enough. */
function stale(record: BindRecord): void {
  const cells = record.cells.filter(({ verdict }) => verdict === 'stale');
  if (cells.length > 0) say(`\n${paint('bold', 'Stale')}`);
  for (const reason of new Set(cells.map((cell) => cell.reason ?? ''))) {
    const own = cells.filter((cell) => cell.reason === reason);
    say(`  ${counted(own.length, 'cell').padStart(10)}: ${reason}`);
    say(`              ${paint('gray', own[0]?.id ?? '')}${own.length > 1 ? paint('gray', ', …') : ''}`);
  }
}

/** The lines above name them, and the record has the observations; this is only the reason. */
function unjudged({ cells }: BindRecord): void {
  const reasons = unjudgedByReason(cells);
  if (reasons.size === 0) return;
  say(`\n${paint('bold', 'Recorded, not judged')}`);
  for (const [why, { length }] of reasons) say(`  ${counted(length, 'cell').padStart(10)}: ${why}`);
}

function skipped(record: BindRecord): void {
  const skips = skipsOf(record.cells);
  if (skips.length === 0) return;
  say(`\n${paint('bold', 'Skipped')}`);
  for (const { reason, enable, cells } of skips) {
    say(`  ${counted(cells.length, 'cell').padStart(10)}: ${reason}`);
    if (enable !== undefined) say(`              ${paint('cyan', enable)}`);
  }
}

const STYLES = { confirmed: 'green', refuted: 'red', qualified: 'yellow', untested: 'gray' } as const;

/** Where the text below a claim begins. */
const INDENT = ' '.repeat(13);

function claims(list: readonly ClaimRecord[]): void {
  if (list.length === 0) return;
  say(`\n${paint('bold', 'What the documents claim')}  (${claimCountsInWords(list)})`);
  const widest = Math.max(...list.map(({ id }) => id.length));
  for (const { id, claim, verdict, documents, detail } of list) {
    const texts = documents.join(' ').toUpperCase().padEnd(9);
    const head = `  ${paint(STYLES[verdict], verdict.padEnd(9))}  ${id.padEnd(widest)}  ${paint('gray', texts)}`;
    if (verdict === 'confirmed') {
      say(`${head}  ${paint('gray', detail)}`);
      continue;
    }
    say(head.trimEnd());
    for (const line of wrap(claim, columns() - INDENT.length)) say(`${INDENT}${paint('gray', line)}`);
    for (const line of wrap(detail, columns() - INDENT.length)) say(`${INDENT}${line}`);
  }
}
