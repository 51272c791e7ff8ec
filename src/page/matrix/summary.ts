import { NO_DEVICES } from '../../matrix/axes.ts';
import type { Corner } from '../../matrix/selection.ts';
import { fill, h } from '../h.ts';
import { differenceAt, type Corners, type CornerDifference, type Reason } from './difference.ts';
import { toCorner, type Link } from './link.ts';
import { ruleNamed } from './rule.ts';
import type { Side } from './side.ts';

/** How many reasons are listed before the rest is folded away. */
const MOST_REASONS = 6;

/** What the summary gets as it is counted. */
interface Counted {
  readonly compared: number;
  readonly differing: number;
  readonly reasons: ReadonlyMap<string, Reason & { readonly pairs: number }>;
}

/** Counts the corners one after the other, so that a browser stays at hand in the meantime, and tells after each. */
export async function count(
  left: Side,
  right: Side,
  all: readonly Corners[],
  tell: (counted: ReadonlyMap<Corners, CornerDifference>, done: boolean) => void,
  wanted: () => boolean,
): Promise<void> {
  const counted = new Map<Corners, CornerDifference>();
  for (const corners of all) {
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    if (!wanted()) return;
    counted.set(corners, differenceAt(left, right, corners));
    tell(counted, counted.size === all.length);
  }
}

/** All corners together. */
export function together(counted: ReadonlyMap<Corners, CornerDifference>): Counted {
  const reasons = new Map<string, Reason & { pairs: number }>();
  let [compared, differing] = [0, 0];
  for (const difference of counted.values()) {
    compared += difference.compared;
    differing += difference.differing;
    for (const [key, reason] of difference.reasons) {
      reasons.set(key, { ...reason, pairs: reason.pairs + (reasons.get(key)?.pairs ?? 0) });
    }
  }
  return { compared, differing, reasons };
}

/** The count of pairs in a sentence. */
export function countSentence({ compared, differing }: Counted, left: Side, right: Side): string {
  if (compared === 0) return `${left.title} and ${right.title} have no pair in common.`;
  const share = differing === 0 ? '' : ` (${((100 * differing) / compared).toFixed(1)} %)`;
  const number = (pairs: number) => pairs.toLocaleString('en-US');
  const differ = differing === 0 ? 'no pair differs' : `${number(differing)} differ${share}`;
  return `${number(compared)} pairs are in both; ${differ}.`;
}

/** How many pairs differ at each corner, as a table of links. */
export function cornerTable(
  counted: ReadonlyMap<Corners, CornerDifference>,
  { corner: here }: Corners,
  link: Link,
): HTMLElement {
  const rows = new Map<string, [Corners, CornerDifference][]>();
  for (const one of counted) {
    const { protocol, state } = one[0].corner;
    const key = `${protocol.toUpperCase()} ${state}`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const columns: { title: string; has: (corner: Corner) => boolean }[] = [
    { title: 'same user', has: ({ uid, devices }) => uid === 'same' && devices === NO_DEVICES },
    { title: 'different users', has: ({ uid, devices }) => uid === 'different' && devices === NO_DEVICES },
    { title: 'tied to devices', has: ({ devices }) => devices !== NO_DEVICES },
  ];
  const isThere = columns.filter(({ has }) => [...counted.keys()].some(({ corner }) => has(corner)));
  const table = h(
    'table',
    { class: 'plain corners' },
    h('caption', {}, 'Pairs that differ'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'First socket'),
        isThere.map(({ title }) => h('th', { scope: 'col' }, title)),
      ),
    ),
    h(
      'tbody',
      {},
      [...rows].map(([title, own]) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, title),
          isThere.map(({ has }) => cell(own.filter(([{ corner }]) => has(corner)))),
        ),
      ),
    ),
  );
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Pairs that differ' }, table);

  function cell(own: readonly [Corners, CornerDifference][]): HTMLElement {
    const sum = together(new Map(own));
    const [target] = own.toSorted(([, one], [, other]) => other.differing - one.differing);
    if (target === undefined || sum.compared === 0) return h('td', { class: 'quiet' }, '-');
    const isHere = own.some(([{ corner }]) => corner === here);
    return h(
      'td',
      { class: sum.differing > 0 ? 'some' : undefined },
      link(
        toCorner(target[0].corner),
        { 'aria-current': isHere ? 'true' : undefined },
        `${sum.differing}`,
        h('small', {}, ` of ${sum.compared}`),
      ),
    );
  }
}

/** The reasons for differences, the commonest first, each with the address at which its cells are marked. */
export function reasonList(
  counted: ReadonlyMap<Corners, CornerDifference>,
  sides: { readonly left: Side; readonly right: Side },
  { corner: here }: Corners,
  link: Link,
  chosen: string | undefined,
): HTMLElement {
  const all = [...together(counted).reasons].toSorted(([, one], [, other]) => other.pairs - one.pairs);
  const item = ([key, reason]: (typeof all)[number]) => {
    const pairsAt = (corners: Corners) => counted.get(corners)?.reasons.get(key)?.pairs ?? 0;
    const [most] = [...counted.keys()].toSorted((one, other) => pairsAt(other) - pairsAt(one));
    const own = [...counted.keys()].find(({ corner }) => corner === here);
    // At this corner, if there are any here; else where most of them are.
    const where = own && pairsAt(own) > 0 ? own : most;
    return h(
      'li',
      {},
      link(
        { ...toCorner(where?.corner ?? here), rule: key === chosen ? undefined : key },
        { 'aria-current': key === chosen ? 'true' : undefined },
        h('span', { class: 'number' }, `${reason.pairs.toLocaleString('en-US')} `),
        h('span', {}, ruleName(reason.left, sides.left), ' ≠ ', ruleName(reason.right, sides.right)),
      ),
      own && pairsAt(own) > 0 && h('small', {}, ` ${pairsAt(own)} at this corner`),
    );
  };
  const list = h('div', { class: 'reasons' }, h('h2', {}, 'Rules by which they differ'));
  if (all.length === 0) {
    fill(list, h('h2', {}, 'Rules by which they differ'), h('p', { class: 'quiet' }, 'They do not.'));
    return list;
  }
  list.append(h('ol', {}, all.slice(0, MOST_REASONS).map(item)));
  if (all.length > MOST_REASONS) {
    const rest = all.slice(MOST_REASONS);
    const open = rest.some(([key]) => key === chosen);
    list.append(h('details', { open }, h('summary', {}, `${rest.length} more`), h('ol', {}, rest.map(item))));
  }
  return list;
}

function ruleName(id: string | undefined, side: Side): HTMLElement {
  if (id === undefined) {
    return h('em', {}, side.model === null ? `${side.title} (no model)` : `not what ${side.model.title}’s model says`);
  }
  return h('code', { title: ruleNamed(id)?.prose }, id);
}
