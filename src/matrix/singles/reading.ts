import type { Singles } from '../../record/singles.ts';
import { decodePlaces, widthFor } from '../digits.ts';
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
      const name = at(record.names, place) as SingleName;
      const digits = at(kernel, row);
      const came = digits === '' ? null : rowOf(digits, manners.length, widths.kernel);
      const said = rowOf(at(model, row), manners.length, widths.model);
      return manners.map((manner, column): Single => {
        const predicted = at(record.predictions, at(said, column)) as Allowed;
        const answer = came === null ? null : at(record.answers, at(came, column));
        const agrees = answer === null || !isComparable(answer) ? null : allowsSingle(predicted, answer);
        return { name, manner: manner as SingleManner, answer, predicted, agrees };
      });
    }),
  );
}

/** The places of a row; a row must have one for each manner. */
function rowOf(text: string, columns: number, width: number): number[] {
  if (text.length !== columns * width) throw new RangeError(`a row of ${columns} binds has ${text.length} digits`);
  return decodePlaces(text, width);
}

function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new RangeError(`a list of ${list.length} has no place ${place}`);
  return found;
}
