import type { PageEngine } from '../../../report/page/data.ts';
import { sharedExposures } from '../../../report/comparison/findings.ts';
import { counted } from '../../../text/counted.ts';
import { h, type Child } from '../../h.ts';
import { hrefOf } from '../../place.ts';
import { entry, folded, nothing, resultTable } from './result-table.ts';
import { promiseTable } from './promises.ts';

/** The answer in a line for each version of an engine: what of it can be reached but should not be. */
export function engineAnswers(engines: readonly PageEngine[]): HTMLElement {
  return h(
    'ul',
    { class: 'legend engines' },
    engines.map(({ engine, version, exposures, configurations }) => {
      const ran = configurations.filter(({ exposed, contained }) => exposed + contained > 0);
      const exposed = ran.filter((one) => one.exposed > 0).length;
      const ways = new Set(exposures.map(({ says }) => says)).size;
      const isExposed = exposed > 0;
      return h(
        'li',
        {},
        h(
          'span',
          { class: `sign ${isExposed ? 's-deviates' : 's-same'}`, 'aria-hidden': 'true' },
          isExposed ? '✗' : '✓',
        ),
        h('b', {}, `${engine} ${version}`),
        isExposed
          ? `: exposed in ${exposed} of ${counted(ran.length, 'configuration')}, by ${counted(ways, 'way')}`
          : `: contained in all of ${counted(ran.length, 'configuration')}`,
      );
    }),
  );
}

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
        const count = new Set(exposures.map(({ configuration }) => configuration)).size;
        return entry('deviates', '✗', 'exposed', folded(count, inPlaces(name, exposures)));
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

/** What is known of each kind of engine, folded below a line that says how it is. */
export function enginesFolded(engines: readonly PageEngine[]): HTMLElement[] {
  const kinds = [...new Set(engines.map(({ engine }) => engine))];
  return kinds.map((kind) => {
    const own = engines.filter(({ engine }) => engine === kind);
    const promises = promiseTable(kind, own);
    return h(
      'details',
      { class: 'engine' },
      h('summary', {}, h('b', {}, kind), `: ${kindInWords(own)}`),
      h('h3', {}, 'Configurations'),
      countTable(kind, own),
      promises !== null && [h('h3', {}, 'Broken promises of the documents'), promises],
    );
  });
}

function kindInWords(engines: readonly PageEngine[]): string {
  const ids = new Set(engines.flatMap(({ configurations }) => configurations.map(({ id }) => id)));
  const broken = new Set(engines.flatMap(({ broken: list }) => list.map(({ says }) => says)));
  const promises = broken.size === 0 ? '' : `, ${counted(broken.size, 'broken promise')}`;
  return `${counted(ids.size, 'configuration')} in ${counted(engines.length, 'version')}${promises}`;
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
        if (found === undefined) return nothing('not run');
        const { exposed, contained, skipped, error } = found;
        if (skipped !== undefined) return entry('unobserved', '–', 'skipped', h('small', { class: 'block' }, skipped));
        if (error !== undefined) return entry('error', '!', 'error', h('small', { class: 'block' }, error));
        const link = h(
          'a',
          { class: 'block', href: hrefOf('containers', '', { configuration: `${engine.name} ${id}` }) },
          'who can reach what',
          h('span', { class: 'hidden' }, ` in ${id}, ${engine.name}`),
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
