import type { ServerRow } from '../../programs/rows.ts';
import type { PageSystems } from '../../report/page/data.ts';
import { shellWord } from '../../report/words.ts';
import { command } from '../copy.ts';
import { h, type Child } from '../h.ts';
import { hrefOf } from '../place.ts';
import { groupTitle } from './rows.ts';
import { COLUMNS, titleOf } from './table.ts';

/** All that is known of one program, and the command that starts it and looks. */
export function oneProgram(server: ServerRow, { questions }: PageSystems): Child {
  const { name, group, version } = server;
  const known = new Set(questions.map(({ id }) => id));
  return [
    h('p', { class: 'back' }, h('a', { href: hrefOf('programs') }, 'All programs')),
    h('h1', {}, `What ${name} binds`),
    h('p', { class: 'lead' }, `Version ${version}, one of the ${groupTitle(group)}.`),
    h(
      'dl',
      { class: 'program' },
      COLUMNS.map(({ title, question, cell }) => [
        h('dt', {}, titleOf(title, question, known)),
        h('dd', {}, cell(server)),
      ]),
    ),
    h('h2', {}, 'The command'),
    command(`npx bindspec programs ${shellWord(name)}`),
  ];
}
