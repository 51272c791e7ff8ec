#!/usr/bin/env node
import process from 'node:process';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { DoctorOptions } from './doctor.ts';
import { EXIT, UserError } from './exit.ts';
import type { ListOptions } from './list.ts';
import type { MatrixOptions } from './matrix.ts';
import type { RunOptions } from './run.ts';
import type { ShowOptions } from './show.ts';
import { version } from './version.ts';

/** A whole number within bounds, for an option. */
function number(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

const format = () => new Option('--format <format>', 'how to print').choices(['pretty', 'json']).default('pretty');
const reports = () => new Option('--reports <folder>', 'where the reports of each platform are').default('reports');

function program(): Command {
  const bindspec = new Command('bindspec')
    .description('The conformance suite for what operating systems really do when a program binds a socket.')
    .version(version())
    .showHelpAfterError("(run 'bindspec --help' for what there is)")
    .addHelpText(
      'after',
      `\nExit codes: 0 as expected; 1 failed, or known and no longer so; 2 wrong usage; 3 error of the harness; 130 interrupted.`,
    );

  bindspec
    .command('run')
    .description('run experiments and write their reports')
    .argument('[selectors...]', 'the beginning of an id, a glob, a tag or a claim; everything without')
    .addOption(new Option('--lab <lab>', 'where to run').choices(['auto', 'netns', 'host']).default('auto'))
    .option('--jobs <number>', 'how many cells at a time', number(1, 64))
    .option('--patience <ms>', 'how long to wait for what may never come', number(50, 60_000), 500)
    .option('--fresh', 'start new agents for each cell instead of keeping them', false)
    .addOption(reports())
    .option('--known <file>', 'a list of known deviations')
    .option('--fail-fast', 'stop at the first failure', false)
    .addOption(format())
    .action(async (selectors: string[], options: RunOptions) => {
      process.exitCode = await (await import('./run.ts')).runCommand(selectors, options);
    });

  bindspec
    .command('matrix')
    .description('bind every pair of sockets, and hold what the kernel answers against the model of this system')
    .option('--protocol <list>', 'udp, tcp')
    .option('--state <list>', 'of the first: bound, listening, connected, accepted, close-wait, time-wait')
    .option('--uid <list>', 'the owner of the second: same, different')
    .option('--devices <list>', 'the interfaces of the two, such as none/none or lo/eth0')
    .option('--first <sockets>', "first sockets, such as '0.0.0.0 A' or ':: dual'")
    .option('--second <sockets>', 'second sockets')
    .option('--model <system>', 'the model to hold it against, instead of that of this system')
    .option('--table', 'print tables, first by second', false)
    .option('--against <system>', 'mark in the tables where that system differs')
    .option('--last', 'run nothing: take the last record', false)
    .option('--record <file>', 'run nothing: take this record')
    .addOption(new Option('--lab <lab>', 'where to run').choices(['auto', 'netns', 'host']).default('auto'))
    .option('--jobs <number>', 'how many labs at a time', number(1, 16))
    .addOption(reports())
    .addOption(format())
    .action(async (options: MatrixOptions) => {
      process.exitCode = await (await import('./matrix.ts')).matrixCommand(options);
    });

  bindspec
    .command('list')
    .description('list experiments without running them')
    .argument('[selectors...]', 'as for run')
    .option('--cells', 'list every cell', false)
    .addOption(format())
    .action(async (selectors: string[], options: ListOptions) => {
      await (await import('./list.ts')).listCommand(selectors, options);
    });

  bindspec
    .command('show')
    .description('show an experiment: its question, sources, expectations, and what was recorded last')
    .argument('<id>', 'the id of an experiment or of one of its cells')
    .addOption(reports())
    .addOption(format())
    .action(async (id: string, options: ShowOptions) => {
      await (await import('./show.ts')).showCommand(id, options);
    });

  bindspec
    .command('doctor')
    .description('tell what this machine offers, and what would enable the rest')
    .addOption(format())
    .action(async (options: DoctorOptions) => {
      await (await import('./doctor.ts')).doctorCommand(options);
    });

  return bindspec;
}

/** A reader that has seen enough, such as `head`, is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.expected);
  throw error;
});

try {
  const bindspec = program();
  for (const command of [bindspec, ...bindspec.commands]) command.exitOverride();
  await bindspec.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message already.
    process.exitCode = error.exitCode === 0 ? EXIT.expected : EXIT.usage;
  } else if (error instanceof UserError) {
    process.stderr.write(`bindspec: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    // Only a mistake in bindspec itself gets here.
    process.stderr.write(`bindspec: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`);
    if (process.env['BINDSPEC_DEBUG'] !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = EXIT.harness;
  }
}
