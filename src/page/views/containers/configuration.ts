import type { ConfigurationRecord, SecurityRecord } from '../../../record/containers.ts';
import { bindGrid, publishedGrid, SIGN_WORDS, sourcesOf, wrongAddresses } from '../../../report/containers/grid.ts';
import { momentInWords, momentTitle } from '../../../containers/time.ts';
import { h, type Child } from '../../h.ts';
import { holdersInWords } from '../../../containers/holders.ts';

/** A configuration that is looked at, and the engine it is of. */
export interface Looked {
  name: string;
  engine: string;
  configuration: ConfigurationRecord;
  security: readonly SecurityRecord[];
}

type Grid = ReturnType<typeof publishedGrid>;

/** A configuration's grids and facts; beside another one, the cells in which they differ are marked and show both. */
export function configurationView(one: Looked, other: Looked | undefined): HTMLElement {
  const [published, binds] = [publishedGrid(one.configuration), bindGrid(one.configuration)];
  const beside = other && [publishedGrid(other.configuration), bindGrid(other.configuration)];
  const exposed = new Set(
    one.security
      .filter(({ verdict, published: where }) => verdict === 'exposed' && where !== 'host')
      .map(
        ({ way, target, published: where }) => `${way === 'loopback' ? 'attacker' : 'neighbour'} by ${target}|${where}`,
      ),
  );
  const differing = beside && [published, binds].flatMap((grid, index) => differences(grid, beside[index]));
  return h(
    'div',
    {},
    h(
      'p',
      {},
      h('b', {}, one.configuration.title),
      ` (${one.engine})`,
      other && [' beside ', h('b', {}, other.configuration.title), ` (${other.engine})`],
    ),
    differing &&
      h(
        'p',
        { class: 'count', 'aria-live': 'polite' },
        differing.length === 0
          ? 'No cell differs.'
          : `${differing.length} cells differ: the bar separates the first result from the second.`,
      ),
    key(),
    h('h3', {}, 'A server that binds every address, by the address where its port is published'),
    gridTable('Published on', published, beside?.[0], exposed),
    h('h3', {}, 'A port published on every address, by what the server binds'),
    gridTable('Server binds', binds, beside?.[1], new Set()),
    facts(one.configuration),
  );
}

function key(): HTMLElement {
  return h(
    'p',
    { class: 'quiet' },
    'In each cell TCP, then UDP from a connected socket: ',
    Object.entries(SIGN_WORDS).map(([sign, word], index) => [index > 0 && ', ', h('b', {}, sign), ` ${word}`]),
    '. Outlined in red: reached, but should not be.',
  );
}

function gridTable(
  what: string,
  { head, rows }: Grid,
  beside: Grid | undefined,
  exposed: ReadonlySet<string>,
): HTMLElement {
  const [, ...columns] = head;
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Who reaches it, by: ${what}` },
    h(
      'table',
      { class: 'grid' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'From'),
          columns.map((column) => h('th', { scope: 'col' }, column)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map(([from = '', ...cells]) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, from),
            cells.map((signs, index) => {
              const column = columns[index] ?? '';
              const there = beside && at(beside, from, column);
              const isApart = there !== undefined && there !== signs;
              const isExposed = exposed.has(`${from}|${column}`);
              return h(
                'td',
                { class: [isApart && 'apart', isExposed && 'exposed'].filter(Boolean).join(' ') || undefined },
                told(signs),
                isApart && [
                  h('span', { 'aria-hidden': 'true' }, ' | '),
                  h('span', { class: 'hidden' }, '; there: '),
                  told(there),
                ],
                isExposed && h('span', { class: 'hidden' }, ', exposed'),
              );
            }),
          ),
        ),
      ),
    ),
  );
}

/** Signs as they are, and in words for who does not see them. */
function told(signs: string): Child {
  if (signs === '') return h('span', { class: 'hidden' }, 'not asked');
  const [tcp = ' ', udp = ' '] = signs;
  const word = (sign: string) => (sign === ' ' ? 'not asked' : (SIGN_WORDS[sign] ?? sign));
  return [
    h(
      'span',
      { 'aria-hidden': 'true', class: 'signs' },
      [tcp, udp].map((sign) => h('span', { class: sign === '✓' ? 'yes' : 'no' }, sign)),
    ),
    h('span', { class: 'hidden' }, `TCP ${word(tcp)}, UDP ${word(udp)}`),
  ];
}

/** What another grid has in the same place; undefined where it does not have that place. */
function at({ head, rows }: Grid, from: string, column: string): string | undefined {
  const index = head.slice(1).indexOf(column);
  return index === -1 ? undefined : rows.find(([first]) => first === from)?.[index + 1];
}

function differences(one: Grid, other: Grid | undefined): string[] {
  if (other === undefined) return [];
  return one.rows.flatMap(([from = '', ...cells]) =>
    cells.flatMap((signs, index) => {
      const there = at(other, from, one.head[index + 1] ?? '');
      return there === undefined || there === signs ? [] : [from];
    }),
  );
}

function facts(configuration: ConfigurationRecord): HTMLElement {
  const { facts: known, refusals, holders, conflicts } = configuration;
  return h(
    'div',
    {},
    listed('The clients’ addresses, as the server sees them (TCP)', sourcesOf(configuration)),
    listed('Answers over UDP that come from another address than the one asked', wrongAddresses(configuration)),
    listed(
      'What the engine refused to publish',
      Object.entries(refusals).map(([where, why]) => `${where}: ${why}`),
    ),
    listed(
      'Who holds the host’s port',
      holders.map(
        ({ published, protocol, listeners }) => `${protocol}, published on ${published}: ${holdersInWords(listeners)}`,
      ),
    ),
    listed(
      'A published port and a socket on the host',
      conflicts.map(
        ({ protocol, published, bind, first, outcome, answers }) =>
          `${protocol}, published on ${published}, the host binds ${bind}, ${first} first: ${outcome}${answers === undefined ? '' : `; ${answers} answers`}`,
      ),
    ),
    listed(
      'The results of clients after an event',
      (configuration.time ?? []).map((one) => `${momentTitle(one)}: ${momentInWords(one)}`),
    ),
    listed(
      'Facts that the results depend on',
      Object.entries(known).map(([name, value]) => `${name}: ${value}`),
    ),
  );
}

function listed(title: string, list: readonly string[]): HTMLElement | null {
  if (list.length === 0) return null;
  return h(
    'details',
    {},
    h('summary', {}, `${title} (${list.length})`),
    h(
      'ul',
      { class: 'cited' },
      list.map((one) => h('li', {}, one)),
    ),
  );
}
