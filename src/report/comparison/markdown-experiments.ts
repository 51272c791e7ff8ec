import type { ComparedCell, ComparedExperiment } from '../../record/comparison.ts';
import { cellsInWords } from '../axes.ts';
import { code, table, text } from '../markup.ts';
import { outcomeLines, outcomesInWords } from '../outcome-lines.ts';
import type { ToldOutcome } from '../outcomes.ts';
import { countsInWords, countVerdicts, isUnexpected, suiteOf } from '../summary.ts';
import { sameAt } from './same-outcomes.ts';

type Seen = ComparedCell['on'][string];

/** There is a column for each platform, so each says less than the page of one platform would. */
const MOST = { outcomes: 3, places: 6 };

/** A table for each suite: experiments down, platforms across, each with its verdicts and outcomes in words. */
export function experimentTables(experiments: readonly ComparedExperiment[], names: readonly string[]): string[] {
  const suites = [...new Set(experiments.map(({ id }) => suiteOf(id)))];
  return suites.flatMap((suite) => {
    const own = experiments.filter(({ id }) => suiteOf(id) === suite);
    return [
      `### ${text(suite)}`,
      table(
        ['Experiment', ...names.map(code)],
        own.map((one) => row(one, names)),
      ),
    ];
  });
}

function row({ id, title, cells }: ComparedExperiment, names: readonly string[]): string[] {
  return [`${text(title)}<br>${code(id)}`, ...names.map((name) => entry(cells, name))];
}

function entry(cells: readonly ComparedCell[], name: string): string {
  const own = cells.flatMap(({ id, values, on }) => {
    const seen = on[name];
    return seen === undefined ? [] : [{ ...seen, id, values }];
  });
  if (own.length === 0) return 'not chosen';
  const apart = cells.filter(({ alike }) => !(alike[0] ?? []).includes(name) && alike.flat().includes(name));
  const lines = [verdicts(own), outcomeLines(own, MOST)];
  if (apart.length > 0) lines.push(`**≠** ${cellsInWords(apart, own)}`);
  return lines.filter((line) => line !== '').join('<br>');
}

function verdicts(seen: readonly Seen[]): string {
  const counts = countsInWords(countVerdicts(seen));
  return seen.some(isUnexpected) ? `**${counts}**` : counts;
}

/** The experiments in which platforms differ, and in which cells: a table each, of only the places that are not the same. */
export function differences(experiments: readonly ComparedExperiment[], names: readonly string[]): string[] {
  return experiments.flatMap(({ id, title, asks, cells }) => {
    const differing = cells.filter(({ alike }) => alike.length > 1);
    if (differing.length === 0) return [];
    const rows = new Map<string, { cells: ComparedCell[]; entries: string[] }>();
    for (const cell of differing) {
      const entries = differingEntries(cell, names);
      const key = JSON.stringify(entries);
      rows.set(key, { entries, cells: [...(rows.get(key)?.cells ?? []), cell] });
    }
    return [
      `### ${text(title)}`,
      `${code(id)}: ${text(asks)}`,
      table(
        ['Cells', ...names.map(code)],
        [...rows.values()].map((one) => [cellsInWords(one.cells, cells), ...one.entries]),
      ),
    ];
  });
}

function differingEntries({ on }: ComparedCell, names: readonly string[]): string[] {
  const observed = Object.values(on).filter(({ outcomes }) => outcomes.length > 0);
  const isApart = (outcome: ToldOutcome) => observed.some(({ outcomes }) => !sameAt(outcome, outcomes));
  return names.map((name) => {
    const seen = on[name];
    if (seen === undefined) return 'not chosen';
    const { verdict, outcomes } = seen;
    const told = outcomesInWords(outcomes.filter(isApart), MOST.places);
    if (told === '') return verdict;
    if (verdict === 'pass') return told;
    return `${told}<br>${isUnexpected(seen) ? `**${verdict}**` : verdict}`;
  });
}
