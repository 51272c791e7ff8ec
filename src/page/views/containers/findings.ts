import type { PageEngine } from '../../../report/page/data.ts';
import { findingsOf } from '../../../report/comparison/findings.ts';
import { h, type Child } from '../../h.ts';
import { addressOf } from '../../place.ts';
import { breakable } from '../../platforms.ts';

/** What is exposed, by engine, with the configurations in which it is. */
export function findingTable(engines: readonly PageEngine[]): HTMLElement {
  const findings = findingsOf(engines);
  if (findings.length === 0) {
    return h('p', { class: 'findings' }, 'Nothing: every way in that was tried is contained.');
  }
  const rows = findings.map(({ says, references, on }) =>
    h(
      'tr',
      { class: 'claim' },
      h(
        'th',
        { scope: 'row', class: 'first' },
        `${says.slice(0, 1).toUpperCase()}${says.slice(1)}.`,
        references.map((reference) => h('span', { class: 'under' }, reference)),
      ),
      engines.map(({ name }) => {
        const exposures = on.get(name) ?? [];
        if (exposures.length === 0) return entry('same', '✓', 'contained');
        return entry(
          'deviates',
          '✗',
          'exposed',
          exposures.map(({ configuration, how, known }) =>
            h(
              'li',
              {},
              h(
                'a',
                { href: addressOf('containers', '', { configuration: `${name} ${configuration}` }) },
                configuration,
              ),
              h('small', {}, ` ${how}${known === undefined ? '' : `; known: ${known}`}`),
            ),
          ),
        );
      }),
    ),
  );
  return resultTable('What is reached that should not be, by engine', 'Finding', engines, rows, 'findings');
}

/** How many ways in were tried and what came of them, by configuration and engine. */
export function countTable(engines: readonly PageEngine[]): HTMLElement {
  const titles = new Map(engines.flatMap(({ configurations }) => configurations.map(({ id, title }) => [id, title])));
  const rows = [...titles].map(([id, title]) =>
    h(
      'tr',
      { class: 'claim' },
      h('th', { scope: 'row', class: 'first' }, title, h('span', { class: 'under' }, h('code', {}, id))),
      engines.map((engine) => {
        const found = engine.configurations.find((one) => one.id === id);
        if (found === undefined) return h('td', { class: 'absent' }, h('span', { class: 'hidden' }, 'not run'));
        const { exposed, contained, skipped, error } = found;
        if (skipped !== undefined) return entry('unobserved', '–', 'skipped', h('li', {}, skipped));
        if (error !== undefined) return entry('error', '!', 'error', h('li', {}, error));
        const link = h(
          'li',
          {},
          h(
            'a',
            { href: addressOf('containers', '', { configuration: `${engine.name} ${id}` }) },
            'who reaches what',
            h('span', { class: 'hidden' }, ` in ${id}, ${engine.name}`),
          ),
        );
        return exposed > 0
          ? entry('deviates', '✗', `${exposed} of ${exposed + contained} ways in exposed`, link)
          : entry('same', '✓', `${contained} ways in contained`, link);
      }),
    ),
  );
  return resultTable('Ways in that were tried, by configuration and engine', 'Configuration', engines, rows, 'counts');
}

/** What documents promise and engines do not keep; nothing where all is kept. */
export function promiseTable(engines: readonly PageEngine[]): HTMLElement | null {
  const broken = engines.flatMap(({ name, broken: list }) => list.map((one) => ({ name, ...one })));
  if (broken.length === 0) return null;
  return h(
    'section',
    {},
    h('h2', {}, 'What is not as a document promises'),
    h(
      'ul',
      {},
      broken.map(({ name, configuration, says, source, broken: where }) =>
        h(
          'li',
          {},
          h('code', {}, name),
          ' ',
          h('code', {}, configuration),
          `: ${says} (${source}) `,
          h(
            'details',
            {},
            h('summary', {}, `Not so in ${where.length}`),
            h(
              'ul',
              {},
              where.map((one) => h('li', {}, one)),
            ),
          ),
        ),
      ),
    ),
  );
}

function entry(like: string, sign: string, word: string, more: Child = null): HTMLElement {
  return h(
    'td',
    { class: `s-${like}` },
    h(
      'div',
      { class: 'entry' },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      h('div', {}, h('span', { class: 'word' }, word), more !== null && h('ul', { class: 'places' }, more)),
    ),
  );
}

function resultTable(
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
          engines.map(({ name, complete }) =>
            h('th', { scope: 'col' }, breakable(name), !complete && h('small', {}, 'incomplete')),
          ),
        ),
      ),
      h('tbody', {}, rows),
    ),
  );
}
