import { Help, type Argument, type Command, type Option } from 'commander';
import { EXIT_CODES, UserError } from './exit.ts';
import { wrap } from '../text/wrap.ts';
import { unknown } from '../text/unknown.ts';
import { commandNames, pathOf } from './usage.ts';

/** Lines longer than this are hard to read, however wide the terminal; and the narrowest that is written for. */
const WIDEST = 100;
const NARROWEST = 40;
/** Where what is said of a thing begins, at the most; it stands below a longer name. */
const COLUMN = 26;

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** Gives a command examples, as they are typed. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  EXAMPLES.set(command, examples);
  return command;
}

/** The examples of a command. */
export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES.get(command) ?? [];
}

/** The help of commands: names on the left, on the right what they are, and no line broken within a word. */
export class CommandHelp extends Help {
  override formatHelp(command: Command, helper: Help): string {
    const width = Math.min(Math.max(helper.helpWidth ?? 80, NARROWEST), WIDEST);
    const options = helper.visibleOptions(command);
    const commands = helper.visibleCommands(command);
    const parts = [
      `Usage: ${pathOf(command)} ${command.usage()}`,
      wrap(sentence(command.description()), width).join('\n'),
      section('Arguments', helper.visibleArguments(command).map(argumentRow), width),
      section('Commands', commands.map(commandRow), width),
      section('Options', options.map(optionRow), width),
      section('Examples', examplesOf(command), width),
      command.parent === null ? section('Exit codes', Object.entries(EXIT_CODES), width) : '',
      command.parent === null
        ? wrap("'bindspec help <command>' shows the options of a command.", width).join('\n')
        : '',
    ];
    return `${parts.filter(Boolean).join('\n\n')}\n`;
  }
}

type Row = string | readonly [string, string];

function section(title: string, rows: readonly Row[], width: number): string {
  if (rows.length === 0) return '';
  const names = rows.flatMap((row) => (typeof row === 'string' ? [] : [row[0].length]));
  const column = Math.min(Math.max(...names, 0) + 4, COLUMN);
  return [`${title}:`, ...rows.flatMap((row) => rowLines(row, column, width))].join('\n');
}

/** A line as it is, or a name with what it is beside it, or below it where the name is long. */
function rowLines(row: Row, column: number, width: number): string[] {
  if (typeof row === 'string') return [`  ${row}`];
  const [name, text] = row;
  const [first = '', ...others] = wrap(text, width - column);
  const below = others.map((line) => ' '.repeat(column) + line);
  return name.length + 4 > column
    ? [`  ${name}`, ' '.repeat(column) + first, ...below]
    : [`  ${name.padEnd(column - 2)}${first}`, ...below];
}

function argumentRow(argument: Argument): Row {
  return [`${argument.name()}${argument.variadic ? '...' : ''}`, argument.description];
}

function commandRow(command: Command): Row {
  return [command.name(), command.summary() || command.description()];
}

function optionRow({ flags, description, argChoices, defaultValue }: Option): Row {
  const value: unknown = defaultValue;
  const otherwise = typeof value === 'string' || typeof value === 'number' ? `default: ${value}` : '';
  const choices = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`;
  return [flags, `${description}${choices}${otherwise === '' ? '' : ` (${otherwise})`}`];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** Prints the help of the command that some words name. @throws UserError for a word that names none. */
export function helpOf(words: readonly string[], bindspec: Command): void {
  let command = bindspec;
  for (const word of words) {
    const found = command.commands.find((one) => one.name() === word);
    if (found === undefined) {
      throw new UserError(unknown('command', word, commandNames(command), `see '${pathOf(command)} --help'`));
    }
    command = found;
  }
  command.outputHelp();
}
