import { CLAIMS, type ClaimId } from '../documents/claims.ts';
import type { Cell, Registered } from '../experiment/cells.ts';
import type { Citation } from '../experiment/experiment.ts';
import type { BindRecord } from '../record/record.ts';
import { errorsInWords } from '../report/errors.ts';
import { alike, whichOf } from '../report/expectations.ts';
import { expectedInWords, howKnown, observedInWords, sourceOf } from '../report/words.ts';
import { leaves } from '../experiment/expectation.ts';
import { heading, nothingYet, tellOpening } from './show-short.ts';
import { paint, say, verdictWord } from './terminal.ts';

/** All that is known of an experiment: what is expected on every system, with its sources, and every recorded cell. */
export function showAll(
  registered: Registered,
  cells: readonly Cell[],
  records: readonly BindRecord[],
  folder: string,
): void {
  tellOpening(registered, cells);
  const claims = Object.keys(registered.experiment.claims) as ClaimId[];
  if (claims.length > 0) heading('Claims tested');
  for (const claim of claims) say(`  ${claim}: ${CLAIMS[claim].claim}`);
  expectations(cells);
  recorded(cells, records, folder);
}

function expectations(cells: readonly Cell[]): void {
  for (const { titles, groups, grounds } of alike(cells)) {
    heading(`Expected on ${titles.join(', ')}`);
    for (const { resolved, cells: own } of groups) {
      if (own.length < cells.length) say(`  ${paint('gray', whichOf(own, cells))}`);
      if (resolved === null)
        say('    nothing: no one has said what is right there, so the result is recorded and not judged');
      for (const [place, expected] of resolved === null ? [] : leaves(resolved.expect))
        say(`    ${place}: ${paint('yellow', expectedInWords(expected))}`);
      if (resolved?.because !== undefined) say(`    because ${resolved.because}`);
    }
    for (const { titles: whose, known, cite } of grounds) {
      say(`  ${paint('gray', `${whose.join(', ')}: ${howKnown(known)}`)}`);
      for (const source of cite) say(`    ${paint('gray', cited(source))}`);
    }
  }
}

function cited({ source, where }: Citation): string {
  const { title, url } = sourceOf(source);
  return `${title}, ${where}${url === null ? '' : ` <${url}>`}`;
}

function recorded(cells: readonly Cell[], records: readonly BindRecord[], folder: string): void {
  heading('Recorded last');
  const ids = new Set(cells.map((cell) => cell.id));
  let any = false;
  for (const record of records) {
    const own = record.cells.filter((cell) => ids.has(cell.id));
    if (own.length === 0) continue;
    any = true;
    say(`  ${record.platform.id}, ${record.lab.lab} lab, ${record.started}`);
    for (const cell of own) {
      const what =
        cell.observation === undefined
          ? (cell.reason ?? '')
          : leaves(cell.observation)
              .map(([place, value]) => `${place} ${observedInWords(value)}`)
              .join(', ');
      say(
        `    ${verdictWord(cell.verdict)} ${cell.id.slice(cell.experiment.length + 1)}\n              ${paint('gray', what)}`,
      );
    }
    for (const { name, number, class: neutral } of errorsInWords(record, own))
      say(`    ${paint('gray', `${name} has the number ${number} there; class ${neutral}`)}`);
  }
  if (!any) nothingYet(folder);
}
