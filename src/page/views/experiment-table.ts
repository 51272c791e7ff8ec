import { counted } from '../../text/counted.ts';
import type { PageCell, PageData, PageExperiment } from '../../report/page/data.ts';
import { mostTelling, type Standing } from '../../report/page/standing.ts';
import { capped } from '../capped.ts';
import { h, type Child } from '../h.ts';
import type { Chosen } from '../chosen.ts';
import { hrefOf } from '../place.ts';
import { platformTitle } from '../platforms.ts';
import { MEANING, standings } from '../standings.ts';
import { subjectOf, subjectsOf } from './filters.ts';

/** What is said of one or more cells on a platform. */
interface Said {
  standing: Standing;
  word: string;
  /** How many of the cells have that word, and how many stand so; of how many. */
  having: number;
  stand: number;
  of: number;
}

/**
 * The table of experiments by platforms. An experiment can be opened, and then shows its cells; which ones are open is told
 * to `opened`, as one text.
 */
export function tableOfExperiments(
  data: PageData,
  rows: readonly PageExperiment[],
  shown: readonly number[],
  chosen: Chosen,
  opened: (open: string | undefined) => void,
): HTMLElement {
  const open = new Set(chosen['open']?.split(','));
  const toggle = (id: string, isOpen: boolean) => {
    if (isOpen) open.add(id);
    else open.delete(id);
    opened([...open].filter(Boolean).join(',') || undefined);
  };
  return h(
    'table',
    { class: 'results' },
    h('caption', { class: 'hidden' }, 'What was observed, by experiment and platform'),
    head(data, 'Experiment', shown),
    subjectsOf(data).map(({ id, title }) => {
      const all = rows.filter((experiment) => subjectOf(experiment) === id);
      if (all.length === 0) return null;
      const { shown: own, rest } = capped(all, 'experiments; search for them');
      return h(
        'tbody',
        {},
        h(
          'tr',
          { class: 'subject' },
          h('th', { scope: 'rowgroup', class: 'first' }, title),
          h('td', { colspan: shown.length }),
        ),
        own.map((experiment) => rowsOf(data, experiment, shown, open.has(experiment.id), toggle)),
        rest !== null && restRow(rest, shown.length),
      );
    }),
  );
}

/** The table of one experiment's cells by platforms. */
export function cellTable(data: PageData, experiment: PageExperiment, shown: readonly number[]): HTMLElement {
  return h(
    'table',
    { class: 'results' },
    h('caption', { class: 'hidden' }, 'What was observed, by cell and platform'),
    head(data, axesOf(experiment), shown),
    h('tbody', {}, cellRows(data, experiment, shown)),
  );
}

/** The axes that distinguish the cells, in the order in which a cell's values are shown. */
function axesOf({ cells }: PageExperiment): string {
  const axes = Object.keys(cells[0]?.values ?? {});
  return axes.length === 0 ? 'Cell' : `Cell by ${axes.join(', ')}`;
}

function head(data: PageData, first: string, shown: readonly number[]): HTMLElement {
  return h(
    'thead',
    {},
    h(
      'tr',
      {},
      h('th', { scope: 'col', class: 'first' }, first),
      shown.map((place) => {
        const { name = '', lab } = data.platforms[place] ?? {};
        return h('th', { scope: 'col' }, platformTitle(data, name), h('small', {}, `${lab?.lab} lab`));
      }),
    ),
  );
}

function rowsOf(
  data: PageData,
  experiment: PageExperiment,
  shown: readonly number[],
  isOpen: boolean,
  toggle: (id: string, isOpen: boolean) => void,
): Child {
  const { id, title, cells } = experiment;
  const button = h(
    'button',
    { type: 'button', class: 'open', 'aria-expanded': String(isOpen) },
    counted(cells.length, 'cell'),
    h('span', { class: 'hidden' }, ` of: ${title}`),
  );
  const row = h(
    'tr',
    { class: 'experiment' },
    h(
      'th',
      { scope: 'row', class: 'first' },
      h('a', { href: hrefOf('experiment', id) }, title),
      h('span', { class: 'under' }, h('code', {}, id), button),
    ),
    entries(data, experiment, cells, shown),
  );
  let under = isOpen ? cellRows(data, experiment, shown) : [];
  button.addEventListener('click', () => {
    const opens = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(opens));
    for (const one of under) one.remove();
    under = opens ? cellRows(data, experiment, shown) : [];
    row.after(...under);
    toggle(id, opens);
  });
  return [row, ...under];
}

function cellRows(data: PageData, experiment: PageExperiment, shown: readonly number[]): HTMLElement[] {
  const { shown: cells, rest } = capped(experiment.cells, 'cells');
  const rows = cells.map((cell) => {
    const values = Object.values(cell.values).join(' ') || 'the only cell';
    const link = h('a', { href: hrefOf('experiment', experiment.id, { cell: cell.id }) }, values);
    return h(
      'tr',
      { class: 'cell' },
      h('th', { scope: 'row', class: 'first' }, link),
      entries(data, experiment, [cell], shown),
    );
  });
  return rest === null ? rows : [...rows, restRow(rest, shown.length)];
}

/** Says that there is more than is shown. */
function restRow(rest: string, columns: number): HTMLElement {
  return h('tr', {}, h('th', { scope: 'row', class: 'first' }, rest), h('td', { colspan: columns }));
}

function entries(
  data: PageData,
  experiment: PageExperiment,
  cells: readonly PageCell[],
  shown: readonly number[],
): HTMLElement[] {
  const table = cells.map((cell) => standings(data, cell, shown));
  return shown.map((place, column) => {
    const said = say(
      data,
      cells,
      place,
      table.map((row) => row[column] ?? null),
    );
    if (said === null) return h('td', { class: 'absent' }, h('span', { class: 'hidden' }, 'not chosen'));
    const { standing, word, having, stand, of } = said;
    const { sign, title } = MEANING[standing];
    const about = [
      h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      h('span', { class: 'word' }, word, having < of && h('small', {}, ` ${having}/${of}`)),
      h('span', { class: 'hidden' }, `, ${title}${stand < of ? ` in ${stand} of ${of} cells` : ''}`),
    ];
    const isQuiet = standing === 'same' || standing === 'unobserved';
    // The cell that is meant is the first that stands so.
    const meant = cells[table.findIndex((row) => row[column] === standing)];
    const to = { platform: data.platforms[place]?.name, cell: meant?.id };
    return h(
      'td',
      { class: `s-${standing}` },
      isQuiet
        ? h('span', { class: 'entry' }, about)
        : h('a', { class: 'entry', href: hrefOf('experiment', experiment.id, to) }, about),
    );
  });
}

/** What is said of some cells on a platform: the most telling standing, and the commonest word of those that stand so. */
function say(
  { sights }: PageData,
  cells: readonly PageCell[],
  place: number,
  own: readonly (Standing | null)[],
): Said | null {
  const standing = mostTelling(own);
  if (standing === null) return null;
  const counts = new Map<string, number>();
  for (const [index, cell] of cells.entries()) {
    const word = sights[cell.on[place]?.[0] ?? -1]?.word;
    if (word !== undefined && own[index] === standing) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const [[word, having] = ['', 0]] = [...counts].toSorted(([, one], [, other]) => other - one);
  const stand = own.filter((one) => one === standing).length;
  return { standing, word, having, stand, of: own.filter((one) => one !== null).length };
}
