import type { Command, CommanderError } from 'commander';
import { unknown } from '../text/unknown.ts';
import { UserError } from './exit.ts';

/** A command as it is called, for example `bindspec stack list`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** The names of a command's commands. */
export function commandNames(command: Command): string[] {
  return command.commands.map((one) => one.name());
}

/** What commander says is wrong with a command line, in the words of all other errors: what, and what to do. */
export function usageError(command: Command, { code, message }: CommanderError): UserError {
  const text = message.replace(/^error: /, '');
  const help = `see '${pathOf(command)} --help'`;
  const [, word = ''] = /^[^']*'([^]*)'$/.exec(text) ?? [];
  // An option may have its value with it.
  const [name = ''] = word.split('=');
  if (code === 'commander.unknownCommand') {
    return new UserError(unknown('command', word, commandNames(command), help));
  }
  if (code === 'commander.unknownOption') {
    const options = [command, ...(command.parent === null ? [] : [command.parent])].flatMap((one) =>
      one
        .createHelp()
        .visibleOptions(one)
        .flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined)),
    );
    if (options.includes(name)) return new UserError(`option '${name}' takes no value; ${help}`);
    return new UserError(unknown('option', name, options, help));
  }
  return new UserError(`${text.replace(/\.$/, '').replace('. Expected', ': expected')}; ${help}`);
}
