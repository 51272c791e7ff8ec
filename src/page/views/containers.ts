import type { PageData } from '../../report/page/data.ts';
import { fill, h } from '../h.ts';
import type { Chosen } from '../chosen.ts';
import { chooseHere } from '../place.ts';
import { unpack } from '../unpack.ts';
import type { View } from '../view.ts';
import { configurationView, type Looked } from './containers/configuration.ts';
import { engineAnswers, enginesFolded, findingTable } from './containers/findings.ts';

/** What container engines' networks do to a bind: what is exposed, at the top, and who reaches what. */
export const containers: View = {
  id: 'containers',
  title: 'Containers',
  async mount(root, { chosen: first }, data) {
    const grids = h('div', { class: 'detail' });
    fill(
      root,
      h('h1', {}, 'Container networks'),
      h(
        'p',
        { class: 'lead' },
        'What an engine does with a server in a container: who can reach its port, depending on where it is published and what the server binds. Each configuration had its own engine, hosts and networks.',
      ),
      h('h2', {}, 'Servers that can be reached but should not be'),
      engineAnswers(data.engines),
      findingTable(data.engines),
      h('h2', {}, 'Each engine'),
      enginesFolded(data.engines),
      grids,
    );
    await showGrids(grids, data, first);
  },
};

/** A configuration of an engine, as it is named in the address. */
const SEPARATOR = ' ';

async function showGrids(root: HTMLElement, data: PageData, first: Chosen): Promise<void> {
  const records = await Promise.all(data.engines.map(({ record }) => unpack(record)));
  const all = data.engines.flatMap(({ name, engine, version }, place): (Looked & { key: string })[] =>
    (records[place]?.configurations ?? []).flatMap((configuration) =>
      configuration.rows.length === 0
        ? []
        : [
            {
              key: `${name}${SEPARATOR}${configuration.id}`,
              engine: `${engine} ${version}`,
              name,
              configuration,
              security: (records[place]?.security ?? []).filter((one) => one.configuration === configuration.id),
            },
          ],
    ),
  );
  const [begin] = all;
  if (begin === undefined) return;
  const draw = (chosen: Chosen, focus?: string) => {
    const one = all.find(({ key }) => key === chosen['configuration']) ?? begin;
    const other = all.find(({ key }) => key === chosen['beside']);
    const select = (name: 'configuration' | 'beside', label: string, value: string, none?: string) => {
      const element = h(
        'select',
        { id: name },
        none !== undefined && h('option', { value: '' }, none),
        data.engines.map((engine) =>
          h(
            'optgroup',
            { label: engine.name },
            all
              .filter((looked) => looked.name === engine.name)
              .map(({ key, configuration }) =>
                h('option', { value: key, selected: key === value }, `${configuration.id}, ${engine.version}`),
              ),
          ),
        ),
      );
      element.addEventListener('change', () => {
        const next = { ...chosen, [name]: element.value };
        chooseHere({ configuration: next['configuration'], beside: next['beside'] });
        draw(next, name);
      });
      return h('div', { class: 'field' }, h('label', { for: name }, label), element);
    };
    fill(
      root,
      h('h2', { id: 'reach' }, 'Who can reach what'),
      h(
        'div',
        { class: 'filters', role: 'group', 'aria-label': 'Configurations' },
        select('configuration', 'Configuration', one.key),
        select('beside', 'Compared with', other?.key ?? '', 'none'),
      ),
      configurationView(one, other),
    );
    if (focus !== undefined) root.querySelector<HTMLElement>(`#${focus}`)?.focus();
  };
  draw(first);
  if (first['configuration'] !== undefined) root.querySelector('h2')?.scrollIntoView();
}
