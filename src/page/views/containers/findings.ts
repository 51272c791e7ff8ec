import type { PageEngine } from '../../../report/page/data.ts';
import { sharedExposures } from '../../../report/comparison/findings.ts';
import { h, type Child } from '../../h.ts';
import { hrefOf } from '../../place.ts';

/** What is exposed, by engine, with the configurations in which it is. */
export function findingTable(engines: readonly PageEngine[]): HTMLElement {
  const findings = sharedExposures(engines);
  if (findings.length === 0) {
    return h('p', { class: 'findings' }, 'None: every way in that was tried is closed.');
  }
  const rows = findings.map(({ says, on }) =>
    h(
      'tr',
      { class: 'claim' },
      h('th', { scope: 'row', class: 'first' }, `${says.slice(0, 1).toUpperCase()}${says.slice(1)}.`, references(on)),
      engines.map(({ name }) => {
        const exposures = on.get(name) ?? [];
        if (exposures.length === 0) return entry('same', '✓', 'contained');
        return entry('deviates', '✗', 'exposed', inPlaces(name, exposures));
      }),
    ),
  );
  return resultTable('Servers that can be reached but should not be, by engine', 'Finding', engines, rows, 'findings');
}

/** Where it is known from, once for all engines. */
function references(on: ReadonlyMap<string, PageEngine['exposures']>): Child {
  const all = [...on.values()].flat().flatMap(({ reference }) => reference ?? []);
  return all.length > 0 && h('small', { class: 'block' }, [...new Set(all)].join(', '));
}

/** Where something is exposed, together where it is so in the same way. */
function inPlaces(engine: string, exposures: PageEngine['exposures']): Child {
  const ways = new Map<string, PageEngine['exposures']>();
  for (const exposure of exposures) {
    const { how, known } = exposure;
    const key = [how, known === undefined ? undefined : `known: ${known}`].filter(Boolean).join('; ');
    ways.set(key, [...(ways.get(key) ?? []), exposure]);
  }
  return [...ways].map(([how, own]) => [
    own.map(({ configuration }) =>
      h(
        'li',
        {},
        h('a', { href: hrefOf('containers', '', { configuration: `${engine} ${configuration}` }) }, configuration),
      ),
    ),
    h('li', {}, h('small', {}, how)),
  ]);
}

/** How many ways in were tried and what came of them, by configuration; a table for each kind of engine. */
export function countTables(engines: readonly PageEngine[]): HTMLElement[] {
  const kinds = [...new Set(engines.map(({ engine }) => engine))];
  return kinds.map((kind) =>
    countTable(
      kind,
      engines.filter(({ engine }) => engine === kind),
    ),
  );
}

function countTable(kind: string, engines: readonly PageEngine[]): HTMLElement {
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
            { href: hrefOf('containers', '', { configuration: `${engine.name} ${id}` }) },
            'who can reach what',
            h('span', { class: 'hidden' }, ` in ${id}, ${engine.name}`),
          ),
        );
        return exposed > 0
          ? entry('deviates', '✗', `${exposed} of ${exposed + contained} ways in exposed`, link)
          : entry('same', '✓', `${contained} ways in contained`, link);
      }),
    ),
  );
  return resultTable(
    `Ways in tried with ${kind}, by configuration and version`,
    'Configuration',
    engines,
    rows,
    'counts',
  );
}

/** What documents promise and engines do not keep; nothing where all is kept. */
export function promiseTable(engines: readonly PageEngine[]): HTMLElement | null {
  const broken = engines.flatMap(({ name, broken: list }) => list.map((one) => ({ name, ...one })));
  if (broken.length === 0) return null;
  return h(
    'section',
    {},
    h('h2', {}, 'Broken promises of the documents'),
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
            h('summary', {}, `Broken in ${where.length}`),
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
          engines.map(({ engine, version, complete }) =>
            h('th', { scope: 'col' }, `${engine} ${version}`, !complete && h('small', {}, 'incomplete')),
          ),
        ),
      ),
      h('tbody', {}, rows),
    ),
  );
}
