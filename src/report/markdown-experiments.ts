import type { CellRecord, Verdict } from '../record/record.ts';
import { code, table, text } from './markup.ts';
import { judgedOutcomes } from './outcomes.ts';
import { isUnexpected, WORST_FIRST, type ExperimentSummary } from './summary.ts';
import { howKnown } from './words.ts';

/** More cells than this are not named one by one in a table. */
const MOST_NAMED = 6;
/** More different outcomes of one experiment than this are counted, not told. */
const MOST_OUTCOMES = 8;

/** A table with a row for each experiment: what came of its cells, what was observed, and how the expectation is known. */
export function experimentTable(experiments: readonly ExperimentSummary[]): string {
  return table(['Experiment', 'Verdict', 'Observed', 'Known'], experiments.map(row));
}

function row(experiment: ExperimentSummary): string[] {
  return [
    `${text(experiment.title)}<br>${code(experiment.id)}`,
    verdicts(experiment),
    observations(experiment.cells),
    basis(experiment.cells),
  ];
}

/** One word when all cells agree; otherwise each verdict with the cells that have it, worst first. */
function verdicts({ verdict, cells }: ExperimentSummary): string {
  const same = cells.every((cell) => cell.verdict === verdict);
  if (same) return cells.length === 1 ? strong(verdict) : `${strong(verdict)} (${cells.length})`;
  return WORST_FIRST.map((each) => ({ each, own: cells.filter((cell) => cell.verdict === each) }))
    .filter(({ own }) => own.length > 0)
    .map(({ each, own }) => `${strong(each)}: ${named(own)}`)
    .join('<br>');
}

function strong(verdict: Verdict): string {
  return isUnexpected({ verdict }) ? `**${verdict}**` : verdict;
}

/** What the cells observed, together where it was the same. */
function observations(cells: readonly CellRecord[]): string {
  const groups = new Map<string, CellRecord[]>();
  for (const cell of cells) {
    const told = judgedOutcomes(cell)
      .map(({ place, observed }) => (place === '' ? code(observed) : `${text(place)} ${code(observed)}`))
      .join(', ');
    if (told !== '') groups.set(told, [...(groups.get(told) ?? []), cell]);
  }
  const ran = [...groups.values()].reduce((sum, own) => sum + own.length, 0);
  const lines = [...groups].map(([told, own]) => (own.length === ran ? told : `${named(own)}: ${told}`));
  const others = lines.length - MOST_OUTCOMES;
  if (others > 0) lines.splice(MOST_OUTCOMES, others, `and ${others} more`);
  return lines.join('<br>');
}

/** Cells by the values of their axes, which is all that tells the cells of an experiment apart. */
export function named(cells: readonly CellRecord[]): string {
  if (cells.length > MOST_NAMED) return cellCount(cells.length);
  return cells.map(({ values, id }) => text(Object.values(values).join(' ') || id)).join(', ');
}

function basis(cells: readonly CellRecord[]): string {
  return [...new Set(cells.flatMap(({ expectation }) => expectation?.known ?? []))].map(howKnown).join(', ');
}

/** A number of cells in words. */
export function cellCount(count: number): string {
  return `${count} cell${count === 1 ? '' : 's'}`;
}
