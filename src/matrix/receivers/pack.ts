import type { ReceiversBlock, ReceiversRecord } from '../../record/receivers.ts';
import { decodePlaces, widthFor } from '../digits.ts';
import { entryAt } from '../rows.ts';
import type { ReceiverAnswer } from './answer.ts';

type Kept = Pick<
  ReceiversRecord,
  'platform' | 'lab' | 'started' | 'complete' | 'sockets' | 'ways' | 'words' | 'answers'
>;

/** Who received on a platform. What the model predicts is left out; whoever reads it asks the model. */
export interface PackedReceivers extends Kept {
  readonly name: string;
  /** The system whose model it is compared with. */
  readonly model: string;
  readonly blocks: readonly Omit<ReceiversBlock, 'model'>[];
}

/** Packs the records of some platforms. Records of one platform are also named by their day. */
export function packReceivers(records: readonly ReceiversRecord[]): PackedReceivers[] {
  return records.map((record): PackedReceivers => {
    const { platform, lab, started, complete, sockets, ways, words, answers, blocks, settings } = record;
    const isOnly = records.filter((other) => other.platform.id === platform.id).length === 1;
    return {
      name: isOnly ? platform.id : `${platform.id} (${platform.release}, ${started.slice(0, 10)})`,
      model: settings.model,
      platform,
      lab,
      started,
      complete,
      sockets,
      ways,
      words,
      answers,
      blocks: blocks.map(({ protocol, states, uid, devices, first, second, ways: own, kernel }) => {
        return { protocol, states, uid, devices, first, second, ways: own, kernel };
      }),
    };
  });
}

/**
 * What came of a pair, by its place in a packed block; null where it was not run.
 * @throws RangeError for a record whose parts do not fit; reading the record has already excluded that.
 */
export function packedAnswer(
  { answers, words }: Pick<PackedReceivers, 'answers' | 'words'>,
  block: PackedReceivers['blocks'][number],
  row: number,
  column: number,
): ReceiverAnswer | null {
  const digits = entryAt(block.kernel, row);
  if (digits === '') return null;
  const place = entryAt(decodePlaces(digits, widthFor(answers.length)), column);
  const answer = entryAt(answers, place);
  if ('failed' in answer) return answer;
  const cells = decodePlaces(answer.cells, widthFor(words.length));
  return { words: cells.map((cell) => entryAt(words, cell)) };
}
