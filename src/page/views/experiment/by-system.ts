import type { PageData, PageSystems } from '../../../report/page/data.ts';
import { signOf, type SystemAnswer } from '../../../report/systems/answer.ts';
import type { SystemsQuestion } from '../../../report/systems/shape.ts';
import { byKey } from '../../../report/by-key.ts';
import { howKnown } from '../../../report/words.ts';
import { capped } from '../../capped.ts';
import { h, type Child } from '../../h.ts';
import { hrefOf } from '../../place.ts';
import { documentLink } from '../../sources.ts';
import { entryCell } from '../../systems/entry.ts';

type Column = PageSystems['columns'][number];

/** What each system does, how that is known and where it is written; and the cases of the question by system. */
export function bySystem(data: PageData, question: SystemsQuestion, chosen: string | undefined): HTMLElement {
  const all = data.systems.columns.map((column, place) => ({ column, answer: question.answers[place] }));
  const answered = all.flatMap(({ column, answer }) =>
    answer === undefined || answer.basis === 'none' ? [] : [{ column, answer }],
  );
  const open = all.filter(({ answer }) => answer === undefined || answer.basis === 'none');
  return h(
    'div',
    { class: 'by-system' },
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Answers by system' },
      h(
        'table',
        { class: 'plain' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['System', 'Answer', 'How it is known', 'Why it differs'].map((title) => h('th', { scope: 'col' }, title)),
          ),
        ),
        h(
          'tbody',
          {},
          answered.map(({ column, answer }) => systemRow(data, column, answer, isMeant(column, chosen))),
        ),
      ),
    ),
    open.length > 0 && !question.id.startsWith('containers/') && unknown(open.map(({ column }) => column)),
    question.cases.length > 1 &&
      casesTable(
        data,
        question,
        answered.map(({ column }) => column),
      ),
  );
}

/** Whether a reader came here by a system, or by a platform of it. */
function isMeant({ id, platforms }: Column, chosen: string | undefined): boolean {
  return id === chosen || platforms.some(({ name }) => name === chosen);
}

function systemRow(data: PageData, column: Column, answer: SystemAnswer, meant: boolean): HTMLElement {
  const { word, likeness, basis, cases, because } = answer;
  return h(
    'tr',
    { class: meant ? 'meant' : '' },
    h('th', { scope: 'row' }, column.title),
    h(
      'td',
      { class: `a-${likeness} b-${basis}` },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, signOf(answer)),
      ` ${word}`,
      cases.alike < cases.answered && h('small', {}, ` in ${cases.alike} of ${cases.answered} cases`),
    ),
    h('td', {}, known(data, column, answer)),
    h(
      'td',
      {},
      because.map((reason) => h('p', {}, reason)),
    ),
  );
}

function known(data: PageData, { platforms }: Column, { on, known: ways, cite, cases }: SystemAnswer): Child {
  const titleOf = (platform: string) => platforms.find(({ name }) => name === platform)?.title ?? platform;
  const byWord = [...byKey(on, ({ word }) => word)].map(
    ([word, own]) => `${word} on ${own.map(({ platform }) => titleOf(platform)).join(', ')}`,
  );
  const how = ways.map(howKnown).join('; ');
  const { shown, rest } = capped(cite, 'sources');
  return [
    byWord.length > 0 && h('p', {}, `Observed: ${byWord.join('; ')}.`),
    how !== '' &&
      h('p', {}, byWord.length > 0 ? `The other cases: ${how}.` : `${how.charAt(0).toUpperCase()}${how.slice(1)}.`),
    cite.length > 0 &&
      h(
        'details',
        {},
        h('summary', {}, `Sources: ${cite.length}`),
        h(
          'ul',
          { class: 'cited' },
          shown.map(({ source, where }) => h('li', {}, documentLink(data, source), where === '' ? '' : `, ${where}`)),
          rest !== null && h('li', {}, rest),
        ),
      ),
    cases.answered === 0 && 'no one knows',
  ];
}

function unknown(columns: readonly Column[]): HTMLElement {
  const names = columns.filter(({ id }) => id !== 'engines');
  if (names.length === 0) return h('p', {});
  return h(
    'p',
    { class: 'quiet' },
    'No one knows the answer on ',
    names.map(({ id, title }, place) => [place === 0 ? '' : ', ', h('a', { href: hrefOf('how', id) }, title)]),
    '. A run there would tell it.',
  );
}

/** The cases of a question that differ from one another, by system. */
function casesTable(data: PageData, { id, cases }: SystemsQuestion, columns: readonly Column[]): HTMLElement {
  const { shown, rest } = capped(cases, 'cases');
  const places = columns.map((column) => data.systems.columns.indexOf(column));
  return h(
    'div',
    {},
    h('h2', {}, 'Case by case'),
    h(
      'div',
      { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'Cases by system' },
      h(
        'table',
        { class: 'results systems-table' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col', class: 'first' }, 'Case'),
            columns.map(({ title }) => h('th', { scope: 'col' }, title)),
          ),
        ),
        h(
          'tbody',
          {},
          shown.map(({ which, cells, answers }) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row', class: 'first' }, which === 'all' ? 'every case' : which),
              places.map((place) =>
                entryCell(
                  answers[place] ?? null,
                  id.startsWith('containers/')
                    ? engineHref(answers[place], cells[0])
                    : hrefOf('experiment', id, { cell: cells[0], system: data.systems.columns[place]?.id }),
                  place === 0,
                ),
              ),
            ),
          ),
          rest !== null &&
            h('tr', {}, h('th', { scope: 'row', class: 'first' }, rest), h('td', { colspan: columns.length })),
        ),
      ),
    ),
  );
}

/** Where it is shown who can reach what in a configuration: of an engine that does not keep what is promised, if one does not. */
function engineHref(answer: SystemAnswer | undefined, configuration: string | undefined): string {
  const engines = answer?.on ?? [];
  const one = engines.find(({ likeness }) => likeness === 'deviates') ?? engines.at(-1);
  const chosen = one === undefined ? undefined : `${one.platform} ${configuration ?? ''}`;
  return hrefOf('containers', '', { configuration: chosen });
}
