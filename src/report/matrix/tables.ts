import { NO_DEVICES, PROTOCOLS, UIDS } from '../../matrix/axes.ts';
import { allows, isKnownTo, KEY_OF_SHORT, short } from '../../matrix/answers.ts';
import { likeliest, predictor } from '../../matrix/prediction.ts';
import { CHOICES } from '../../matrix/choices.ts';
import { pairsOf, type Pair } from '../../matrix/reading.ts';
import type { Corner } from '../../matrix/selection.ts';
import { spellSpec } from '../../matrix/sockets.ts';
import type { Model } from '../../model/index.ts';
import type { Setting } from '../../model/types.ts';
import type { MatrixBlock, MatrixRecord } from '../../record/matrix.ts';

/** A square table, first sockets down and second ones across. Several corners of the matrix may have the same. */
export interface Table {
  readonly title: string;
  readonly corners: readonly Corner[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly string[])[];
}

/** Another system to compare the tables with, and the setting in which its model is asked. */
interface Against {
  readonly model: Model;
  readonly setting: Setting;
}

export interface TableOptions {
  readonly against?: Against;
  /** Which blocks; all when left out. */
  readonly blocks?: (corner: Corner) => boolean;
  /** Which sockets the tables are about, instead of the two usual choices of them. */
  readonly only?: { readonly first: (spelled: string) => boolean; readonly second: (spelled: string) => boolean };
}

/** What the letters in the tables mean. */
export const TABLE_KEY = `${KEY_OF_SHORT}; *: not what the model says; ≠ what the other system says`;

type Cell = { readonly pair: Pair; readonly shown: string };

/**
 * The tables of a record: what the options do, on a wildcard and a specific address, and which names meet without any
 * options; and what devices do. Corners of the matrix that have the same table share it.
 */
export function tablesOf(record: MatrixRecord, { against, blocks, only }: TableOptions = {}): Table[] {
  const drawn = new Map<string, Table>();
  const chosen = record.blocks.filter((block) => blocks?.(block) ?? true);
  const plain = chosen.filter(({ devices }) => devices === NO_DEVICES);
  for (const block of plain.length > 0 ? plain : chosen) {
    const grid = gridOf(record, block, against);
    for (const [title, narrowed] of only
      ? [['The sockets that were asked for', pick(grid, only)] as const]
      : usual(grid)) {
      if (narrowed.length > 0) draw(drawn, title, cornerOf(block), narrowed);
    }
  }
  const tied = plain.length > 0 && !only ? chosen.filter(({ devices }) => devices !== NO_DEVICES) : [];
  // Other systems have no SO_BINDTODEVICE to differ in.
  return [...drawn.values(), ...devicesTables(record, plain, tied)];
}

function gridOf(record: MatrixRecord, block: MatrixBlock, against: Against | undefined): Cell[][] {
  const other = against && predictor(against.model, against.setting, block, record.platform.uid ?? 0);
  return pairsOf(record, block).map((row) =>
    row.map((pair): Cell => {
      const said = pair.answer === null ? '.' : short(pair.answer);
      const deviates = pair.agrees ? '' : '*';
      const compared = pair.answer !== null && against !== undefined && isKnownTo(against.model.name, pair);
      const prediction = compared ? other?.(pair.first, pair.second) : undefined;
      const differs = prediction && !allows(prediction, pair.answer ?? '');
      return { pair, shown: `${said}${deviates}${differs ? `≠${short(likeliest(prediction))}` : ''}` };
    }),
  );
}

function usual(grid: readonly (readonly Cell[])[]): (readonly [string, Cell[][]])[] {
  return CHOICES.map(({ title, has }) => [title, pick(grid, { first: has, second: has })]);
}

function pick(grid: readonly (readonly Cell[])[], only: NonNullable<TableOptions['only']>): Cell[][] {
  return grid
    .map((row) => row.filter(({ pair }) => only.first(spellSpec(pair.first)) && only.second(spellSpec(pair.second))))
    .filter((row) => row.length > 0);
}

function draw(drawn: Map<string, Table>, title: string, corner: Corner, grid: readonly (readonly Cell[])[]): void {
  const rows = grid.map(([cell]) => (cell ? spellSpec(cell.pair.first) : ''));
  const columns = (grid[0] ?? []).map(({ pair }) => spellSpec(pair.second));
  const cells = grid.map((row) => row.map(({ shown }) => shown));
  const key = JSON.stringify([title, rows, columns, cells]);
  const same = drawn.get(key);
  drawn.set(key, { title, rows, columns, cells, corners: [...(same?.corners ?? []), corner] });
}

/** For each protocol and state, the wildcard beside the wildcard with every two devices. */
function devicesTables(record: MatrixRecord, plain: readonly MatrixBlock[], tied: readonly MatrixBlock[]): Table[] {
  const drawn = new Map<string, Table>();
  const devices = [...new Set(tied.flatMap((block) => block.devices.split('/')))];
  const groups = new Set(tied.map(({ protocol, state, uid }) => `${protocol} ${state} ${uid}`));
  for (const group of groups) {
    const of = [...plain, ...tied].filter(({ protocol, state, uid }) => `${protocol} ${state} ${uid}` === group);
    const cells = devices.map((first) =>
      devices.map((second) => {
        const block = of.find((one) => one.devices === `${first}/${second}`);
        const cell = block && gridOf(record, block, undefined).flat().find(isWildcards);
        return cell?.shown ?? '.';
      }),
    );
    const [block] = of;
    if (!block) continue;
    const title = 'The wildcard tied to devices, without options';
    const key = JSON.stringify(cells);
    const corners = [...(drawn.get(key)?.corners ?? []), { ...cornerOf(block), devices: NO_DEVICES }];
    drawn.set(key, { title, rows: devices, columns: devices, cells, corners });
  }
  return [...drawn.values()];
}

function isWildcards({ pair }: Cell): boolean {
  return spellSpec(pair.first) === '0.0.0.0 -' && spellSpec(pair.second) === '0.0.0.0 -';
}

function cornerOf({ protocol, state, uid, devices }: MatrixBlock): Corner {
  return { protocol, state, uid, devices };
}

/** Corners in words, for example `UDP bound, connected; TCP bound (same uid)`. */
export function cornersInWords(corners: readonly Corner[]): string {
  const [same = '', different = ''] = UIDS.map((uid) =>
    PROTOCOLS.flatMap((protocol) => {
      const some = corners.filter((corner) => corner.protocol === protocol && corner.uid === uid);
      const names = some.map(({ state, devices }) => (devices === NO_DEVICES ? state : `${state} ${devices}`));
      return names.length === 0 ? [] : [`${protocol.toUpperCase()} ${names.join(', ')}`];
    }).join('; '),
  );
  if (same === different) return `${same} (same and different uid)`;
  return [same && `${same} (same uid)`, different && `${different} (different uid)`].filter(Boolean).join('; ');
}
