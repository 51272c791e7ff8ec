import process from 'node:process';
import type { Cell, Registered } from '../experiment/cells.ts';
import type { BindRecord } from '../record/record.ts';
import { differencesFrom, expectedOn, systemFrom } from '../report/differences-by-system.ts';
import { countsInWords, countVerdicts } from '../report/summary.ts';
import { columns, paint, say } from './terminal.ts';
import { wrap } from '../text/wrap.ts';

/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 100;
/** How many different expectations are shown. */
const MOST_LINES = 6;

/** An experiment on about one screen, with the records that there are in a folder of reports. */
export function showShort(
  registered: Registered,
  cells: readonly Cell[],
  records: readonly BindRecord[],
  folder: string,
): void {
  tellOpening(registered, cells);
  const system = systemFrom(process.platform) ?? 'linux';
  heading(`Expected on ${system}`);
  const lines = expectedOn(system, cells);
  for (const { which, expected } of lines.slice(0, MOST_LINES)) line(`${which}: ${expected}`);
  if (lines.length > MOST_LINES) line(`and ${lines.length - MOST_LINES} more expectations`);
  const { same, differing } = differencesFrom(system, cells);
  heading('On other systems');
  for (const { title, what } of differing) line(`${title}: ${what}`);
  if (same.length > 0) line(`${same.join(', ')}: the same`);
  heading('Recorded last');
  for (const { platform, lab, own } of ownOf(cells, records)) {
    line(`${platform}, ${lab} lab: ${countsInWords(countVerdicts(own))}`);
  }
  if (ownOf(cells, records).length === 0) nothingYet(folder);
  say(paint('gray', '\nWith --all: the sources, the differences, and every recorded cell.'));
}

/** What both begin with: the title, the id, the question, and what cells there are. */
export function tellOpening({ id, experiment }: Registered, cells: readonly Cell[]): void {
  say(`${paint('bold', experiment.title)}\n${paint('gray', id)}\n`);
  for (const text of wrap(experiment.asks, width())) say(text);
  const axes = Object.entries(experiment.axes).map(([axis, values]) => `${axis} (${values.join(', ')})`);
  heading('Cells');
  for (const text of wrap(`${cells.length}, over ${axes.join(', ')}`, width() - 2)) say(`  ${text}`);
  say(`  tags: ${experiment.tags.join(', ')}`);
}

/** Says that a folder of reports has nothing of an experiment, and what would. */
export function nothingYet(folder: string): void {
  say(`  nothing yet in '${folder}': 'bindspec run' records it; in a clone of bindspec, --reports reports names the`);
  say('  committed records');
}

export function heading(text: string): void {
  say(`\n${paint('bold', text)}`);
}

function ownOf(cells: readonly Cell[], records: readonly BindRecord[]) {
  const ids = new Set(cells.map(({ id }) => id));
  return records
    .map((record) => ({
      platform: record.platform.id,
      lab: record.lab.lab,
      own: record.cells.filter(({ id }) => ids.has(id)),
    }))
    .filter(({ own }) => own.length > 0);
}

/** A paragraph of as many lines as it takes, the later ones set in. */
function line(text: string): void {
  const [first = '', ...others] = wrap(text, width() - 4);
  say(`  ${first}`);
  for (const more of others) say(`    ${more}`);
}

function width(): number {
  return Math.min(columns(), WIDEST);
}
