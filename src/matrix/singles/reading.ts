import type { Singles } from '../../record/singles.ts';
import { widthFor } from '../digits.ts';
import { entryAt, rowPlaces } from '../rows.ts';
import type { Allowed } from '../prediction.ts';
import { allowsSingle, isComparable, type SingleManner } from './binds.ts';
import type { SingleName } from './names.ts';

/** One single bind of a record. */
export interface Single {
  readonly name: SingleName;
  readonly manner: SingleManner;
  /** The kernel's answer; null where it was not run. */
  readonly answer: string | null;
  readonly predicted: Allowed;
  /** Null where it was not run, or is not about bind(). */
  readonly agrees: boolean | null;
}

/** The single binds of a record, in rows of one name each. @throws RangeError for a record whose parts do not fit. */
export function singlesOf(record: Singles): Single[][] {
  const widths = { kernel: widthFor(record.answers.length), model: widthFor(record.predictions.length) };
  return record.blocks.flatMap(({ names, manners, kernel, model }) =>
    names.map((place, row) => {
      const name = entryAt(record.names, place) as SingleName;
      const digits = entryAt(kernel, row);
      const came = digits === '' ? null : rowPlaces(digits, manners.length, widths.kernel, 'binds');
      const said = rowPlaces(entryAt(model, row), manners.length, widths.model, 'binds');
      return manners.map((manner, column): Single => {
        const predicted = entryAt(record.predictions, entryAt(said, column)) as Allowed;
        const answer = came === null ? null : entryAt(record.answers, entryAt(came, column));
        const agrees = answer === null || !isComparable(answer) ? null : allowsSingle(predicted, answer);
        return { name, manner: manner as SingleManner, answer, predicted, agrees };
      });
    }),
  );
}
