import type { PageTriples } from '../../report/page/data.ts';
import { fill, h } from '../h.ts';
import type { View } from '../view.ts';

/** The triples of sockets that their pairs do not explain, of each platform on which triples were run. */
export const triples: View = {
  id: 'triples',
  title: 'Three sockets',
  mount(root, _place, data) {
    fill(
      root,
      h('h1', {}, 'Three sockets on one port'),
      h(
        'p',
        { class: 'lead' },
        'Two pairs, the first socket with the third and the second with the third, usually tell what happens to a third socket beside both. The tables show the triples for which they do not, by the rule that decides.',
      ),
      data.triples.map((platform) => platformSection(platform)),
    );
  },
};

function platformSection({ name, complete, blocks, counts, quirks }: PageTriples): HTMLElement {
  const { triples: all, mismatches, refused, unexplained } = counts;
  return h(
    'section',
    {},
    h('h2', {}, name),
    h(
      'p',
      {},
      `${inDigits(all)} triples, ${inDigits(mismatches)} unlike the model; the first two sockets of ${inDigits(refused)} can't both be made; the pairs do not explain ${inDigits(unexplained)}.`,
      !complete && h('strong', {}, ' Incomplete.'),
    ),
    h(
      'details',
      {},
      h('summary', {}, `Blocks that were run: ${blocks.length}`),
      h(
        'ul',
        {},
        blocks.map((block) => h('li', {}, block)),
      ),
    ),
    quirks.length > 0 &&
      h(
        'div',
        { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': `Unexplained triples of ${name}` },
        quirksTable(quirks),
      ),
  );
}

function quirksTable(quirks: PageTriples['quirks']): HTMLElement {
  const head = ['Protocol', 'Rule', 'The pairs say', 'The answer', 'Triples', 'The first of them, as a plan'];
  return h(
    'table',
    { class: 'results triples-table' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        head.map((title) => h('th', { scope: 'col' }, title)),
      ),
    ),
    h(
      'tbody',
      {},
      quirks.map(({ protocol, rule, prose, pairs, kernel, triples: count, plan }) =>
        h(
          'tr',
          {},
          h('td', {}, protocol.toUpperCase()),
          h('td', {}, h('code', {}, rule), h('p', {}, prose)),
          h('td', {}, pairs),
          h('td', {}, kernel),
          h('td', {}, inDigits(count)),
          h('td', {}, h('code', {}, plan)),
        ),
      ),
    ),
  );
}

function inDigits(count: number): string {
  return count.toLocaleString('en-US');
}
