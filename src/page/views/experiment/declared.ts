import type { Declared, PageData } from '../../../report/page/data.ts';
import { howKnown, NO_ONE_KNOWS } from '../../../report/words.ts';
import { h } from '../../h.ts';
import { documentLink } from '../../sources.ts';

/** What bindspec expects on every system, those that were not recorded here too, and by which documents. */
export function declared(data: PageData, all: readonly Declared[]): HTMLElement {
  return h(
    'div',
    { class: 'expectations' },
    all.map(({ systems, groups, grounds }) =>
      h(
        'section',
        { class: 'expectation' },
        h(
          'p',
          { class: 'names' },
          systems.map((system) => h('span', {}, system)),
        ),
        groups.map(({ cells, leaves, because }) => [
          cells !== null && h('p', { class: 'quiet' }, cells),
          leaves.length === 0
            ? h('p', {}, `Nothing: ${NO_ONE_KNOWS}.`)
            : h(
                'dl',
                { class: 'leaves' },
                leaves.map(({ place, expected }) => [h('dt', {}, place || 'all'), h('dd', {}, expected)]),
              ),
          because !== undefined && h('p', {}, 'Because: ', because),
        ]),
        grounds.map(({ systems: whose, known, cite }) => [
          h(
            'p',
            { class: 'quiet' },
            `${whose.length < systems.length ? `${whose.join(', ')}: ` : ''}${howKnown(known)}`,
          ),
          h(
            'ul',
            { class: 'cited' },
            cite.map(({ source, where }) => h('li', {}, documentLink(data, source), where === '' ? '' : `, ${where}`)),
          ),
        ]),
      ),
    ),
  );
}
