import type { MatrixBlock, MatrixRecord, MatrixSocket } from '../record/matrix.ts';
import { decodePlaces, widthFor } from './digits.ts';
import { agrees, decidingRule, likeliest, type Prediction } from './prediction.ts';
import type { Spec } from './sockets.ts';

/** One pair of a record. */
export interface Pair {
  readonly first: Spec;
  readonly second: Spec;
  /** The kernel's answer; null where the pair was not run. */
  readonly answer: string | null;
  /**
   * The answer that the model gives as the likeliest, spelled in the same way, and whether the model allows the kernel's
   * answer.
   */
  readonly predicted: string;
  /** The rule that decides in the model; empty where the model names none. */
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

/** The places of a row; a row must have one for each second socket. */
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
