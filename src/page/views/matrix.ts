import { KEY_OF_SHORT } from '../../matrix/answers.ts';
import type { PackedMatrices } from '../../matrix/pack.ts';
import { visible } from '../../text/visible.ts';
import { fill, h } from '../h.ts';
import { nearestCorner, shownOf, sideNames, sidesOf, type Titled } from '../matrix/choice.ts';
import { controlsOf } from '../matrix/controls.ts';
import { badge, sayPair, tellDetails, type ToldSide } from '../matrix/details.ts';
import { cornersOfBoth, reasonKey, ruleAt, type Corners, type CornerDifference } from '../matrix/difference.ts';
import { gridOf, isBy, type At, type Grid } from '../matrix/grid.ts';
import type { Changes, Link } from '../matrix/link.ts';
import { ruleInWords, ruleNamed } from '../matrix/rule.ts';
import type { Side } from '../matrix/side.ts';
import { placeIn, squareOf, type Square } from '../matrix/square.ts';
import { cornerTable, count, countSentence, reasonList, together } from '../matrix/summary.ts';
import { cornerInWords } from '../matrix/words.ts';
import type { Chosen } from '../chosen.ts';
import { hrefOf, chooseHere } from '../place.ts';
import { platformTitle } from '../platforms.ts';
import { unpack } from '../unpack.ts';
import type { View } from '../view.ts';

const NOTHING: PackedMatrices = { sockets: [], answers: [], rows: [], lists: [], platforms: [] };

/** How long the address waits for a reader to stay on a cell, in milliseconds. */
const SETTLED = 250;

/** The square tables of the bind matrix, of two systems side by side. */
export const matrix: View = {
  id: 'matrix',
  title: 'Bind matrix',
  async mount(root, { chosen }, data) {
    const packed = data.matrices === null ? NOTHING : await unpack(data.matrices);
    new MatrixView(root, packed, chosen, (name) => platformTitle(data, name)).draw();
  },
};

/** Two systems and everything that was counted of them: kept while the reader looks at other corners. */
interface Pair {
  readonly names: { readonly left: string; readonly right: string };
  readonly left: Side;
  readonly right: Side;
  readonly all: readonly Corners[];
  counted: ReadonlyMap<Corners, CornerDifference>;
  done: boolean;
}

class MatrixView {
  readonly #root: HTMLElement;
  readonly #packed: PackedMatrices;
  readonly #titled: Titled;
  readonly #controls = h('div', {});
  readonly #sentence = h('p', { class: 'lead count', 'aria-live': 'polite' });
  readonly #summary = h('div', { class: 'summary' });
  readonly #tables = h('div', { class: 'tables' });
  readonly #details = h('section', { class: 'details', 'aria-label': 'The pair' });
  readonly #spoken = h('p', { class: 'hidden', 'aria-live': 'polite' });
  #chosen: Chosen;
  #pair: Pair | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, packed: PackedMatrices, chosen: Chosen, titled: Titled) {
    this.#root = root;
    this.#packed = packed;
    this.#titled = titled;
    this.#chosen = chosen;
    fill(
      root,
      h('h1', {}, 'Bind matrix'),
      h(
        'p',
        { class: 'lead' },
        'One socket exists, and a second one is bound to the same port: what happens to the second one? Rows are the first sockets, columns the second ones; both systems get the same question.',
      ),
      this.#controls,
      this.#sentence,
      this.#summary,
      h('div', { class: 'beside' }, this.#tables, this.#details),
      this.#spoken,
    );
  }

  draw(): void {
    const pair = this.#systems();
    const corners = nearestCorner(pair.all, this.#chosen);
    if (corners === undefined) throw new Error('neither of the two systems has any pairs');
    const shown = shownOf(this.#chosen);
    const { left, right, names } = pair;
    const now = { names, corner: corners.corner, corners: pair.all.map(({ corner }) => corner), shown };
    fill(this.#controls, controlsOf(this.#packed, this.#titled, now, this.#update));
    this.#drawSummary(pair, corners);
    this.#tables.className = `tables show-${shown.choice}`;
    this.#drawTables(pair, corners, squareOf(left, right, corners, shown));
  }

  readonly #update = (changes: Changes): void => {
    const focused = document.activeElement;
    const [id, key] = [focused?.id, focused instanceof HTMLElement ? focused.dataset['to'] : undefined];
    this.#choose(changes);
    this.draw();
    // What had the focus was made again.
    const again = [...this.#root.querySelectorAll<HTMLElement>('a[data-to], select, input, button')].find((one) =>
      key === undefined ? id !== '' && one.id === id : one.dataset['to'] === key,
    );
    again?.focus({ preventScroll: true });
  };

  #choose(changes: Changes): void {
    clearTimeout(this.#settling);
    const next = { ...this.#chosen, ...changes };
    this.#chosen = Object.fromEntries(Object.entries(next).flatMap(([name, value]) => (value ? [[name, value]] : [])));
    chooseHere(changes);
  }

  readonly #link: Link = (changes, attributes, ...children) => {
    const href = hrefOf(matrix.id, '', { ...this.#chosen, ...changes });
    const link = h('a', { ...attributes, href, 'data-to': JSON.stringify(changes) }, children);
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#update(changes);
    });
    return link;
  };

  /** The two systems; made and counted again where others are chosen. */
  #systems(): Pair {
    const names = sideNames(this.#packed, this.#chosen);
    const known = this.#pair;
    if (known?.names.left === names.left && known.names.right === names.right) return known;
    const { left, right } = sidesOf(this.#packed, names, this.#titled);
    const pair: Pair = { names, left, right, all: cornersOfBoth(left, right), counted: new Map(), done: false };
    this.#pair = pair;
    const tell = (counted: ReadonlyMap<Corners, CornerDifference>, done: boolean) => {
      pair.counted = counted;
      pair.done = done;
      const corners = nearestCorner(pair.all, this.#chosen);
      if (done && corners) this.#drawSummary(pair, corners);
    };
    void count(left, right, pair.all, tell, () => this.#root.isConnected && this.#pair === pair);
    return pair;
  }

  #drawSummary({ left, right, counted, done }: Pair, corners: Corners): void {
    if (!done) {
      fill(this.#sentence, 'Comparing all pairs …');
      fill(this.#summary);
      return;
    }
    fill(this.#sentence, countSentence(together(counted), left, right));
    fill(
      this.#summary,
      cornerTable(counted, corners, this.#link),
      reasonList(counted, { left, right }, corners, this.#link, this.#chosen['rule']),
    );
  }

  #drawTables(pair: Pair, corners: Corners, square: Square): void {
    const sides = {
      left: { side: pair.left, block: corners.left },
      right: { side: pair.right, block: corners.right },
    };
    const grids: Grid[] = [];
    const meant = (at: At) => {
      for (const grid of grids) grid.point(at);
      tellDetails(this.#details, corners.corner, square, at, sides, this.#link);
      fill(this.#spoken, sayPair(square, at, sides));
      const cell = `${square.rows[at.row]?.spelled}~${square.columns[at.column]?.spelled}`;
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.#choose({ cell }), SETTLED);
    };
    for (const which of ['left', 'right'] as const) {
      const { side, block } = sides[which];
      grids.push(gridOf(`${side.title}: ${cornerInWords(corners.corner)}`, side, block, which, square, meant));
    }
    const boxes = grids.map(({ table }) => h('div', { class: 'scroll square-box' }, table));
    scrollAsOne(boxes);
    const isEmpty = square.rows.length === 0 || square.columns.length === 0;
    const why = shownOf(this.#chosen).onlyDiffering ? 'Nothing differs here.' : 'There are no such sockets here.';
    fill(
      this.#tables,
      h('h2', {}, cornerInWords(corners.corner)),
      this.#marking(sides, square, grids),
      isEmpty
        ? h('p', { class: 'quiet' }, why)
        : h(
            'div',
            { class: 'pairs' },
            boxes.map((box, place) => {
              const { side } = place === 0 ? sides.left : sides.right;
              return h(
                'div',
                { class: 'side' },
                h('h3', {}, side.title, ' ', badge(side)),
                h('p', { class: 'note' }, side.note),
                box,
              );
            }),
          ),
      h('p', { class: 'key quiet' }, `${KEY_OF_SHORT}; *: not what the model says; ≠: the two differ.`),
    );
    const at = cellNamed(square, this.#chosen['cell']) ?? firstDiffering(square) ?? { row: 0, column: 0 };
    for (const grid of grids) grid.point(at);
    tellDetails(this.#details, corners.corner, square, at, sides, this.#link);
  }

  /** Marks the cells of a chosen rule, or of two rules that decided differently, and says so. */
  #marking(sides: { left: ToldSide; right: ToldSide }, square: Square, grids: readonly Grid[]): HTMLElement | null {
    const { rule } = this.#chosen;
    if (rule === undefined) return null;
    let marked = 0;
    const both = ({ row, column }: At) => {
      const [a, b] = [square.rows[row], square.columns[column]];
      if (a === undefined || b === undefined || square.differs[row]?.[column] !== true) return false;
      const [one, other] = (['left', 'right'] as const).map((which) => {
        const place = placeIn(a, b, which);
        const { block } = sides[which];
        return place === null || block === null ? undefined : ruleAt(block, place);
      });
      return reasonKey({ left: one, right: other }) === rule;
    };
    for (const [index, which] of (['left', 'right'] as const).entries()) {
      grids[index]?.mark((at) => {
        const [a, b] = [square.rows[at.row], square.columns[at.column]];
        const isMarked = rule.includes('~') ? both(at) : a && b && isBy(rule, sides[which].block, a, b, which);
        if (isMarked === true) marked += 1;
        return isMarked === true;
      });
    }
    const rules = rule.split('~').flatMap((id) => ruleNamed(id) ?? []);
    const names = rule.split('~').map((id) => (id === '' ? 'no rule of a model' : visible(id)));
    const cells = rule.includes('~') ? marked / 2 : marked;
    return h(
      'div',
      { class: 'marking' },
      h(
        'p',
        {},
        h('b', {}, `${cells} ${cells === 1 ? 'cell' : 'cells'} of these tables marked:`),
        ' ',
        h('code', {}, names.join(' ≠ ')),
        ' ',
        this.#link({ rule: undefined }, { class: 'unmark' }, 'unmark'),
      ),
      rules.map((one) => h('div', {}, h('code', {}, one.id), ruleInWords(one))),
    );
  }
}

/** Boxes that scroll as one. */
function scrollAsOne(boxes: readonly HTMLElement[]): void {
  for (const box of boxes) {
    box.addEventListener('scroll', () => {
      for (const other of boxes) {
        if (other === box || (other.scrollLeft === box.scrollLeft && other.scrollTop === box.scrollTop)) continue;
        other.scrollLeft = box.scrollLeft;
        other.scrollTop = box.scrollTop;
      }
    });
  }
}

/** The cell that an address names, if the tables have it. */
function cellNamed({ rows, columns }: Square, name: string | undefined): At | null {
  const [first, second] = name?.split('~') ?? [];
  const row = rows.findIndex(({ spelled }) => spelled === first);
  const column = columns.findIndex(({ spelled }) => spelled === second);
  return row === -1 || column === -1 ? null : { row, column };
}

function firstDiffering({ differs }: Square): At | null {
  for (const [row, own] of differs.entries()) {
    const column = own.indexOf(true);
    if (column !== -1) return { row, column };
  }
  return null;
}
