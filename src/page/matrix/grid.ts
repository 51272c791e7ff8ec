import { short } from '../../matrix/answers.ts';
import { h } from '../h.ts';
import { isAsModelled, ruleAt } from './difference.ts';
import type { Side, SideBlock } from './side.ts';
import { placeIn, type SquareLine, type Square } from './square.ts';
import { answerInWords } from './words.ts';

/** A row and a column of the tables. */
export interface At {
  readonly row: number;
  readonly column: number;
}

/** One of the two tables. */
export interface Grid {
  readonly table: HTMLTableElement;
  /** Shows that a cell is meant, in this table or the other one. It can then be reached by the Tab key. */
  point(at: At): void;
  /** Moves the focus to a cell. */
  focus(at: At): void;
  /** Marks cells; none where nothing is given. */
  mark(isMarked: ((at: At) => boolean) | null): void;
}

/**
 * The table of one side. Arrows, Home, End, Page up and Page down move in it, and with Ctrl to its edges.
 * @param meant is called with the cell that the reader is at
 */
export function gridOf(
  title: string,
  side: Side,
  block: SideBlock | null,
  which: 'left' | 'right',
  { rows, columns, differs }: Square,
  meant: (at: At) => void,
): Grid {
  const heads = columns.map((column, index) => columnHead(column, column.name !== columns[index - 1]?.name));
  const cells: HTMLTableCellElement[][] = [];
  const body = rows.map((row, index) => {
    const own = columns.map((column, place) =>
      cellOf(side, block, row, column, which, differs[index]?.[place] ?? null),
    );
    for (const [place, cell] of own.entries()) {
      if (columns[place]?.name !== columns[place - 1]?.name) cell.classList.add('begins');
    }
    cells.push(own);
    return h('tr', { class: row.name === rows[index - 1]?.name ? undefined : 'begins' }, rowHead(row), own);
  });
  const table = h(
    'table',
    { class: 'square', role: 'grid', 'aria-label': title },
    h(
      'thead',
      {},
      h('tr', {}, h('td', { class: 'corner' }, h('span', { 'aria-hidden': 'true' }, 'first ╲ second')), heads),
    ),
    h('tbody', {}, body),
  );
  let here: At = { row: 0, column: 0 };
  const cellAt = ({ row, column }: At) => cells[row]?.[column];
  const point = (at: At) => {
    cellAt(here)?.setAttribute('tabindex', '-1');
    cellAt(here)?.classList.remove('here');
    for (const head of table.querySelectorAll('th.here')) head.classList.remove('here');
    here = at;
    cellAt(at)?.setAttribute('tabindex', '0');
    cellAt(at)?.classList.add('here');
    heads[at.column]?.classList.add('here');
    cellAt(at)?.parentElement?.querySelector('th')?.classList.add('here');
  };
  const placeOf = (target: EventTarget | null): At | null => {
    const cell = target instanceof Element ? target.closest('td') : null;
    const row = cells.findIndex((own) => cell !== null && own.includes(cell));
    return cell === null || row === -1 ? null : { row, column: cells[row]?.indexOf(cell) ?? 0 };
  };
  const focus = (at: At) => cellAt(at)?.focus();
  table.addEventListener('focusin', ({ target }) => {
    const at = placeOf(target);
    if (at) meant(at);
  });
  table.addEventListener('click', ({ target }) => {
    const at = placeOf(target);
    if (at) focus(at);
  });
  table.addEventListener('keydown', (event) => {
    const next = moved(event, here, { row: rows.length - 1, column: columns.length - 1 });
    if (next === null) return;
    event.preventDefault();
    focus(next);
  });
  cellAt(here)?.setAttribute('tabindex', '0');
  return {
    table,
    point,
    focus,
    mark(isMarked) {
      for (const [row, own] of cells.entries()) {
        for (const [column, cell] of own.entries())
          cell.classList.toggle('marked', isMarked?.({ row, column }) === true);
      }
    },
  };
}

/** Where a key leads; null for keys that are not for the table. */
function moved({ key, ctrlKey, altKey, metaKey }: KeyboardEvent, { row, column }: At, last: At): At | null {
  if (altKey || metaKey) return null;
  const within = (at: At): At => ({
    row: Math.min(Math.max(at.row, 0), last.row),
    column: Math.min(Math.max(at.column, 0), last.column),
  });
  switch (key) {
    case 'ArrowUp':
      return within({ row: ctrlKey ? 0 : row - 1, column });
    case 'ArrowDown':
      return within({ row: ctrlKey ? last.row : row + 1, column });
    case 'ArrowLeft':
      return within({ row, column: ctrlKey ? 0 : column - 1 });
    case 'ArrowRight':
      return within({ row, column: ctrlKey ? last.column : column + 1 });
    case 'Home':
      return { row: ctrlKey ? 0 : row, column: 0 };
    case 'End':
      return { row: ctrlKey ? last.row : row, column: last.column };
    case 'PageUp':
      return within({ row: row - 10, column });
    case 'PageDown':
      return within({ row: row + 10, column });
    default:
      return null;
  }
}

function columnHead({ name, letters }: SquareLine, begins: boolean): HTMLElement {
  return h(
    'th',
    { scope: 'col', class: begins ? 'begins' : undefined },
    h('span', {}, h('span', { class: begins ? undefined : 'again' }, name), ' ', h('b', {}, letters)),
  );
}

function rowHead({ name, letters }: SquareLine): HTMLElement {
  return h('th', { scope: 'row' }, h('span', { class: 'name' }, name), ' ', h('b', {}, letters));
}

function cellOf(
  side: Side,
  block: SideBlock | null,
  row: SquareLine,
  column: SquareLine,
  which: 'left' | 'right',
  differs: boolean | null,
): HTMLTableCellElement {
  const place = placeIn(row, column, which);
  if (block === null || place === null) {
    return h('td', { class: 'absent', tabindex: -1, 'aria-label': 'no such pair' }, '');
  }
  const answer = block.answer(place.row, place.column);
  const strange = side.observed && !isAsModelled(block, place);
  const shown = `${answer === null ? '.' : short(answer)}${strange ? '*' : ''}${differs === true ? '≠' : ''}`;
  const said = [
    `${shown}: ${answerInWords(answer)}`,
    ...(strange ? ['not what the model says'] : []),
    ...(differs === true ? ['the other system differs'] : []),
  ];
  const kind = answer === null ? 'unrun' : answer === 'ok' ? 'ok' : 'refused';
  return h(
    'td',
    {
      class: `${kind}${differs === true ? ' apart' : ''}${strange ? ' strange' : ''}`,
      tabindex: -1,
      'aria-label': said.join('; '),
    },
    shown,
  );
}

/** Whether a cell of a side is decided by a rule. */
export function isBy(
  rule: string,
  block: SideBlock | null,
  row: SquareLine,
  column: SquareLine,
  which: 'left' | 'right',
): boolean {
  const place = placeIn(row, column, which);
  return block !== null && place !== null && ruleAt(block, place) === rule;
}
