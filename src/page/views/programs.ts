import type { ServerRow } from '../../programs/rows.ts';
import { fill, h } from '../h.ts';
import type { View } from '../view.ts';

const COLUMNS = ['Program', 'Documented', 'Observed', 'Reached by', 'Second instance', 'Restart', 'IPv6 off'];

/** What well-known programs bind, against what their documents say: contradictions first. */
export const programs: View = {
  id: 'programs',
  title: 'Programs',
  has: (data) => data.servers.length > 0,
  mount(root, _place, { servers }) {
    const contradictions = servers.filter(({ verdict }) => verdict === 'contradiction').length;
    fill(
      root,
      h('h1', {}, 'What programs bind'),
      h(
        'p',
        { class: 'lead' },
        `${servers.length} programs, started as their users start them. ${contradictions} of them bind something other than their documents say, and come first.`,
      ),
      h(
        'div',
        { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'What programs bind' },
        h(
          'table',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              COLUMNS.map((title) => h('th', { scope: 'col' }, title)),
            ),
          ),
          h('tbody', {}, servers.map(row)),
        ),
      ),
    );
  },
};

function row(server: ServerRow): HTMLElement {
  const { name, version, documented, where, observed, verdict, differences, remarks } = server;
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name, h('br'), version),
    h('td', {}, h('code', {}, documented), h('p', {}, where)),
    h(
      'td',
      {},
      h('code', {}, observed),
      h('p', {}, verdict),
      [...differences, ...remarks].map((line) => h('p', {}, line)),
    ),
    [server.reach, server.second, server.restart, server.ipv6off].map((words) => h('td', {}, words)),
  );
}
