import { CLAIMS, type ClaimId } from '../../suites/claims.ts';
import type { Cell } from '../experiment/cells.ts';
import type { Citation } from '../experiment/experiment.ts';
import { loadRegistry } from '../experiment/registry.ts';
import type { BindRecord } from '../record/record.ts';
import { errorsInWords } from '../report/errors.ts';
import { alike, placesOf, whichOf } from '../report/expectations.ts';
import { expectedInWords, howKnown, observedInWords, sourceOf } from '../report/words.ts';
import { expectationFor } from '../verdict/judge.ts';
import { leaves } from '../verdict/expectation.ts';
import { UserError } from './exit.ts';
import { lastOutcomes } from './last-outcomes.ts';
import { selected } from './selected.ts';
import { paint, say, sayJson, verdictWord } from './terminal.ts';

export interface ShowOptions {
  reports: string;
  format: 'pretty' | 'json';
}

/** `bindspec show`. @throws UserError when the id is none, or a record can't be read. */
export async function showCommand(id: string, options: ShowOptions): Promise<void> {
  const cells = selected(await loadRegistry(), [id]);
  const [first] = cells;
  if (!first || cells.some(({ registered }) => registered !== first.registered)) {
    throw new UserError(`'${id}' is more than one experiment; 'bindspec list ${id}' shows which`);
  }
  const records = lastOutcomes(options.reports);
  if (options.format === 'json') {
    sayJson(asData(cells, records), 1);
    return;
  }
  const { experiment } = first.registered;
  say(`${paint('bold', experiment.title)}\n${paint('gray', first.registered.id)}\n\n${experiment.asks}`);
  const axes = Object.entries(experiment.axes).map(([axis, values]) => `${axis} (${values.join(', ')})`);
  heading('Cells');
  say(`  ${cells.length}, over ${axes.join(', ')}`);
  say(`  tags: ${experiment.tags.join(', ')}`);
  const claims = Object.keys(experiment.claims) as ClaimId[];
  if (claims.length > 0) heading('Claims put to the test');
  for (const claim of claims) say(`  ${claim}: ${CLAIMS[claim].claim}`);
  expectations(cells);
  recorded(cells, records, options.reports);
}

function expectations(cells: readonly Cell[]): void {
  for (const { titles, groups, grounds } of alike(cells)) {
    heading(`Expected on ${titles.join(', ')}`);
    for (const { resolved, cells: own } of groups) {
      if (own.length < cells.length) say(`  ${paint('gray', whichOf(own, cells))}`);
      if (resolved === null) say('    nothing: nobody has said what is right there, so it is recorded and not judged');
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
  if (any) return;
  say(
    `  nothing yet in '${folder}': 'bindspec run' records it, and --reports names another folder, such as that of the`,
  );
  say('  committed records in a clone of bindspec: --reports reports');
}

function asData(cells: readonly Cell[], records: readonly BindRecord[]) {
  return cells.map((cell) => ({
    id: cell.id,
    title: cell.registered.experiment.title,
    asks: cell.registered.experiment.asks,
    claims: Object.keys(cell.registered.experiment.claims),
    // Null where nobody has said what to expect.
    expected: Object.fromEntries(
      placesOf(cell.registered.experiment).map(({ title, system, kernel }) => [
        title,
        expectationFor(cell, system, kernel),
      ]),
    ),
    recorded: records.flatMap((record) =>
      record.cells
        .filter(({ id }) => id === cell.id)
        .map(({ verdict, observation, reason }) => ({ platform: record.platform.id, verdict, observation, reason })),
    ),
  }));
}

function heading(text: string): void {
  say(`\n${paint('bold', text)}`);
}
