#!/usr/bin/env node
import process from 'node:process';
import { CommanderError, type Command } from 'commander';
import { EXIT, UserError } from './exit.ts';
import { program } from './program.ts';
import { complain } from './terminal.ts';
import { version } from './version.ts';

/** The commands of a command, and theirs. */
function below({ commands }: Command): Command[] {
  return commands.flatMap((command) => [command, ...below(command)]);
}

/** A command as it is called, such as `bindspec stack list`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** A reader that has seen enough, such as `head`, is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.expected);
  throw error;
});

/** Does what the command line says; the exit code is set and never thrown. */
async function main(): Promise<void> {
  try {
    const bindspec = program(version());
    for (const command of below(bindspec)) {
      command.showHelpAfterError(`(run '${pathOf(command)} --help' for its arguments and options)`);
    }
    for (const command of [bindspec, ...below(bindspec)]) {
      // Every error of the command line begins in the same way.
      command.exitOverride().configureOutput({
        outputError: (text, write) => write(text.replace(/^error: /, 'bindspec: ')),
      });
    }
    await bindspec.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message already.
      process.exitCode = error.exitCode === 0 ? EXIT.expected : EXIT.usage;
    } else if (error instanceof UserError) {
      complain(`bindspec: ${error.message}`);
      process.exitCode = error.exitCode;
    } else {
      // Only a mistake in bindspec itself gets here.
      complain(`bindspec: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      if (process.env['BINDSPEC_DEBUG'] !== undefined && error instanceof Error)
        process.stderr.write(`${error.stack}\n`);
      process.exitCode = EXIT.harness;
    }
  }
}

void main();
