import type { BindRecord, CellRecord } from '../record/record.ts';
import { visible } from '../text/visible.ts';
import { leaves } from '../experiment/expectation.ts';

/** An error of a run as people read it: its name, the system's number for it, and the class it is compared by. */
export interface ErrorInWords {
  name: string;
  number: string;
  class: string;
}

/** The errors of a record. With `cells`, only those they observed. */
export function errorsInWords(
  { errors }: Pick<BindRecord, 'errors'>,
  cells?: readonly Pick<CellRecord, 'observation'>[],
): ErrorInWords[] {
  const observed =
    cells && new Set(cells.flatMap(({ observation }) => leaves(observation).flatMap(([, leaf]) => leaf)));
  return Object.entries(errors)
    .filter(([name]) => observed?.has(name) ?? true)
    .map(([name, { number, class: neutral }]) => ({
      name: visible(name),
      number: number === null ? 'not told' : String(number),
      class: neutral === null ? 'none' : visible(neutral),
    }));
}
