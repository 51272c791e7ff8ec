import { spellRecorded } from '../matrix/recorded-sockets.ts';
import { ran } from '../containers/changes.ts';
import { counted } from '../text/counted.ts';
import type { ContainersRecord } from '../record/containers.ts';
import type { Exploration } from '../record/explore.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import type { BindRecord, CellRecord } from '../record/record.ts';
import type { ReceiversRecord } from '../record/receivers.ts';
import type { TriplesRecord } from '../record/triples.ts';

/*
 * When there are two records of one platform, the fuller one is kept: a newer record replaces an older one only when it
 * has an outcome for everything that the older one has an outcome for. The versions of bindspec and of the kernel make no
 * difference. Each function returns why an older record can't be replaced, in words that follow the name of its file, or
 * null where it can be replaced.
 */

/** Whether a cell has an outcome: it was not skipped, and the harness did not fail. */
export function hasOutcome({ verdict }: Pick<CellRecord, 'verdict'>): boolean {
  return verdict !== 'skipped' && verdict !== 'error';
}

/** Why the record of a run stays. A run of everything has no outcome for cells that no longer exist. */
export function lossOfRun(older: BindRecord, newer: BindRecord): string | null {
  const had = older.cells.filter(hasOutcome);
  const has = new Map(newer.cells.map((cell) => [cell.id, hasOutcome(cell)]));
  const isWhole = newer.complete && newer.settings.selectors.length === 0;
  const lost = had.filter(({ id }) => !(has.get(id) ?? isWhole));
  if (lost.length === 0) return null;
  return `has outcomes of ${counted(had.length, 'cell')}, and this run of ${had.length - lost.length} of them`;
}

/** Why the record of a matrix stays. A matrix compared with another system's model does not replace one that is not. */
export function lossOfMatrix(older: MatrixRecord, newer: MatrixRecord): string | null {
  const had = answered(older);
  const has = new Set(answered(newer));
  // A matrix from which nothing was skipped, and for which no pairs were chosen, has every pair that there is.
  const isWhole = newer.complete && newer.counts.skipped === 0 && Object.keys(newer.settings.asked).length === 0;
  const lost = isWhole ? 0 : had.filter((pair) => !has.has(pair)).length;
  if (lost > 0)
    return `has answers for ${counted(had.length, 'pair')}, and this matrix for ${(had.length - lost).toLocaleString('en-US')} of them`;
  if (older.singles !== undefined && newer.singles === undefined) return 'has single binds, and this matrix has none';
  return lossOfModel(older.settings.model, newer.settings.model, older.platform.system, 'this matrix');
}

/**
 * Why a record of triples stays. The triples of a block are its corner and three lists of sockets, so that blocks are compared:
 * the newer one must have every socket of the older one at each place, and must not have been interrupted.
 */
export function lossOfTriples(older: TriplesRecord, newer: TriplesRecord): string | null {
  const [had, has] = [older, newer].map(({ counts }) => counts.triples - counts.notRun) as [number, number];
  const all = [older, newer].map(({ sockets, blocks }) => {
    const names = sockets.map(spellRecorded);
    return new Map(
      blocks.map((block) => [
        `${block.protocol} ${block.state} ${block.uid}`,
        (['first', 'second', 'third'] as const).map((place) => new Set(block[place].map((one) => names[one] ?? ''))),
      ]),
    );
  });
  const isLost = [...(all[0] ?? [])].some(([corner, places]) => {
    const now = all[1]?.get(corner);
    return places.some((spelled, index) => [...spelled].some((one) => now?.[index]?.has(one) !== true));
  });
  if (isLost || (newer.counts.notRun > 0 && has < had))
    return `has answers for ${counted(had, 'triple')}, and this one lacks some of them`;
  return lossOfModel(older.settings.model, newer.settings.model, older.platform.system, 'this one');
}

/** Why a record of who receives stays. */
export function lossOfReceivers(older: ReceiversRecord, newer: ReceiversRecord): string | null {
  const had = receiving(older);
  const has = new Set(receiving(newer));
  const isWhole = newer.complete && newer.counts.skipped === 0 && Object.keys(newer.settings.asked).length === 0;
  const lost = isWhole ? 0 : had.filter((pair) => !has.has(pair)).length;
  if (lost > 0)
    return `has answers for ${counted(had.length, 'pair')}, and this record for ${(had.length - lost).toLocaleString('en-US')} of them`;
  return lossOfModel(older.settings.model, newer.settings.model, older.platform.system, 'this record');
}

/** Why the record of an engine's containers stays, where the two can't be merged. */
export function lossOfContainers(older: ContainersRecord, newer: ContainersRecord): string | null {
  const had = older.configurations.filter(ran);
  const has = new Map(newer.configurations.map((one) => [one.id, ran(one)]));
  const lost = had.filter(({ id }) => has.get(id) !== true);
  if (lost.length === 0) return null;
  return `has outcomes of ${counted(had.length, 'configuration')} of ${older.engine.name} ${older.engine.version}, and this run of ${had.length - lost.length} of them`;
}

/** Why the record of an exploration stays: the new one has fewer sequences or operations for some protocol. */
export function lossOfExploration(older: Exploration, newer: Exploration): string | null {
  if (older.asks !== newer.asks) return `asks about ${older.asks}, and this exploration about ${newer.asks}`;
  for (const had of older.protocols) {
    const has = newer.protocols.find(({ protocol }) => protocol === had.protocol);
    if (has !== undefined && (has.sequences >= had.sequences || has.operations >= had.operations)) continue;
    return `has ${counted(had.sequences, 'sequence')} of ${had.protocol}, and this exploration ${(has?.sequences ?? 0).toLocaleString('en-US')}`;
  }
  return lossOfModel(older.model, newer.model, older.platform.system, 'this exploration');
}

/** How much a record has an outcome for: cells, pairs, triples or configurations. */
export function extentOf(
  record: BindRecord | MatrixRecord | TriplesRecord | ReceiversRecord | ContainersRecord,
): number {
  if ('cells' in record) return record.cells.filter(hasOutcome).length;
  if ('quirks' in record) return record.counts.triples - record.counts.notRun;
  if ('blocks' in record) return record.counts.pairs - record.counts.notRun;
  return record.configurations.filter(ran).length;
}

/** The pairs that the kernel answered, in words that name each. */
function answered({ sockets, blocks }: MatrixRecord): string[] {
  const names = sockets.map(spellRecorded);
  return blocks.flatMap(({ protocol, state, uid, devices, first, second, kernel }) =>
    first
      .filter((_, row) => kernel[row] !== '')
      .flatMap((one) => second.map((other) => `${protocol} ${state} ${uid} ${devices} ${names[one]} ${names[other]}`)),
  );
}

/** The pairs whose receivers are known, in words that name each. */
function receiving({ sockets, blocks }: ReceiversRecord): string[] {
  const names = sockets.map(spellRecorded);
  return blocks.flatMap(({ protocol, states, uid, devices, first, second, kernel }) =>
    first
      .filter((_, row) => kernel[row] !== '')
      .flatMap((one) =>
        second.map((other) => `${protocol} ${states.join('/')} ${uid} ${devices} ${names[one]} ${names[other]}`),
      ),
  );
}

function lossOfModel(older: string, newer: string, system: string, what: string): string | null {
  if (older !== system || newer === system) return null;
  return `is compared with the model of ${older}, and ${what} with that of ${newer}`;
}
