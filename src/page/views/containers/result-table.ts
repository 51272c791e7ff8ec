import type { PageEngine } from '../../../report/page/data.ts';
import { h, type Child } from '../../h.ts';

/** A cell of a table of engines: a sign, a word, and more below it. */
export function entry(like: string, sign: string, word: string, more: Child = null): HTMLElement {
  return h(
    'td',
    { class: `s-${like}` },
    h(
      'div',
      { class: 'entry' },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      h('div', {}, h('span', { class: 'word' }, word), more),
    ),
  );
}

/** The configurations that the word of a cell is about, folded away below it. */
export function folded(count: number, configurations: Child): HTMLElement {
  return h(
    'details',
    {},
    h('summary', {}, `in ${count}`, h('span', { class: 'hidden' }, count === 1 ? ' configuration' : ' configurations')),
    h('ul', { class: 'places' }, configurations),
  );
}

/** The cell of an engine that has nothing in a row, with the reason in words for who does not see that it is empty. */
export function nothing(why: string): HTMLElement {
  return h('td', { class: 'absent' }, h('span', { class: 'hidden' }, why));
}

/** Engines across, each with its version. */
export function resultTable(
  caption: string,
  first: string,
  engines: readonly PageEngine[],
  rows: readonly HTMLElement[],
  kind: string,
): HTMLElement {
  return h(
    'div',
    { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      { class: `results ${kind}` },
      h('caption', { class: 'hidden' }, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col', class: 'first' }, first),
          engines.map(({ engine, version, complete }) =>
            h('th', { scope: 'col' }, `${engine} ${version}`, !complete && h('small', {}, 'incomplete')),
          ),
        ),
      ),
      h('tbody', {}, rows),
    ),
  );
}
