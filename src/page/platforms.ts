import type { PageData, PagePlatform } from '../report/page/data.ts';
import { duration } from '../report/words.ts';
import { h, type Child } from './h.ts';
import { systemInWords } from '../record/system-title.ts';

/** What the table of systems calls a platform or an engine, for example `Linux 6.18`; its name where it is not in that table. */
export function platformTitle({ systems }: Pick<PageData, 'systems'>, name: string): string {
  for (const { platforms } of systems.columns) {
    const found = platforms.find((one) => one.name === name);
    if (found !== undefined) return found.title;
  }
  return name;
}

/** A platform's name, which may be broken at its hyphens. */
export function breakable(name: string): Child[] {
  return name.split(/(?<=-)/).flatMap((part, index) => (index === 0 ? [part] : [h('wbr'), part]));
}

/** What is known of the platforms, folded away. */
export function platformDetails(data: PageData): HTMLElement {
  const head = ['Platform', 'System', 'Runtime', 'Lab', 'User', 'Cells', 'Bind matrix', 'Recorded'];
  return h(
    'details',
    { class: 'about' },
    h('summary', {}, 'About the platforms'),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Platforms' },
      h(
        'table',
        { class: 'plain' },
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
          data.platforms.map((one) => row(one, platformTitle(data, one.name))),
        ),
      ),
    ),
  );
}

function row({ name, platform, lab, run, matrix }: PagePlatform, title: string): HTMLElement {
  const stack = platform.stack === undefined ? '' : ` (${platform.stack})`;
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, title, h('small', {}, h('code', {}, name))),
    h('td', {}, `${systemInWords(platform)}${stack}`, h('small', {}, platform.version)),
    h('td', {}, platform.runtime),
    h('td', {}, lab.lab),
    h('td', {}, platform.uid === null ? 'none' : platform.uid === 0 ? 'root' : `uid ${platform.uid}`),
    h('td', {}, run ? cellsInWords(run) : 'no run'),
    h(
      'td',
      {},
      matrix ? `${matrix.counts.pairs} pairs, ${matrix.counts.mismatches} unlike the model` : 'none',
      matrix?.complete === false && h('strong', {}, ' incomplete'),
    ),
    h('td', {}, (run ?? matrix)?.started.slice(0, 10)),
  );
}

function cellsInWords({ counts, complete, duration: took, selectors }: NonNullable<PagePlatform['run']>): Child[] {
  const words = Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    `${words.join(', ')}, in ${duration(took)}`,
    selectors.length > 0 && `, only ${selectors.join(' ')}`,
    !complete && h('strong', {}, ' incomplete'),
  ];
}
