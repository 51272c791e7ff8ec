import { counted } from '../../text/counted.ts';
import type { PageData, PageExperiment } from '../../report/page/data.ts';
import { fill, h } from '../h.ts';
import { choiceField } from '../choice-field.ts';
import type { Chosen } from '../chosen.ts';
import { hrefOf, chooseHere } from '../place.ts';
import { platformDetails, platformTitle } from '../platforms.ts';
import { legend } from '../legend.ts';
import type { View } from '../view.ts';
import { tableOfExperiments } from './experiment-table.ts';
import { BETWEEN_NAMES, filtered, protocolsOf, shownPlatforms, subjectsOf } from './filters.ts';

/** What was observed on each platform: platforms across, experiments down. */
export const overview: View = {
  id: 'experiments',
  title: 'Platforms',
  mount(root, { chosen: first }, data) {
    let chosen: Chosen = first;
    const count = h('p', { class: 'count', 'aria-live': 'polite' });
    const table = h('div', { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'Results' });
    const update = (changes: Readonly<Record<string, string | undefined>>) => {
      chooseHere(changes);
      const next = { ...chosen, ...changes };
      chosen = Object.fromEntries(Object.entries(next).flatMap(([name, value]) => (value ? [[name, value]] : [])));
      draw();
    };
    const draw = () => {
      const rows = filtered(data, chosen);
      const platforms = shownPlatforms(data, chosen);
      fill(count, countInWords(data, rows, platforms.length));
      fill(
        table,
        rows.length === 0
          ? h(
              'p',
              { class: 'none' },
              'No experiment fits these choices. ',
              h('a', { href: hrefOf('experiments') }, 'Show everything'),
            )
          : tableOfExperiments(data, rows, platforms, chosen, (open) => chooseHere({ open })),
      );
    };
    fill(
      root,
      h('h1', {}, heading(data)),
      h(
        'p',
        { class: 'lead' },
        'What operating systems do when a program binds a socket: each experiment ran with real processes on each of these platforms, and the table shows what was observed.',
      ),
      platformDetails(data),
      controls(data, chosen, update),
      h('div', { class: 'above' }, count, h('details', {}, h('summary', {}, 'What the signs mean'), legend())),
      table,
    );
    draw();
  },
};

function heading(data: PageData): string {
  const [one, ...more] = data.platforms;
  return more.length === 0
    ? `bindspec on ${platformTitle(data, one?.name ?? '')}`
    : `bindspec on ${more.length + 1} platforms`;
}

function countInWords({ experiments }: PageData, rows: readonly PageExperiment[], platforms: number): string {
  const cells = (list: readonly PageExperiment[]) => list.reduce((sum, one) => sum + one.cells.length, 0);
  const [some, all] = [cells(rows), cells(experiments)];
  return `${rows.length} of ${experiments.length} experiments, ${some} of ${all} cells, on ${counted(platforms, 'platform')}`;
}

function controls(
  data: PageData,
  chosen: Chosen,
  update: (changes: Readonly<Record<string, string | undefined>>) => void,
): HTMLElement {
  const search = h('input', { type: 'search', id: 'q', value: chosen['q'], placeholder: 'EADDRINUSE, wildcard, …' });
  search.addEventListener('input', () => update({ q: search.value }));
  const different = h('input', { type: 'checkbox', id: 'different', checked: chosen['only'] === 'differences' });
  different.addEventListener('change', () => update({ only: different.checked ? 'differences' : undefined }));
  const choice = (name: string, label: string, options: readonly (readonly [string, string])[]) =>
    choiceField({ name, label, options }, chosen, update);
  const shown = new Set(shownPlatforms(data, chosen));
  const boxes = data.platforms.map(({ name }, place) => {
    const box = h('input', { type: 'checkbox', checked: shown.has(place) });
    box.addEventListener('change', () => {
      const names = data.platforms.flatMap((one, index) => (boxes[index]?.box.checked === true ? [one.name] : []));
      const all = names.length === data.platforms.length || names.length === 0;
      update({ platforms: all ? undefined : names.join(BETWEEN_NAMES) });
    });
    return { box, item: h('li', {}, h('label', {}, box, ' ', platformTitle(data, name))) };
  });
  return h(
    'div',
    { class: 'filters', role: 'search', 'aria-label': 'Experiments' },
    h('div', { class: 'field grow' }, h('label', { for: 'q' }, 'Search'), search),
    choice(
      'subject',
      'Subject',
      subjectsOf(data).map(({ id, title }) => [id, title]),
    ),
    choice(
      'protocol',
      'Protocol',
      protocolsOf(data).map((protocol) => [protocol, protocol.toUpperCase()]),
    ),
    h(
      'details',
      { class: 'field platforms' },
      h('summary', {}, 'Platforms'),
      h(
        'ul',
        {},
        boxes.map(({ item }) => item),
      ),
    ),
    h('div', { class: 'field check' }, different, h('label', { for: 'different' }, 'only differences')),
  );
}
