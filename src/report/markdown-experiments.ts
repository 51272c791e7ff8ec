import type { CellRecord, Verdict } from '../record/record.ts';
import { cellsInWords } from './axes.ts';
import { code, table, text } from './markup.ts';
import { outcomeLines } from './outcome-lines.ts';
import { toldOutcomes } from './outcomes.ts';
import { isUnexpected, WORST_FIRST, type ExperimentSummary } from './summary.ts';
import { howKnown, unjudgedByReason } from './words.ts';

/** More than this of one experiment is counted, not told: an outcome may have dozens of places. */
const MOST = { outcomes: 8, places: 12 };

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
    .map(({ each, own }) => `${strong(each)}: ${cellsInWords(own, cells)}`)
    .join('<br>');
}

function strong(verdict: Verdict): string {
  return isUnexpected({ verdict }) ? `**${verdict}**` : verdict;
}

/** What the cells observed, together where it was the same. */
function observations(cells: readonly CellRecord[]): string {
  return outcomeLines(
    cells.map((cell) => ({ ...cell, outcomes: toldOutcomes(cell) })),
    MOST,
  );
}

function basis(cells: readonly CellRecord[]): string {
  const known = [...new Set(cells.flatMap(({ expectation }) => expectation?.known ?? []))].map(howKnown);
  return [...known, ...unjudgedByReason(cells).keys()].join(', ');
}
