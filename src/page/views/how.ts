import { SYSTEM_COLUMNS } from '../../report/systems/order.ts';
import { command } from '../copy.ts';
import { fill, h } from '../h.ts';
import type { View } from '../view.ts';

/** How to run bindspec on a system from which there is no record. */
export const how: View = {
  id: 'how',
  title: 'How to run it',
  hidden: true,
  mount(root, { of }) {
    const column = SYSTEM_COLUMNS.find(({ id }) => id === of);
    if (column === undefined) throw new Error(`There is no system '${of}' here.`);
    const { title, how: page } = column;
    document.title = `Run bindspec on ${title} - bindspec`;
    fill(
      root,
      h('h1', {}, `Run bindspec on ${title}`),
      h(
        'p',
        { class: 'lead' },
        'Nothing on this page was observed there: its answers are from source, documents and tests. A run of yours makes them observed ones. It binds sockets on loopback and on addresses of the machine, and takes some minutes.',
      ),
      h('p', {}, 'In a clone of the project, with Node.js 20.19 or newer:'),
      command('npm ci && npx bindspec run --lab host --reports reports', 'Run'),
      h('p', {}, 'Then make this page again, with what was observed:'),
      command('npx bindspec report reports --output reports', 'Report'),
      h('p', {}, 'What may be missing there, and how to send the record, is in ', h('code', {}, `docs/${page}`), '.'),
    );
  },
};
