import { faultsOf } from '../../program/expected.ts';
import { services, socketInWords } from '../../program/sockets.ts';
import type { ProgramRecord, ProgramSocket } from '../../record/program.ts';
import { code, section, table, text } from '../markup.ts';

/** What was found of a program as a page: what is worth knowing, its sockets, who reaches it, and what could not be done. */
export function programMarkdown(record: ProgramRecord): string {
  const { program, observation, says, cannot, against, complete } = record;
  const { first, reach = [] } = observation;
  const own = services(first.sockets);
  const others = first.sockets.filter((socket) => !own.includes(socket));
  const wrong = against === undefined ? [] : faultsOf(against).map((fault) => `- ${text(fault)}`);
  const parts = [
    `# What ${text(program.name)} binds`,
    `${code(program.command.join(' '))}, started as ${text(program.user)}, with its input: ${program.stdin}.`,
    ...(complete ? [] : ['> **Not complete:** it was interrupted.']),
    ...(against === undefined ? [] : [`${text(against.what)}: ${wrong.length === 0 ? 'yes' : 'no'}`]),
    ...(wrong.length === 0 ? [] : [wrong.join('\n')]),
    says.map((sentence) => `- ${text(sentence)}`).join('\n'),
    ...section('Sockets', own.length === 0 ? [] : [socketTable(own)]),
    ...section('Other sockets', others.length === 0 ? [] : [socketTable(others)]),
    ...section(
      'Who reaches it',
      reach.length === 0
        ? []
        : [
            table(
              ['Port', 'From', 'To', 'Reached', 'Served'],
              reach.map(({ protocol, port, from, to, reached, served = '' }) => [
                `${protocol} ${port}`,
                from,
                text(to),
                reached,
                served,
              ]),
            ),
          ],
    ),
    ...section('Not done', cannot.length === 0 ? [] : [cannot.map((one) => `- ${text(one)}`).join('\n')]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function socketTable(sockets: readonly ProgramSocket[]): string {
  return table(
    ['Socket', 'Reaches as far as', 'Role', 'Processes', 'Users', 'Options'],
    sockets.map((socket) => {
      const { scope, role, processes, users, options, count } = socket;
      const shown = Object.entries(options ?? {}).map(([name, value]) => (value === 1 ? name : `${name}=${value}`));
      return [
        `${code(socketInWords(socket))}${count > 1 ? ` ×${count}` : ''}`,
        scope,
        role,
        text(processes.join(', ')),
        text(users.join(', ')),
        text(shown.join(', ')),
      ];
    }),
  );
}
