import type { PageQuestion, PageSystems } from '../../report/page/data.ts';
import { subjectTitle } from '../../report/subjects.ts';
import type { SystemsQuestion } from '../../report/systems/shape.ts';
import { capped } from '../capped.ts';
import { drawGradually } from '../gradual.ts';
import { h, type Child } from '../h.ts';
import { hrefOf } from '../place.ts';
import { entryCell } from './entry.ts';
import { answerIn, subjectIn, type ShownColumn } from './rows.ts';

/** What the table calls when a reader unfolds a system, or folds it. */
export type Unfolding = (id: string, isUnfolded: boolean) => void;

/** Systems across, questions down, in groups by subject. */
export function tableOfSystems(
  systems: PageSystems,
  rows: readonly PageQuestion[],
  shown: readonly ShownColumn[],
  details: ReadonlyMap<string, SystemsQuestion>,
  unfold: Unfolding,
): HTMLElement {
  const table = h(
    'table',
    { class: 'results systems-table' },
    h('caption', { class: 'hidden' }, 'What each system does, by question'),
    head(systems, shown, unfold),
  );
  const subjects = [...new Set(rows.map(subjectIn))];
  drawGradually(
    table,
    subjects.map(
      (subject) => () =>
        group(
          subject,
          rows.filter((question) => subjectIn(question) === subject),
          shown,
          details,
        ),
    ),
  );
  return table;
}

/** The questions of a subject below its title. */
function group(
  subject: string,
  questions: readonly PageQuestion[],
  shown: readonly ShownColumn[],
  details: ReadonlyMap<string, SystemsQuestion>,
): HTMLElement {
  const own = capped(questions, 'questions; search for them');
  return h(
    'tbody',
    {},
    h(
      'tr',
      { class: 'subject' },
      h('th', { scope: 'rowgroup', class: 'first' }, subjectTitle(subject)),
      h('td', { colspan: shown.length }),
    ),
    own.shown.map((question) => row(question, shown, details.get(question.id))),
    own.rest !== null &&
      h('tr', {}, h('th', { scope: 'row', class: 'first' }, own.rest), h('td', { colspan: shown.length })),
  );
}

/** Where a question is looked at, on one system or platform of it. */
export function questionHref(id: string, column?: string): string {
  return hrefOf('experiment', id, { system: column });
}

function head({ columns }: PageSystems, shown: readonly ShownColumn[], unfold: Unfolding): HTMLElement {
  return h(
    'thead',
    {},
    h(
      'tr',
      {},
      h('th', { scope: 'col', class: 'first' }, 'Question'),
      shown.map(({ place, platform }) => {
        const column = columns[place];
        if (column === undefined) return null;
        if (platform !== null) {
          const { title = platform } = column.platforms.find(({ name }) => name === platform) ?? {};
          return h('th', { scope: 'col', class: 'of-system' }, title);
        }
        const isUnfolded = shown.some((other) => other.place === place && other.platform !== null);
        return h(
          'th',
          { scope: 'col' },
          column.title,
          h('small', {}, sentence(column)),
          column.platforms.length > 0 && unfolder(column, isUnfolded, unfold),
        );
      }),
    ),
  );
}

/** The score in a sentence; where bindspec was never run, it leads to how that is done. */
function sentence({ id, sentence: said, platforms }: PageSystems['columns'][number]): Child {
  if (platforms.length > 0) return said;
  const [, before = said, link] = /^(.*: )(here is how)$/.exec(said) ?? [];
  return [before, link !== undefined && h('a', { href: hrefOf('how', id) }, link)];
}

function unfolder(
  { id, title, platforms }: PageSystems['columns'][number],
  isUnfolded: boolean,
  unfold: Unfolding,
): HTMLElement {
  const button = h(
    'button',
    { type: 'button', class: 'open', id: `unfold-${id}`, 'aria-expanded': String(isUnfolded) },
    platforms.length === 1 ? (platforms[0]?.title ?? '') : `${platforms.length} versions`,
    h('span', { class: 'hidden' }, ` of ${title}`),
  );
  button.addEventListener('click', () => unfold(id, !isUnfolded));
  return button;
}

function row(question: PageQuestion, shown: readonly ShownColumn[], full: SystemsQuestion | undefined): HTMLElement {
  const { id, title, asks, answers } = question;
  return h(
    'tr',
    { class: 'question' },
    h('th', { scope: 'row', class: 'first' }, h('a', { href: questionHref(id), title: asks }, title)),
    shown.map((column) => {
      const [word, likeness, basis, answered, , alike] = answers[column.place] ?? ['', 'none', 'none', 0, 0, 0];
      const href = questionHref(id, column.key);
      const isLinux = column.place === 0;
      if (column.platform === null) {
        const part = likeness === 'same' ? {} : { part: [alike, answered] as const };
        return entryCell({ word, likeness, basis, ...part }, href, isLinux);
      }
      const own = full === undefined ? null : answerIn(full, column);
      return entryCell(own === null ? null : { ...own, basis: 'observed' }, href, isLinux);
    }),
  );
}

/** Questions by their ids. */
export function byId(questions: readonly SystemsQuestion[]): Map<string, SystemsQuestion> {
  return new Map(questions.map((one) => [one.id, one]));
}
