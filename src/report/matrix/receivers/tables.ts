import { NO_DEVICES } from '../../../matrix/axes.ts';
import { CHOICES } from '../../../matrix/choices.ts';
import { receiverCornerInWords } from '../../../matrix/receivers/blocks.ts';
import { receiverReader, waysIn, type ReceiverPair } from '../../../matrix/receivers/reading.ts';
import { wayInWords, type Way } from '../../../matrix/receivers/ways.ts';
import { spellSpec } from '../../../matrix/sockets.ts';
import type { ReceiversRecord } from '../../../record/receivers.ts';

/** A square table, first sockets down and second ones across; several ways and corners may have the same. */
export interface ReceiversTable {
  readonly title: string;
  /** The corners and ways that have this table. */
  readonly of: readonly string[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly string[])[];
}

/** What the signs in the tables mean. */
export const RECEIVERS_KEY =
  '1, 2: that socket; 1|2: the one or the other, by the sender’s port; 1+2: both; r: refused; x: reset; s: silence; ' +
  'n: no answer; -: the two can not be there together; .: not run; *: not what the model says';

const SIGNS: Readonly<Record<string, string>> = {
  refused: 'r',
  reset: 'x',
  silence: 's',
  'no answer': 'n',
};

/** What became of the probes of one way, as tables show it. */
function signOf(word: string): string {
  return word
    .split('|')
    .map((one) => SIGNS[one] ?? one)
    .join('|');
}

/**
 * The tables of a record: who receives what is sent to an address, by what the options do on a wildcard and a specific
 * address, and by which names meet without options. Ways and corners that have the same table share it. Corners with
 * devices have none.
 */
export function receiversTables(record: ReceiversRecord): ReceiversTable[] {
  const read = receiverReader(record);
  const drawn = new Map<string, ReceiversTable>();
  for (const block of record.blocks.filter(({ devices }) => devices === NO_DEVICES)) {
    const pairs = read(block);
    for (const { title, has } of CHOICES) {
      const grid = pairs
        .map((row) => row.filter(({ first, second }) => has(spellSpec(first)) && has(spellSpec(second))))
        .filter((row) => row.length > 0);
      if (grid.length === 0) continue;
      for (const [place, way] of waysIn(record, block).entries()) {
        if (isShown(way)) draw(drawn, title, `${receiverCornerInWords(block)}, ${wayInWords(way)}`, grid, place);
      }
    }
  }
  return [...drawn.values()];
}

/** Where senders of the machine make no difference, one of them is enough. */
function isShown({ port }: Way): boolean {
  return port === 'other';
}

function draw(
  drawn: Map<string, ReceiversTable>,
  title: string,
  what: string,
  grid: readonly (readonly ReceiverPair[])[],
  place: number,
): void {
  const rows = grid.map(([pair]) => (pair ? spellSpec(pair.first) : ''));
  const columns = (grid[0] ?? []).map(({ second }) => spellSpec(second));
  const cells = grid.map((row) => row.map((pair) => signAt(pair, place)));
  const key = JSON.stringify([title, rows, columns, cells]);
  drawn.set(key, { title, rows, columns, cells, of: [...(drawn.get(key)?.of ?? []), what] });
}

function signAt({ answer, wrong }: ReceiverPair, place: number): string {
  if (answer === null) return '.';
  const deviates = wrong === 'together' || wrong?.includes(place) === true ? '*' : '';
  return `${'failed' in answer ? '-' : signOf(answer.words[place] ?? '')}${deviates}`;
}
