import type { MatrixBlock, MatrixRecord, MatrixSocket } from '../record/matrix.ts';
import { decodePlaces, encodePlaces, widthFor } from './digits.ts';
import { entryAt } from './rows.ts';
import { Legend } from './legend.ts';
import type { Corner } from './selection.ts';
import { specOf, spellRecorded } from './recorded-sockets.ts';

/**
 * The matrices of several platforms. Everything that they share is written once: most rows of answers are the same on all
 * of them. It does not contain what the models predict; whoever reads it asks the models.
 */
export interface PackedMatrices {
  readonly sockets: readonly MatrixSocket[];
  readonly answers: readonly string[];
  /** Distinct rows of answers: places in `answers` as digits of base 64. */
  readonly rows: readonly string[];
  /** Distinct lists of places: in `sockets`, or in `rows`, where -1 is a row that was not run. */
  readonly lists: readonly (readonly number[])[];
  readonly platforms: readonly PackedMatrix[];
}

type Kept = Pick<MatrixRecord, 'platform' | 'lab' | 'bindspec' | 'started' | 'complete' | 'counts'>;

/** One platform's matrix. */
export interface PackedMatrix extends Kept {
  readonly name: string;
  /** The system whose model it is compared with. */
  readonly model: string;
  readonly blocks: readonly PackedBlock[];
}

/** A block. Its sockets and its rows are places in the shared lists. */
export interface PackedBlock extends Corner {
  readonly first: number;
  readonly second: number;
  readonly kernel: number;
}

/**
 * Packs the matrices of some platforms.
 * @throws RangeError for a record whose parts do not fit; reading the record has already excluded that.
 */
export function packMatrices(given: readonly { name: string; record: MatrixRecord }[]): PackedMatrices {
  const sockets = new Legend<MatrixSocket>();
  const answers = new Legend<string>();
  const lists = new Legend<readonly number[]>();
  const rows = new Legend<readonly number[]>();
  const listed = (places: readonly number[]) => lists.place(places.join(), () => places);
  const platforms = given.map(({ name, record }): PackedMatrix => {
    const socketPlaces = record.sockets.map((socket) => sockets.place(keyOf(socket), () => socket));
    const answerPlaces = record.answers.map((answer) => answers.place(answer, () => answer));
    const width = widthFor(record.answers.length);
    const rowsOf = ({ first, second, kernel }: MatrixBlock) =>
      first.map((_, row) => {
        const digits = entryAt(kernel, row);
        if (digits === '') return -1;
        const places = decodePlaces(digits, width).map((place) => entryAt(answerPlaces, place));
        if (places.length !== second.length)
          throw new RangeError(`${places.length} answers for ${second.length} pairs`);
        return rows.place(places.join(), () => places);
      });
    const { platform, lab, bindspec, started, complete, counts, settings } = record;
    const blocks = record.blocks.map((block): PackedBlock => {
      const { protocol, state, uid, devices } = block;
      return {
        protocol,
        state,
        uid,
        devices,
        first: listed(block.first.map((place) => entryAt(socketPlaces, place))),
        second: listed(block.second.map((place) => entryAt(socketPlaces, place))),
        kernel: listed(rowsOf(block)),
      };
    });
    return { name, model: settings.model, platform, lab, bindspec, started, complete, counts, blocks };
  });
  const width = widthFor(answers.list.length);
  return {
    sockets: sockets.list,
    answers: answers.list,
    rows: rows.list.map((places) => encodePlaces(places, width)),
    lists: lists.list,
    platforms,
  };
}

/** The answers of a block, by first and second socket; null where a row was not run. */
export function answersOf(packed: PackedMatrices, block: PackedBlock): (readonly string[] | null)[] {
  const width = widthFor(packed.answers.length);
  return entryAt(packed.lists, block.kernel).map((place) =>
    place < 0
      ? null
      : decodePlaces(entryAt(packed.rows, place), width).map((answer) => entryAt(packed.answers, answer)),
  );
}

/** The sockets of a list of a packed block. */
export function socketsAt(packed: PackedMatrices, list: number): MatrixSocket[] {
  return entryAt(packed.lists, list).map((place) => entryAt(packed.sockets, place));
}

function keyOf(socket: MatrixSocket): string {
  const { name } = specOf(socket);
  return JSON.stringify([spellRecorded(socket), name]);
}
