import type { Argument, Command, Option } from 'commander';
import { EXIT_CODES } from '../src/cli/exit.ts';
import { examplesOf } from '../src/cli/help.ts';
import { table, text } from '../src/report/markup.ts';

/** The reference of all commands, in Markdown, from what the command line says of itself. */
export function commandPage(program: Command): string {
  const commands = leaves(program);
  return [
    '# Commands',
    '',
    'Made from the command line itself by `npm run pages`. What the commands are for is in [Running](running.md) and the other',
    'guides; every one of them also tells all of this with `--help`.',
    '',
    ...commands.map(
      ({ path, command }) => `- [\`${path}\`](#${path.replaceAll(' ', '-')}): ${text(command.description())}`,
    ),
    '',
    table(['Exit code', 'Meaning'], Object.entries(EXIT_CODES)),
    '',
    ...commands.flatMap(sectionOf),
  ].join('\n');
}

interface Leaf {
  /** With the names of the commands above it. */
  path: string;
  command: Command;
}

function leaves(command: Command, above = ''): Leaf[] {
  const path = `${above}${command.name()}`;
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.filter((one) => one.name() !== 'help').flatMap((one) => leaves(one, `${path} `));
}

function sectionOf({ path, command }: Leaf): string[] {
  const options = command.options.filter((option) => !option.hidden);
  const examples = examplesOf(command);
  const parts = [
    command.registeredArguments.length > 0
      ? table(['Argument', 'What it is'], command.registeredArguments.map(argumentRow))
      : '',
    options.length > 0 ? table(['Option', 'What it does'], options.map(optionRow)) : '',
  ];
  return [
    `## ${path}`,
    '',
    sentence(command.description()),
    '',
    '```text',
    `${path} ${command.usage()}`,
    '```',
    '',
    ...(examples.length > 0 ? ['```sh', ...examples.map((one) => `npx ${one}`), '```', ''] : []),
    ...parts.flatMap((part) => (part === '' ? [] : [part, ''])),
  ];
}

function argumentRow(argument: Argument): string[] {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return [`\`${name}\``, notes(argument.description, argument.argChoices, argument.defaultValue)];
}

function optionRow(option: Option): string[] {
  return [`\`${option.flags}\``, notes(option.description, option.argChoices, option.defaultValue)];
}

function notes(description: string, choices: readonly string[] | undefined, value: unknown): string {
  const words = Array.isArray(value)
    ? value.join(' ')
    : typeof value === 'string' || typeof value === 'number'
      ? `${value}`
      : '';
  const more = [
    ...(choices === undefined ? [] : [`one of ${choices.map((one) => `\`${one}\``).join(', ')}`]),
    ...(words === '' ? [] : [`default \`${words}\``]),
  ];
  return [text(description), ...more].join('; ');
}

function sentence(description: string): string {
  const plain = text(description);
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}${plain.endsWith('.') ? '' : '.'}`;
}
