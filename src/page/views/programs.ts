import { counted } from '../../text/counted.ts';
import type { ServerRow } from '../../programs/rows.ts';
import { fill, h } from '../h.ts';
import { choiceField } from '../choice-field.ts';
import type { Chosen } from '../chosen.ts';
import { chooseHere, hrefOf } from '../place.ts';
import { oneProgram } from '../programs/one.ts';
import { kindsOfPrograms, groupTitle, programsFor, REACHES } from '../programs/rows.ts';
import { programTable } from '../programs/table.ts';
import type { View } from '../view.ts';

const VERDICTS: readonly ServerRow['verdict'][] = ['contradiction', 'as documented', 'not documented'];

/** What well-known programs bind, against what their documents say: contradictions first; or one program. */
export const programs: View = {
  id: 'programs',
  title: 'Programs',
  mount(root, { of, chosen: first }, { servers, systems }) {
    if (of !== '') {
      const one = servers.find(({ name }) => name === of);
      if (one === undefined) throw new Error(`There is no program '${of}' here.`);
      document.title = `${one.name} - bindspec`;
      fill(root, oneProgram(one, systems));
      return;
    }
    let chosen: Chosen = first;
    const count = h('p', { class: 'count', 'aria-live': 'polite' });
    const table = h('div', { class: 'scroll wide', tabindex: 0, role: 'region', 'aria-label': 'What programs bind' });
    const draw = () => {
      const rows = programsFor(servers, chosen);
      const wrong = rows.filter(({ verdict }) => verdict === 'contradiction').length;
      fill(
        count,
        `${rows.length} of ${counted(servers.length, 'program')}, ${wrong} of them ${wrong === 1 ? 'binds' : 'bind'} something other than documented`,
      );
      fill(
        table,
        rows.length === 0
          ? h(
              'p',
              { class: 'none' },
              'No program fits these choices. ',
              h('a', { href: hrefOf('programs') }, 'Show all'),
            )
          : programTable(rows, systems),
      );
    };
    fill(
      root,
      h('h1', {}, 'What programs bind'),
      h(
        'p',
        { class: 'lead' },
        'Well-known programs, started as their users start them. Those that bind something other than their documents say come first.',
      ),
      controls(servers, chosen, (changes) => {
        chooseHere(changes);
        chosen = { ...chosen, ...changes };
        draw();
      }),
      h('div', { class: 'above' }, count),
      table,
    );
    draw();
  },
};

function controls(servers: readonly ServerRow[], chosen: Chosen, update: (changes: Chosen) => void): HTMLElement {
  const search = h('input', { type: 'search', id: 'q', value: chosen['q'], placeholder: 'vite, 8080, reuseport …' });
  search.addEventListener('input', () => update({ q: search.value }));
  const choice = (name: string, label: string, options: readonly (readonly [string, string])[]) =>
    choiceField({ name, label, options }, chosen, update);
  return h(
    'div',
    { class: 'filters', role: 'search', 'aria-label': 'Programs' },
    h('div', { class: 'field grow' }, h('label', { for: 'q' }, 'Search'), search),
    choice('reach', 'Reached by', REACHES),
    choice(
      'group',
      'Kind',
      kindsOfPrograms(servers).map((group) => [group, groupTitle(group)]),
    ),
    choice(
      'verdict',
      'Against its documents',
      VERDICTS.map((verdict) => [verdict, verdict]),
    ),
  );
}
