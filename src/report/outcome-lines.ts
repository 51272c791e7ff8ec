import { cellsInWords } from './axes.ts';
import { code, text } from './markup.ts';
import type { ToldOutcome } from './outcomes.ts';

/** A cell with the shown part of its observation. */
export interface ToldCell {
  id: string;
  values: Record<string, string>;
  outcomes: readonly ToldOutcome[];
}

/**
 * How many different outcomes of an experiment are shown, and how many places of one outcome. The record has them all.
 */
export interface Limits {
  outcomes: number;
  places: number;
}

/** What cells observed, for a table's cell: a line for each outcome, with the cells that have it where they are not all. */
export function outcomeLines(cells: readonly ToldCell[], most: Limits): string {
  const groups = new Map<string, ToldCell[]>();
  for (const cell of cells) {
    const told = outcomesInWords(cell.outcomes, most.places);
    if (told !== '') groups.set(told, [...(groups.get(told) ?? []), cell]);
  }
  const ran = [...groups.values()].flat();
  const lines = [...groups].map(([told, own]) => (groups.size === 1 ? told : `${cellsInWords(own, ran)}: ${told}`));
  const others = lines.length - most.outcomes;
  if (others > 0) lines.splice(most.outcomes, others, `and ${others} more`);
  return lines.join('<br>');
}

/** The places of one outcome on a line, at most so many of them. */
function outcomesInWords(outcomes: readonly ToldOutcome[], most: number): string {
  const places = outcomes.map(({ place, observed }) =>
    place === '' ? code(observed) : `${text(place)} ${code(observed)}`,
  );
  const others = places.length - most;
  if (others > 0) places.splice(most, others, `and ${others} more`);
  return places.join(', ');
}
