import type { PageEngine } from '../../../report/page/data.ts';
import { h } from '../../h.ts';
import { entry, folded, nothing, resultTable } from './result-table.ts';

type Broken = PageEngine['broken'][number];

/** What documents promise and engines do not keep, a row for each promise; nothing where all is kept. */
export function promiseTable(kind: string, engines: readonly PageEngine[]): HTMLElement | null {
  const promises = new Map<string, Pick<Broken, 'says' | 'source'>>();
  for (const { says, source } of engines.flatMap(({ broken }) => broken)) {
    promises.set(JSON.stringify([says, source]), { says, source });
  }
  if (promises.size === 0) return null;
  const rows = [...promises.values()].map(({ says, source }) =>
    h(
      'tr',
      { class: 'claim' },
      h('th', { scope: 'row', class: 'first' }, says, h('small', { class: 'block' }, source)),
      engines.map((engine) => {
        const own = engine.broken.filter((one) => one.says === says && one.source === source);
        // Which of the promises that are kept an engine was asked about is not in the data of the page.
        if (own.length === 0) return nothing('not broken');
        return entry('deviates', '✗', 'broken', folded(own.length, own.map(brokenIn)));
      }),
    ),
  );
  return resultTable(`Promises of documents that ${kind} breaks, by version`, 'Promise', engines, rows, 'promises');
}

function brokenIn({ configuration, broken }: Broken): HTMLElement {
  return h('li', {}, h('b', {}, configuration), `: ${broken.join('; ')}`);
}
