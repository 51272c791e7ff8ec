import { firstLine, heldLines, receiverLines, freshLines, restLines, unseenLine } from '../port/words.ts';
import type { PortAnswer } from '../port/report.ts';
import { probeLines } from '../port/probe-words.ts';
import { wrap } from '../text/wrap.ts';
import type { Unseen } from './port.ts';
import { columns, paint, say } from './terminal.ts';

/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 120;

/** Prints what is known of ports: one line for a port that is free and has nothing special. */
export function tellPorts(reports: readonly PortAnswer[], unseen: Unseen, users: ReadonlyMap<number, string>): void {
  for (const [place, report] of reports.entries()) {
    const before = reports[place - 1];
    const isLong = report.held.length > 0 || (before?.held.length ?? 0) > 0;
    if (place > 0 && isLong) say();
    paragraph(firstLine(report, users), '', (line) => paint('bold', line));
    for (const line of heldLines(report, users)) paragraph(line, '  ');
    for (const { works, text } of freshLines(report)) {
      paragraph(text, `${paint(works ? 'green' : 'red', works ? '✓' : '✗')} `);
    }
    for (const line of receiverLines(report)) paragraph(line, '→ ');
    for (const line of probeLines(report, users)) paragraph(line, `${paint('bold', '↔')} `);
    for (const line of restLines(report, users)) paragraph(line, '  ', (text) => paint('gray', text));
  }
  const rest = unseenLine(reports, { ...unseen, isRoot: process.getuid?.() === 0 });
  if (rest !== undefined) paragraph(rest, '', (line) => paint('yellow', line));
}

/** A paragraph whose first line begins with a sign, and whose others stand below the text. */
function paragraph(text: string, sign: string, style = (line: string) => line): void {
  const indent = sign === '' ? 0 : 2;
  const lines = wrap(text, Math.min(columns(), WIDEST) - indent);
  for (const [place, line] of lines.entries()) {
    say(`${place === 0 ? sign : ' '.repeat(indent)}${style(line)}`);
  }
}
