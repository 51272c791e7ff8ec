import type { MatrixBlock, MatrixRecord } from '../record/matrix.ts';
import { widthFor } from './digits.ts';
import { entryAt, rowPlaces } from './rows.ts';
import { agrees, decidingRule, likeliest, type Prediction } from './prediction.ts';
import { specOf } from './recorded-sockets.ts';
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
  const second = block.second.map((place) => specOf(entryAt(record.sockets, place)));
  return block.first.map((place, row) => {
    const first = specOf(entryAt(record.sockets, place));
    const kernel = entryAt(block.kernel, row);
    const answers = kernel === '' ? null : rowPlaces(kernel, second.length, widths.kernel, 'pairs');
    const predictions = rowPlaces(entryAt(block.model, row), second.length, widths.model, 'pairs');
    return second.map((spec, column): Pair => {
      const prediction = entryAt(record.predictions, entryAt(predictions, column)) as Prediction;
      const answer = answers === null ? null : entryAt(record.answers, entryAt(answers, column));
      const predicted = likeliest(prediction);
      const rule = decidingRule(prediction) ?? '';
      return { first, second: spec, answer, predicted, rule, agrees: answer === null || agrees(answer, prediction) };
    });
  });
}
