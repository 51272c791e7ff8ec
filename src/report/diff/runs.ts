import type { RunsDifference } from '../../record/difference.ts';
import type { BindRecord, CellRecord } from '../../record/record.ts';
import { inWords, leaves } from '../../experiment/expectation.ts';
import { cellsInPlainWords } from '../axes.ts';
import { sameAt } from '../comparison/same-outcomes.ts';
import { outcomesIn, shapesOf } from '../comparison/told-places.ts';
import type { ToldOutcome } from '../outcomes.ts';
import { isOtherTiming, isTimePlace, timesIn, timingOf } from './timing.ts';

interface Both {
  was: CellRecord;
  is: CellRecord;
}

/**
 * What differs between two runs. Outcomes are compared as in a comparison of platforms, in the places where either of
 * the two is judged: by their classes across systems, and by their exact names where the system is the same. Cells of
 * one experiment with the same change are shown together.
 */
export function diffRuns(before: BindRecord, after: BindRecord): RunsDifference {
  const old = new Map(before.cells.map((cell) => [cell.id, cell]));
  const now = new Map(after.cells.map((cell) => [cell.id, cell]));
  const both = [...now.values()].flatMap((is): Both[] => {
    const was = old.get(is.id);
    return was ? [{ was, is }] : [];
  });
  const alike = before.platform.system === after.platform.system ? isEqualAt : sameAt;
  const changed = new Map(both.map((cell) => [cell.is.id, changesOf(cell, alike)]));
  const groups = new Groups(both.map(({ is }) => is));
  const moved = (cell: CellRecord) => (changed.get(cell.id)?.length ?? 0) > 0;
  return {
    both: both.length,
    outcomes: groups.of(
      both.filter(({ is }) => moved(is)),
      ({ was, is }) => ({ places: changed.get(is.id) ?? [], verdict: { was: was.verdict, is: is.verdict } }),
    ),
    verdicts: groups.of(
      both.filter(({ was, is }) => !moved(is) && was.verdict !== is.verdict),
      ({ was, is }) => {
        const reason = is.reason ?? was.reason;
        return { was: was.verdict, is: is.verdict, ...(reason === undefined ? {} : { reason }) };
      },
    ),
    timings: timings(both, groups),
    appeared: new Groups(after.cells).of(
      after.cells.filter(({ id }) => !old.has(id)).map((is) => ({ was: is, is })),
      () => ({}),
    ),
    gone: new Groups(before.cells).of(
      before.cells.filter(({ id }) => !now.has(id)).map((is) => ({ was: is, is })),
      () => ({}),
    ),
    claims: after.claims.flatMap(({ id, verdict: is }) => {
      const was = before.claims.find((claim) => claim.id === id)?.verdict;
      return was === undefined || was === is ? [] : [{ id, was, is }];
    }),
  };
}

/** Whether an outcome is exactly what the other record has in that place. */
function isEqualAt({ place, observed }: ToldOutcome, other: readonly ToldOutcome[]): boolean {
  return other.some((one) => one.place === place && one.observed === observed);
}

/** The places at which something else was observed; none where only one of the two observed anything. */
function changesOf({ was, is }: Both, alike: typeof sameAt): RunsDifference['outcomes'][number]['places'] {
  const shapes = shapesOf([was, is]);
  const [then, now] = [outcomesIn(was, shapes), outcomesIn(is, shapes)];
  if (then.length === 0 || now.length === 0) return [];
  const places = [...new Set([...now, ...then].map(({ place }) => place))].filter((place) => !isTimePlace(place));
  const open = openPlaces(shapes);
  const varies = varyingPlaces(shapes);
  return places.flatMap((place) => {
    const [old, fresh] = [then, now].map((list) => list.find((one) => one.place === place));
    if (old && fresh) {
      const told = [old.observed, fresh.observed];
      if (alike(fresh, then) || open(place, ...told) || varies(place, ...told)) return [];
    }
    return [{ place, was: old?.observed ?? 'nothing', is: fresh?.observed ?? 'nothing' }];
  });
}

/** Whether all that is expected at a place is that it is not one value, and two values are others, and so the same to us. */
function openPlaces(shapes: readonly unknown[]) {
  const ruledOut = new Map(
    shapes
      .flatMap((shape) => leaves(shape))
      .flatMap(([place, leaf]): [string, unknown][] =>
        typeof leaf === 'object' && leaf !== null && 'not' in leaf ? [[place, leaf.not]] : [],
      ),
  );
  return (place: string, ...values: readonly string[]): boolean =>
    ruledOut.has(place) && values.every((value) => value !== inWords(ruledOut.get(place)));
}

/**
 * Whether all that is judged allows each of some values at a place: then chance decides which is observed, for example a
 * hash of the sender in a group of SO_REUSEPORT, or who wins a race.
 */
function varyingPlaces(shapes: readonly unknown[]) {
  const leavesOf = shapes.map((shape) => new Map(leaves(shape)));
  return (place: string, ...values: readonly string[]): boolean =>
    leavesOf.length > 0 &&
    leavesOf.every((those) => {
      const leaf = those.get(place);
      if (typeof leaf !== 'object' || leaf === null || !('oneOf' in leaf)) return false;
      const allowed = new Set((leaf.oneOf as unknown[]).map(inWords));
      return values.every((value) => allowed.has(value));
    });
}

function timings(both: readonly Both[], groups: Groups): RunsDifference['timings'] {
  const moved = both.flatMap((cell) => {
    const then = new Map(timesIn(cell.was.observation).map(({ place, milliseconds }) => [place, milliseconds]));
    return timesIn(cell.is.observation).flatMap(({ place, milliseconds: is }) => {
      const was = then.get(place);
      return was === undefined || !isOtherTiming(was, is) ? [] : [{ ...cell, place, times: { was, is } }];
    });
  });
  return groups
    .of(moved, ({ place, times }) => ({ place, was: timingOf(times.was), is: timingOf(times.is) }))
    .flatMap((group) => {
      const [cell = ''] = group.cells;
      const found = moved.find(({ is, place }) => is.id === cell && place === group.place);
      return found ? [{ ...group, example: { cell, ...found.times } }] : [];
    });
}

/** Groups the cells of one experiment that have the same change. */
class Groups {
  readonly #all = new Map<string, CellRecord[]>();

  constructor(all: readonly CellRecord[]) {
    for (const cell of all) this.#all.set(cell.experiment, [...(this.#all.get(cell.experiment) ?? []), cell]);
  }

  of<C extends Both, T extends object>(cells: readonly C[], tell: (cell: C) => T) {
    const groups = new Map<string, { told: T; own: CellRecord[] }>();
    for (const cell of cells) {
      const told = tell(cell);
      const key = JSON.stringify([cell.is.experiment, told]);
      const group = groups.get(key) ?? { told, own: [] };
      groups.set(key, group);
      group.own.push(cell.is);
    }
    return [...groups.values()].map(({ told, own }) => {
      const experiment = own[0]?.experiment ?? '';
      const which = cellsInPlainWords(own, this.#all.get(experiment) ?? own);
      return { experiment, cells: own.map(({ id }) => id), which, ...told };
    });
  }
}
