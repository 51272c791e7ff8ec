import type { ServerRow } from '../../programs/rows.ts';
import type { PageSystems } from '../../report/page/data.ts';
import { h, type Child } from '../h.ts';
import { hrefOf } from '../place.ts';
import { questionHref } from '../systems/table.ts';
import { explainable } from './rows.ts';

/** A column of the table: its title, the question that it is about, and what a program has in it. */
interface Column {
  readonly title: string;
  readonly question?: string;
  readonly cell: (server: ServerRow) => Child;
}

/** The columns after the name. */
export const COLUMNS: readonly Column[] = [
  { title: 'Observed', cell: observedCell },
  { title: 'Reached by', question: 'names/bound-and-reached', cell: ({ reach }) => reach },
  { title: 'Documented', cell: ({ documented, where }) => [h('code', {}, documented), h('small', {}, where)] },
  { title: 'Second instance', question: 'conflict/same-address', cell: ({ second }) => second },
  { title: 'Restart', question: 'closing/restart', cell: ({ restart }) => restart },
  { title: 'IPv6 off', question: 'motion/inet6-off', cell: ({ ipv6off }) => ipv6off },
];

/** The class of the cell that a verdict colours; the sign and the word say the same. */
const VERDICTS: Readonly<Record<ServerRow['verdict'], { like: string; sign: string }>> = {
  contradiction: { like: 'deviates', sign: '✗' },
  'as documented': { like: 'same', sign: '✓' },
  'not documented': { like: 'none', sign: '' },
};

/** Programs down; what is documented, and what each of them does, across. */
export function programTable(servers: readonly ServerRow[], { questions }: PageSystems): HTMLElement {
  const known = new Set(questions.map(({ id }) => id));
  return h(
    'table',
    { class: 'results programs-table' },
    h('caption', { class: 'hidden' }, 'What programs bind, and what their documents say'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col', class: 'first' }, 'Program'),
        COLUMNS.map(({ title, question }) => h('th', { scope: 'col' }, titleOf(title, question, known))),
      ),
    ),
    h('tbody', {}, servers.map(row)),
  );
}

/** A title, linked to the question that it is about where that was recorded. */
export function titleOf(title: string, question: string | undefined, known: ReadonlySet<string>): Child {
  return question !== undefined && known.has(question) ? h('a', { href: questionHref(question) }, title) : title;
}

/** Where a program is looked at alone. */
function programHref(name: string): string {
  return hrefOf('programs', name);
}

function row(server: ServerRow): HTMLElement {
  const { name, version, verdict } = server;
  return h(
    'tr',
    {},
    h('th', { scope: 'row', class: 'first' }, h('a', { href: programHref(name) }, name), h('small', {}, version)),
    COLUMNS.map(({ title, cell }) =>
      h('td', { class: title === 'Observed' ? `s-${VERDICTS[verdict].like}` : undefined }, cell(server)),
    ),
  );
}

function observedCell({ observed, verdict, differences, remarks }: ServerRow): Child {
  return [
    socketsOf(observed),
    h('p', {}, h('span', { class: 'sign', 'aria-hidden': 'true' }, VERDICTS[verdict].sign), ` ${verdict}`),
    [...differences, ...remarks].map((line) => h('p', {}, line)),
  ];
}

/** The sockets, each with a link to what a second one like it gets on every system. */
function socketsOf(observed: string): Child {
  return observed.split(', ').map((line, place) => {
    const text = explainable(line);
    return [
      place > 0 && ', ',
      text === null
        ? h('code', {}, line)
        : h('a', { href: hrefOf('explain', '', { s1: text, s2: text }) }, h('code', {}, line)),
    ];
  });
}
