import type { ReceiversBlock, ReceiversRecord } from '../../record/receivers.ts';
import { decodePlaces, widthFor } from '../digits.ts';
import { entryAt, rowPlaces } from '../rows.ts';
import { specOf } from '../recorded-sockets.ts';
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
  return block.ways.map((place) => entryAt(ways, place));
}

/** A reader of the blocks of a record: the pairs of each first socket. @throws RangeError where its parts do not fit */
export function receiverReader(record: ReceiversRecord): (block: ReceiversBlock) => ReceiverPair[][] {
  const cellWidths = { kernel: widthFor(record.words.length), model: widthFor(record.allowed.length) };
  const answers = record.answers.map((answer): ReceiverAnswer =>
    'failed' in answer
      ? answer
      : { words: decodePlaces(answer.cells, cellWidths.kernel).map((place) => entryAt(record.words, place)) },
  );
  const predictions = record.predictions.map(({ together, cells }): PairReceivers => ({
    together,
    cells: decodePlaces(cells, cellWidths.model).map((place): AllowedCell => entryAt(record.allowed, place)),
  }));
  const widths = { kernel: widthFor(answers.length), model: widthFor(predictions.length) };
  const wrongs = new Map<string, ReturnType<typeof wrongIn>>();
  const specs = record.sockets.map(specOf);
  return (block) => {
    const second = block.second.map((place) => entryAt(specs, place));
    const fits = (cells: readonly unknown[]) => {
      if (cells.length !== block.ways.length)
        throw new RangeError(`${cells.length} cells for ${block.ways.length} ways`);
    };
    return block.first.map((place, row) => {
      const first = entryAt(specs, place);
      const kernel = entryAt(block.kernel, row);
      const answered = kernel === '' ? null : rowPlaces(kernel, second.length, widths.kernel, 'pairs');
      const said = rowPlaces(entryAt(block.model, row), second.length, widths.model, 'pairs');
      return second.map((spec, column): ReceiverPair => {
        const prediction = entryAt(predictions, entryAt(said, column));
        if (prediction.together !== 'no') fits(prediction.cells);
        if (answered === null) return { first, second: spec, answer: null, prediction, wrong: null };
        const answer = entryAt(answers, entryAt(answered, column));
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
