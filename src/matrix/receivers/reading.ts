import type { ReceiversBlock, ReceiversRecord } from '../../record/receivers.ts';
import type { MatrixSocket } from '../../record/matrix.ts';
import { decodePlaces, widthFor } from '../digits.ts';
import type { Spec } from '../sockets.ts';
import type { ReceiverAnswer } from './answer.ts';
import type { AllowedCell } from './cells.ts';
import { wrongIn } from './comparison.ts';
import type { PairReceivers } from './prediction.ts';
import type { Way } from './ways.ts';

/** One pair of a record. */
export interface ReceiverPair {
  readonly first: Spec;
  readonly second: Spec;
  /** What came of it; null where it was not run. */
  readonly answer: ReceiverAnswer | null;
  readonly prediction: PairReceivers;
  /** See `wrongIn`; null where the model allows the answer, or there is none. */
  readonly wrong: ReturnType<typeof wrongIn>;
}

/** The ways of the probes of a block. @throws RangeError for a record whose parts do not fit */
export function waysIn({ ways }: Pick<ReceiversRecord, 'ways'>, block: ReceiversBlock): Way[] {
  return block.ways.map((place) => at(ways, place));
}

/** A reader of the blocks of a record: the pairs of each first socket. @throws RangeError where its parts do not fit */
export function receiverReader(record: ReceiversRecord): (block: ReceiversBlock) => ReceiverPair[][] {
  const cellWidths = { kernel: widthFor(record.words.length), model: widthFor(record.allowed.length) };
  const answers = record.answers.map((answer): ReceiverAnswer =>
    'failed' in answer
      ? answer
      : { words: decodePlaces(answer.cells, cellWidths.kernel).map((place) => at(record.words, place)) },
  );
  const predictions = record.predictions.map(({ together, cells }): PairReceivers => ({
    together,
    cells: decodePlaces(cells, cellWidths.model).map((place): AllowedCell => at(record.allowed, place)),
  }));
  const widths = { kernel: widthFor(answers.length), model: widthFor(predictions.length) };
  const wrongs = new Map<string, ReturnType<typeof wrongIn>>();
  const specs = record.sockets.map(specOf);
  return (block) => {
    const second = block.second.map((place) => at(specs, place));
    const fits = (cells: readonly unknown[]) => {
      if (cells.length !== block.ways.length)
        throw new RangeError(`${cells.length} cells for ${block.ways.length} ways`);
    };
    return block.first.map((place, row) => {
      const first = at(specs, place);
      const kernel = at(block.kernel, row);
      const answered = kernel === '' ? null : rowOf(kernel, second.length, widths.kernel);
      const said = rowOf(at(block.model, row), second.length, widths.model);
      return second.map((spec, column): ReceiverPair => {
        const prediction = at(predictions, at(said, column));
        if (prediction.together !== 'no') fits(prediction.cells);
        if (answered === null) return { first, second: spec, answer: null, prediction, wrong: null };
        const answer = at(answers, at(answered, column));
        if ('words' in answer) fits(answer.words);
        const key = `${answered[column]} ${said[column]}`;
        let wrong = wrongs.get(key);
        if (wrong === undefined) {
          wrong = wrongIn(answer, prediction);
          wrongs.set(key, wrong);
        }
        return { first, second: spec, answer, prediction, wrong };
      });
    });
  };
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
