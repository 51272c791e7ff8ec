import type { PageCell, PageData, Sight } from '../../../report/page/data.ts';
import { sameAt } from '../../../report/comparison/same-outcomes.ts';
import { h, type Child } from '../../h.ts';
import { MEANING, standings } from '../../standings.ts';

/** What was observed in a cell, in a table; platforms with the same observation share a row. */
export function observed(data: PageData, cell: PageCell): HTMLElement {
  const every = data.platforms.map((_, place) => place);
  const stands = standings(data, cell, every);
  const groups = new Map<string, number[]>();
  for (const place of every) {
    const [sight] = cell.on[place] ?? [];
    if (sight === undefined) continue;
    const key = JSON.stringify([data.sights[sight]?.outcomes, data.sights[sight]?.verdict, stands[place]]);
    groups.set(key, [...(groups.get(key) ?? []), place]);
  }
  const told = [...groups.values()].map((places) => ({
    places,
    sight: data.sights[cell.on[places[0] ?? -1]?.[0] ?? -1],
  }));
  const varying = placesThatVary(told.flatMap(({ sight }) => (sight && sight.outcomes.length > 0 ? [sight] : [])));
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Observations' },
    h(
      'table',
      { class: 'plain' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Platforms', 'Verdict', 'Observed'].map((title) => h('th', { scope: 'col' }, title)),
        ),
      ),
      h(
        'tbody',
        {},
        told.map(({ places, sight }) => {
          const standing = stands[places[0] ?? -1] ?? 'unobserved';
          const { sign, title } = MEANING[standing];
          return h(
            'tr',
            {},
            h(
              'th',
              { scope: 'row' },
              places.map((place) => h('div', {}, h('code', {}, data.platforms[place]?.name))),
            ),
            h(
              'td',
              { class: `s-${standing}` },
              h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
              ` ${sight?.verdict ?? ''}`,
              h('small', { class: 'block' }, title),
            ),
            h('td', {}, sight && whatWas(sight, varying)),
          );
        }),
      ),
    ),
  );
}

/** Where platforms did not do the same, so that it can be marked; names of systems for one error are the same. */
function placesThatVary([first, ...others]: readonly Sight[]): Set<string> {
  const outcomes = others.flatMap((sight) => sight.outcomes);
  return new Set(outcomes.flatMap((outcome) => (sameAt(outcome, first?.outcomes ?? []) ? [] : [outcome.place])));
}

function whatWas({ outcomes, reason, enable, disagreements = [] }: Sight, varying: ReadonlySet<string>): Child {
  return [
    outcomes.length > 0 &&
      h(
        'dl',
        { class: 'leaves' },
        outcomes.map(({ place, observed: what }) => [
          h('dt', {}, place || 'all'),
          h('dd', {}, varying.has(place) ? h('mark', {}, what) : what),
        ]),
      ),
    reason !== undefined && h('p', {}, reason),
    enable !== undefined && h('p', {}, 'Enable it with: ', h('code', {}, enable)),
    disagreements.map(({ place, expected, observed: what }) =>
      h('p', { class: 'wrong' }, `${place}: expected ${expected}, observed ${what}`),
    ),
  ];
}
