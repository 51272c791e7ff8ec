import { counted } from '../../text/counted.ts';
import type { RecordDifference, MatricesDifference, RunsDifference } from '../../record/difference.ts';
import { NO_DEVICES } from '../../matrix/axes.ts';
import { cornersInWords } from '../matrix/tables.ts';

/** What came of a comparison, in a sentence for each of its parts. */
export function conclusions({ run, matrix, containers }: RecordDifference): string[] {
  const sentences: string[] = [];
  if (run) {
    const moved = run.outcomes.reduce((sum, { cells }) => sum + cells.length, 0);
    sentences.push(`${of(moved, run.both, 'cell')} with another outcome`);
  }
  if (matrix) sentences.push(`${of(matrix.different, matrix.both, 'pair')} with another answer`);
  if (containers) sentences.push(`${of(containers.different, containers.both, 'question')} with another outcome`);
  return sentences;
}

function of(some: number, all: number, noun: string): string {
  return `${some.toLocaleString('en-US')} of ${counted(all, noun)}`;
}

/** Places of an observation with what they were and are; at most so many of them. */
export function placesInWords(places: RunsDifference['outcomes'][number]['places'], most: number): string {
  const told = places.map(({ place, was, is }) => `${place === '' ? '' : `${place} `}${was} -> ${is}`);
  const others = told.length - most;
  if (others > 0) told.splice(most, others, `and ${others} more`);
  return told.join(', ');
}

/** Some cells of an experiment: how many, and which. */
export function countedCells({ cells, which }: { cells: readonly string[]; which: string }): string {
  const count = counted(cells.length, 'cell');
  if (which === 'all') return cells.length === 1 ? 'its only cell' : `all ${count}`;
  return which === count ? count : `${count}: ${which}`;
}

/** Where in the matrix pairs are, in words; which devices they were tied to is in the JSON. */
export function cornerPlaces(corners: MatricesDifference['answers'][number]['corners']): string {
  const plain = corners.map(({ protocol, state, uid }) => ({ protocol, state, uid, devices: NO_DEVICES }));
  const distinct = [...new Map(plain.map((corner) => [JSON.stringify(corner), corner])).values()];
  const tied = corners.filter(({ devices }) => devices !== NO_DEVICES).reduce((sum, { count }) => sum + count, 0);
  return `${cornersInWords(distinct)}${tied === 0 ? '' : `, ${tied.toLocaleString('en-US')} of them tied to devices`}`;
}

/** A few names of many. */
export function few(names: readonly string[], most: number): string {
  const others = names.length - most;
  const told = others > 1 ? [...names.slice(0, most), `and ${others} more`] : names;
  return told.join(', ');
}
