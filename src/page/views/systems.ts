import { counted } from '../../text/counted.ts';
import type { FirstData, PageQuestion, PageSystems } from '../../report/page/data.ts';
import type { SystemsQuestion } from '../../report/systems/shape.ts';
import { AskBox } from '../ask/ask-box.ts';
import type { Chosen } from '../chosen.ts';
import { fill, h, type Child } from '../h.ts';
import { chooseHere, hrefOf, type PagePlace } from '../place.ts';
import { ENGINES_COLUMN } from '../../report/systems/order.ts';
import { systemsControls, type Update } from '../systems/controls.ts';
import { systemsLegend } from '../systems/legend.ts';
import { nearest, questionsFor, shownColumns, twoOf, type ShownColumn } from '../systems/rows.ts';
import { byId, questionHref, tableOfSystems } from '../systems/table.ts';
import { unpack } from '../unpack.ts';

/** On a screen that is narrower, in pixels, Linux and one other system are shown at first. */
const NARROW = 640;
const FIRST_OTHER = 'linux,darwin';
/** The choices that are folded away until one of them is made. */
const FILTERS = ['subject', 'protocol', 'option', 'a', 'b', 'systems'];
/** So many questions are named where none has all words of a search. */
const MOST_NEAR = 5;

/** The first screen: what a reader has pasted, answered in place, and below it systems across, questions down. */
export const systemsView = {
  id: 'systems',
  title: 'Systems',
  mount(root: HTMLElement, { chosen: first }: PagePlace, { systems }: FirstData): void {
    let chosen: Chosen = withColumns(first);
    let details: readonly SystemsQuestion[] | null = null;
    const count = h('p', { class: 'count', 'aria-live': 'polite' });
    const table = h('div', { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'Systems side by side' });
    const update: Update = (changes) => {
      chooseHere(changes);
      const next = { ...chosen, ...changes };
      chosen = Object.fromEntries(Object.entries(next).flatMap(([name, value]) => (value ? [[name, value]] : [])));
      draw();
    };
    const draw = () => {
      if (details === null && (twoOf(systems, chosen) !== null || chosen['unfold'] !== undefined)) {
        void unpack(systems.details).then((all) => {
          details = all;
          draw();
          return all;
        });
        return;
      }
      const rows = questionsFor(systems, chosen, details);
      const columns = shownColumns(systems, chosen);
      fill(count, countInWords(systems, rows, columns.length, chosen), differencesOf(systems, columns, chosen));
      fill(
        table,
        rows.length === 0
          ? nothing(systems, chosen)
          : tableOfSystems(systems, rows, columns, byId(details ?? []), (id, isUnfolded) => {
              const open = new Set(chosen['unfold']?.split(',').filter(Boolean));
              if (isUnfolded) open.add(id);
              else open.delete(id);
              update({ unfold: [...open].join(',') });
              table.querySelector<HTMLElement>(`#unfold-${CSS.escape(id)}`)?.focus();
            }),
      );
    };
    const ask = new AskBox({
      text: first['ask'] ?? '',
      system: first['on'] ?? '',
      elsewhere: (text) => questionsNear(systems, text),
      changed: (text, system) => chooseHere({ ask: text, on: system }),
    });
    fill(
      root,
      h('h1', {}, 'Who can bind, and who receives, on every system'),
      ask.element,
      h('h2', {}, 'Systems side by side'),
      systemsControls(
        systems,
        chosen,
        update,
        FILTERS.some((name) => first[name] !== undefined),
      ),
      h('div', { class: 'above' }, count, h('details', {}, h('summary', {}, 'What the signs mean'), systemsLegend())),
      table,
    );
    draw();
  },
};

function isNarrow(): boolean {
  return window.matchMedia(`(max-width: ${NARROW}px)`).matches;
}

function withColumns(chosen: Chosen): Chosen {
  return isNarrow() && chosen['systems'] === undefined ? { ...chosen, systems: FIRST_OTHER } : chosen;
}

/** Where Linux and one other system are shown: a link to where these differ. */
function differencesOf(systems: PageSystems, columns: readonly ShownColumn[], chosen: Chosen): Child {
  const [linux, other] = columns;
  if (linux?.key !== 'linux' || other?.platform !== null || columns.length > 2 || other.key === ENGINES_COLUMN)
    return null;
  if (twoOf(systems, chosen) !== null) return null;
  const href = hrefOf('systems', '', { ...chosen, systems: undefined, a: 'linux', b: other.key });
  return [', ', h('a', { href }, `only where ${systems.columns[other.place]?.title ?? ''} differs from Linux`)];
}

function countInWords(systems: PageSystems, rows: readonly PageQuestion[], shown: number, chosen: Chosen): string {
  const { questions, columns } = systems;
  const two = twoOf(systems, chosen);
  const how = two === null ? '' : ' in which these two differ';
  const across = shown < columns.length && two === null ? `, on ${shown} of ${columns.length} systems` : '';
  return `${rows.length} of ${counted(questions.length, 'question')}${how}${across}`;
}

/** The questions that a text may be about, when it names no socket. */
function questionsNear(systems: PageSystems, text: string): Child {
  const near = nearest(systems, text, MOST_NEAR);
  const search = h('a', { href: hrefOf('systems', '', { q: text }) }, 'Search the questions for it');
  return [
    h('p', {}, 'This names no socket. ', search, near.length > 0 ? ', or look at the nearest:' : '.'),
    near.length > 0 && listOf(near),
  ];
}

function listOf(questions: readonly PageQuestion[]): HTMLElement {
  return h(
    'ul',
    {},
    questions.map(({ id, title }) => h('li', {}, h('a', { href: questionHref(id) }, title))),
  );
}

/** Nothing was found: where else an answer may be. */
function nothing(systems: PageSystems, chosen: Chosen): HTMLElement {
  const { q = '' } = chosen;
  const near = nearest(systems, q, MOST_NEAR);
  return h(
    'div',
    { class: 'none' },
    h(
      'p',
      {},
      q === ''
        ? twoOf(systems, chosen) !== null
          ? 'In no question these two are known to differ.'
          : 'No question fits these choices.'
        : `No question has all of “${q}”.`,
    ),
    near.length > 0 && [h('p', {}, 'Nearest to it:'), listOf(near)],
    h(
      'p',
      {},
      q !== '' && [
        h('a', { href: hrefOf('programs', '', { q }) }, 'Look for it among the programs'),
        ', ',
        h('a', { href: hrefOf('explain', '', { ask: q }) }, 'explain it as an error or a socket'),
        ', or ',
      ],
      h('a', { href: hrefOf('systems') }, 'show all questions'),
      '.',
    ),
  );
}
