import type { MatrixBlock, MatrixRecord, MatrixSocket } from '../record/matrix.ts';
import { decodePlaces, widthFor } from './digits.ts';
import { agrees, decidingRule, likeliest, type Prediction } from './prediction.ts';
import type { Spec } from './sockets.ts';

/** One pair of a record. */
export interface Pair {
  readonly first: Spec;
  readonly second: Spec;
  /** What the kernel answered; null where it was not run. */
  readonly answer: string | null;
  /** What the model holds to be the likeliest, spelled alike, and whether it allows the answer. */
  readonly predicted: string;
  /** The rule by which the model does; empty where it names none. */
  readonly rule: string;
  readonly agrees: boolean;
}

/** The rows of a block: the pairs of each first socket. @throws RangeError for a record whose parts do not fit. */
export function pairsOf(record: MatrixRecord, block: MatrixBlock): Pair[][] {
  const widths = { kernel: widthFor(record.answers.length), model: widthFor(record.predictions.length) };
  const second = block.second.map((place) => specOf(at(record.sockets, place)));
  return block.first.map((place, row) => {
    const first = specOf(at(record.sockets, place));
    const kernel = at(block.kernel, row);
    const answers = kernel === '' ? null : rowOf(kernel, second.length, widths.kernel);
    const predictions = rowOf(at(block.model, row), second.length, widths.model);
    return second.map((spec, column): Pair => {
      const prediction = at(record.predictions, at(predictions, column)) as Prediction;
      const answer = answers === null ? null : at(record.answers, at(answers, column));
      const predicted = likeliest(prediction);
      const rule = decidingRule(prediction) ?? '';
      return { first, second: spec, answer, predicted, rule, agrees: answer === null || agrees(answer, prediction) };
    });
  });
}

/** The places of a row, of which there must be as many as second sockets. */
function rowOf(text: string, columns: number, width: number): number[] {
  if (text.length !== columns * width) throw new RangeError(`a row of ${columns} pairs has ${text.length} digits`);
  return decodePlaces(text, width);
}

function specOf({ letters, ...name }: MatrixSocket): Spec {
  return { name, letters };
}

function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new RangeError(`a list of ${list.length} has no place ${place}`);
  return found;
}
