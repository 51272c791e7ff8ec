import type { PageCell, PageData, PageExperiment, Tape } from '../../report/page/data.ts';
import { platformTitle } from '../platforms.ts';
import { sceneOf } from '../../report/page/scene.ts';
import { rerunCommand } from '../../report/failure.ts';
import { command } from '../copy.ts';
import { drawing } from '../drawing.ts';
import { fill, h } from '../h.ts';
import { hrefOf, chooseHere, type PagePlace } from '../place.ts';
import { legend } from '../legend.ts';
import { unpack } from '../unpack.ts';
import type { View } from '../view.ts';
import { cellTable } from './experiment-table.ts';
import { systemsLegend } from '../systems/legend.ts';
import { bySystem } from './experiment/by-system.ts';
import { citing } from '../cite.ts';
import { declared } from './experiment/declared.ts';
import { expected } from './experiment/expected.ts';
import { observed } from './experiment/observed.ts';
import { transcriptList } from './experiment/transcript.ts';
import { shownPlatforms } from './filters.ts';

/** One experiment: what it asks, what came of it on every platform, and what was done in each of its cells. */
export const experimentView: View = {
  id: 'experiment',
  title: 'Experiment',
  hidden: true,
  async mount(root, place, data) {
    const question = (await unpack(data.systems.details)).find(({ id }) => id === place.of);
    const found = data.experiments.find(({ id }) => id === place.of);
    if (question === undefined) throw new Error(`There is no question '${place.of}' on this page.`);
    document.title = `${question.title} - bindspec`;
    const top = [
      h('p', { class: 'back' }, h('a', { href: hrefOf('systems') }, 'All questions')),
      h('h1', {}, question.title),
      h('p', { class: 'lead' }, question.asks),
      h('p', {}, h('code', {}, question.id)),
      citing(() => `“${question.title}” (${question.id})`, data.bindspec),
      found && claimsOf(data, found),
      h('h2', {}, 'Answers by system'),
      bySystem(data, question, place.chosen['system']),
      h('details', {}, h('summary', {}, 'What the signs mean'), systemsLegend()),
    ];
    if (found === undefined) {
      fill(root, top);
      return;
    }
    const platforms = shownPlatforms(data, {});
    const detail = h('div', { class: 'detail' });
    const systems = h('div', { class: 'systems' });
    fill(
      root,
      top,
      h('h2', {}, 'What was observed on each platform'),
      h(
        'div',
        { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'Results by cell and platform' },
        cellTable(data, found, platforms),
      ),
      h('details', {}, h('summary', {}, 'What the signs mean'), legend()),
      detail,
      systems,
    );
    await showCell(detail, data, found, place);
    if (found.declared !== null) {
      fill(
        systems,
        h('h2', {}, 'What is right, by system'),
        h('p', { class: 'quiet' }, `What bindspec ${data.bindspec} expects, also on systems without a record here.`),
        declared(data, await unpack(found.declared)),
      );
    }
  },
};

/** The claims that the experiment's cells are evidence for or against. */
function claimsOf({ claims, rulings }: PageData, { cells }: PageExperiment): HTMLElement | null {
  const ids = new Set(cells.map(({ id }) => id));
  const tested = claims.filter(({ on }) =>
    on.some((ruling) => {
      const { holds = [], contradicts = [] } = rulings[ruling ?? -1] ?? {};
      return [...holds, ...contradicts].some((id) => ids.has(id));
    }),
  );
  if (tested.length === 0) return null;
  return h(
    'details',
    {},
    h('summary', {}, `Claims that it tests: ${tested.length}`),
    h(
      'ul',
      {},
      tested.map(({ id, claim }) => h('li', {}, h('a', { href: hrefOf('claims', '', { claim: id }) }, claim))),
    ),
  );
}

async function showCell(
  root: HTMLElement,
  data: PageData,
  found: PageExperiment,
  { chosen }: PagePlace,
): Promise<void> {
  const meant = data.platforms.findIndex(
    ({ name }) => name === (chosen['platform'] ?? newestOf(data, chosen['system'])),
  );
  const cell = found.cells.find(({ id }) => id === chosen['cell']) ?? found.cells[0];
  if (cell === undefined) return;
  const platform = cell.on[meant] ? meant : cell.on.findIndex((on) => on !== null);
  const tapes = await unpack(found.tapes);
  const draw = (next: PageCell, at: number) => {
    const own = tapes[found.cells.indexOf(next)] ?? [];
    const kept = own[at] ?? null;
    // Where another platform of the system did the same, its calls are there for both.
    const shown = typeof kept === 'number' ? kept : at;
    const tape = tapeAt(own, shown);
    const origin = data.platforms[shown];
    const asked = data.platforms[at];
    const scene = tape === null ? [] : sceneOf(tape.transcript);
    const picture = origin && drawing(scene, origin);
    const selects = choices(data, found, next, at, (cell_, at_) => {
      chooseHere({ cell: cell_.id, platform: data.platforms[at_]?.name });
      draw(cell_, at_);
      root.querySelector<HTMLElement>(`#${cell_ === next ? 'platform' : 'cell'}`)?.focus();
    });
    fill(
      root,
      h('h2', { id: 'one' }, 'One case'),
      selects,
      picture && h('figure', { class: 'scroll drawing', tabindex: 0, 'aria-label': 'Drawing' }, picture),
      h('h3', {}, 'Observed, by platform'),
      observed(data, next),
      h('h3', {}, 'What is right'),
      expected(data, next),
      origin && [
        h('h3', {}, `The calls on ${platformTitle(data, origin.name)}`),
        asked &&
          shown !== at &&
          h(
            'p',
            { class: 'quiet' },
            `${platformTitle(data, asked.name)} did the same; its own calls are in its record.`,
          ),
        transcriptList(tape),
        h('h3', {}, 'Run only this again'),
        command(rerunCommand(next, asked ?? origin)),
      ],
    );
  };
  draw(cell, platform);
}

/** The calls at a place where they are kept themselves. */
function tapeAt(own: readonly (Tape | number | null)[], place: number): Tape | null {
  const tape = own[place] ?? null;
  return typeof tape === 'number' ? null : tape;
}

/** The newest platform of a system, or the platform of that name. */
function newestOf({ systems }: PageData, system: string | undefined): string | undefined {
  return systems.columns.find(({ id }) => id === system)?.platforms.at(-1)?.name ?? system;
}

/** Which cell, and on which platform it is looked at. */
function choices(
  data: PageData,
  { cells }: PageExperiment,
  cell: PageCell,
  platform: number,
  changed: (cell: PageCell, platform: number) => void,
): HTMLElement {
  const which = h(
    'select',
    { id: 'cell' },
    cells.map((one, index) => h('option', { value: index, selected: one === cell }, axesInWords(one))),
  );
  const where = h(
    'select',
    { id: 'platform' },
    cell.on.map((on, place) => {
      const { name = '' } = data.platforms[place] ?? {};
      return on !== null && h('option', { value: name, selected: place === platform }, platformTitle(data, name));
    }),
  );
  which.addEventListener('change', () => {
    const next = cells[Number(which.value)] ?? cell;
    changed(next, next.on[platform] ? platform : next.on.findIndex((on) => on !== null));
  });
  where.addEventListener('change', () =>
    changed(
      cell,
      data.platforms.findIndex(({ name }) => name === where.value),
    ),
  );
  return h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': 'Case and platform' },
    h('div', { class: 'field' }, h('label', { for: 'cell' }, 'Case'), which),
    h('div', { class: 'field' }, h('label', { for: 'platform' }, 'Platform'), where),
  );
}

function axesInWords({ values }: PageCell): string {
  const words = Object.entries(values).map(([axis, value]) => `${axis} ${value}`);
  return words.join(', ') || 'the only one';
}
