import type { PageCell, PageData } from '../../../report/page/data.ts';
import { howKnown, NO_ONE_KNOWS } from '../../../report/words.ts';
import { h, type Child } from '../../h.ts';
import { documentLink } from '../../sources.ts';

/** What is expected in a cell, on which platforms, why, by which documents, and how each is known. */
export function expected(data: PageData, cell: PageCell): HTMLElement {
  const groups = new Map<number | null, number[]>();
  for (const [place, on] of cell.on.entries()) {
    if (on === null) continue;
    const expectation = data.sights[on[0]]?.expectation ?? null;
    groups.set(expectation, [...(groups.get(expectation) ?? []), place]);
  }
  return h(
    'div',
    { class: 'expectations' },
    [...groups].map(([expectation, places]) =>
      h(
        'section',
        { class: 'expectation' },
        h(
          'p',
          { class: 'names' },
          places.map((place) => h('code', {}, data.platforms[place]?.name)),
        ),
        grounds(data, expectation),
      ),
    ),
  );
}

function grounds(data: PageData, place: number | null): Child {
  const expectation = place === null ? undefined : data.expectations[place];
  if (expectation === undefined) return h('p', {}, `Nothing: ${NO_ONE_KNOWS}.`);
  const { leaves, because, known, cite } = expectation;
  return [
    h(
      'dl',
      { class: 'leaves' },
      leaves.map(({ place: where, expected: what }) => [h('dt', {}, where || 'all'), h('dd', {}, what)]),
    ),
    because !== undefined && h('p', {}, 'Because: ', because),
    h('p', { class: 'quiet' }, `Known: ${howKnown(known)}.`),
    h(
      'ul',
      { class: 'cited' },
      cite.map(({ source, where }) => h('li', {}, documentLink(data, source), where === '' ? '' : `, ${where}`)),
    ),
  ];
}
