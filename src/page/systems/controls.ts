import type { PageSystems } from '../../report/page/data.ts';
import type { Chosen } from '../chosen.ts';
import { h } from '../h.ts';
import { optionsIn, subjectsIn } from './rows.ts';

/** What a reader changes. */
export type Update = (changes: Readonly<Record<string, string | undefined>>) => void;

/**
 * The search and the filters of the table of systems; every choice is in the address.
 * @param isOpen whether the filters are unfolded at first
 */
export function systemsControls(systems: PageSystems, chosen: Chosen, update: Update, isOpen: boolean): HTMLElement {
  const search = h('input', {
    type: 'search',
    id: 'q',
    value: chosen['q'],
    placeholder: 'mac, EADDRINUSE, 10048, TIME_WAIT, docker …',
  });
  search.addEventListener('input', () => update({ q: search.value }));
  const choice = (name: string, label: string, none: string, options: readonly (readonly [string, string])[]) => {
    const select = h(
      'select',
      { id: name },
      [['', none] as const, ...options].map(([value, text]) =>
        h('option', { value, selected: value === (chosen[name] ?? '') }, text),
      ),
    );
    select.addEventListener('change', () => update({ [name]: select.value }));
    return h('div', { class: 'field' }, h('label', { for: name }, label), select);
  };
  const two = (name: 'a' | 'b', label: string) => {
    const select = h(
      'select',
      { id: name, 'aria-label': label },
      h('option', { value: '' }, name === 'a' ? 'choose …' : 'and …'),
      systems.columns.map(({ id, title, platforms }) => [
        h('option', { value: id, selected: chosen[name] === id }, title),
        platforms.length > 1 &&
          platforms.map((one) => h('option', { value: one.name, selected: chosen[name] === one.name }, one.title)),
      ]),
    );
    select.addEventListener('change', () => update({ [name]: select.value }));
    return select;
  };
  const subjects = subjectsIn(systems).map(({ id, title }) => [id, title] as const);
  const options = optionsIn(systems).map((name) => [name, name] as const);
  const pairs = systems.columns.slice(1).map(({ id, title }) => [`linux,${id}`, `Linux and ${title}`] as const);
  return h(
    'div',
    { class: 'filters', role: 'search', 'aria-label': 'Questions' },
    h('div', { class: 'field grow' }, h('label', { for: 'q' }, 'Search'), search),
    h(
      'details',
      { class: 'more', open: isOpen },
      h('summary', {}, 'Filters'),
      h(
        'div',
        { class: 'filters-within' },
        choice('subject', 'Subject', 'all', subjects),
        choice('protocol', 'Protocol', 'all', PROTOCOLS),
        choice('option', 'Option', 'all', options),
        h(
          'fieldset',
          { class: 'field two' },
          h('legend', {}, 'Where these two differ'),
          two('a', 'One system or version'),
          two('b', 'The other'),
        ),
        choice('systems', 'Columns', 'all systems', pairs),
      ),
    ),
  );
}

const PROTOCOLS = [
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
] as const;
