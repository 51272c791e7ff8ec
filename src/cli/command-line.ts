import process from 'node:process';
import { CommanderError, type Command } from 'commander';
import { Interrupted } from '../process/interrupted.ts';
import { remedyOf } from '../process/limits.ts';
import { EXIT, UserError } from './exit.ts';
import { leaveSoon, watchInterruptions } from './interruption.ts';
import { isTerminal, print, printError, watchOutput } from './output.ts';
import { program } from './program.ts';
import { complain } from './terminal.ts';
import { usageError } from './usage.ts';
import { version } from './version.ts';

/** Does what the words of this process say, minds signals and output that can't be written, and sets the exit code. */
export async function main(): Promise<void> {
  watchOutput();
  watchInterruptions();
  process.on('uncaughtException', (error) => {
    process.exit(told(error));
  });
  process.exitCode = await commandLine(process.argv.slice(2));
  if (process.exitCode === EXIT.interrupted) leaveSoon();
}

/**
 * Does what some words say. Returns the exit code, and never throws.
 * @public
 */
export async function commandLine(words: readonly string[]): Promise<number> {
  try {
    const bindspec = program(version());
    for (const command of [bindspec, ...below(bindspec)]) {
      command
        .showSuggestionAfterError(false)
        .exitOverride((error) => {
          throw error.exitCode === 0 || error.code === 'commander.help' ? error : usageError(command, error);
        })
        .configureOutput({
          writeOut: print,
          writeErr: printError,
          outputError: () => undefined,
          getOutHelpWidth: () => (isTerminal('stdout') ? process.stdout.columns : 80),
          getOutHasColors: () => false,
        });
    }
    process.exitCode = EXIT.expected;
    await bindspec.parseAsync(words, { from: 'user' });
    return process.exitCode;
  } catch (error) {
    return told(error);
  }
}

/** The commands of a command, and theirs. */
function below({ commands }: Command): Command[] {
  return commands.flatMap((command) => [command, ...below(command)]);
}

/** Says what went wrong, on stderr. Returns the exit code. */
function told(error: unknown): number {
  // Commander has printed the help or the version that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.expected : EXIT.usage;
  if (error instanceof Interrupted) {
    complain('bindspec: interrupted before the first result, so nothing was written');
    return EXIT.interrupted;
  }
  if (error instanceof UserError) {
    for (const line of error.lines) complain(`bindspec: ${line}`);
    return error.exitCode;
  }
  // Only a limit of the system, or a mistake in bindspec itself, gets here.
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const remedy = remedyOf(words);
  complain(remedy === null ? `bindspec: ${words}` : `bindspec: ${words.replace(/^Error: /, '')}; ${remedy}`);
  if (process.env['BINDSPEC_DEBUG'] !== undefined && error instanceof Error) printError(`${error.stack}\n`);
  return EXIT.harness;
}
