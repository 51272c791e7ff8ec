import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SYSTEMS } from '../experiment/experiment.ts';
import type { ContainersOptions } from './containers.ts';
import type { DiffOptions } from './diff.ts';
import type { DoctorOptions } from './doctor.ts';
import type { ExplainOptions } from './explain.ts';
import type { ExploreOptions } from './explore.ts';
import { interfaceOption, labOption } from './lab-option.ts';
import type { ListOptions } from './list.ts';
import type { MatrixOptions } from './matrix.ts';
import type { ReportOptions } from './report.ts';
import { REPORTS } from './reports-default.ts';
import type { RunOptions } from './run.ts';
import type { ShowOptions } from './show.ts';
import type { PrepareOptions } from './stack.ts';
import type { VerifyOptions } from './verify.ts';

/** Loaded only where a stack is named; `check` looks at the command line alone. */
async function inStack(command: Command, here: () => Promise<number>, check: () => Promise<unknown>): Promise<number> {
  if (command.getOptionValue('stack') === undefined) return here();
  return (await import('./in-stack.ts')).inStack(command, here, check);
}

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
const stack = () =>
  new Option('--stack <name>', 'run it in another network stack of this machine, such as gvisor; see stack list');
const noAnnotations = () =>
  new Option('--no-annotations', 'in GitHub Actions, print no annotations and add nothing to the summary of the step');
const reports = () => new Option('--reports <folder>', 'where the reports of each platform are').default(REPORTS);

/** The command line of a version of bindspec: every command with its arguments and options, and what it calls. */
export function program(version: string): Command {
  const bindspec = new Command('bindspec')
    .description('The conformance suite for what operating systems really do when a program binds a socket.')
    .version(version)
    .showHelpAfterError("(run 'bindspec --help' for what there is)")
    .addHelpText(
      'after',
      `\nExit codes: 0 as expected; 1 failed, or known and no longer so; 2 wrong usage; 3 error of the harness; 130 interrupted.`,
    );

  bindspec
    .command('run')
    .description('run experiments and write their reports')
    .argument('[selectors...]', 'the beginning of an id, a glob, a tag or a claim; everything without')
    .addOption(labOption().default('auto'))
    .addOption(interfaceOption())
    .addOption(stack())
    .option('--jobs <number>', 'how many cells at a time', number(1, 64))
    .option('--patience <ms>', 'how long to wait for what may never come (300)', number(50, 60_000))
    .option('--fresh', 'start new agents for each cell instead of keeping them', false)
    .addOption(reports())
    .option('--no-reports', 'write no reports')
    .option('--known <file>', 'a list of known deviations')
    .option('--fail-fast', 'stop at the first failure', false)
    .addOption(noAnnotations())
    .addOption(new Option('--format <format>', 'how to print').choices(['pretty', 'json', 'ctrf']).default('pretty'))
    .action(async (selectors: string[], options: RunOptions, command: Command) => {
      process.exitCode = await inStack(
        command,
        async () => (await import('./run.ts')).runCommand(selectors, options),
        async () => (await import('./run.ts')).plannedRun(selectors, options),
      );
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
    .option('--record <path>', 'run nothing: take this record, or the one in this folder')
    .addOption(labOption().default('auto'))
    .addOption(interfaceOption())
    .addOption(stack())
    .option('--jobs <number>', 'how many labs at a time', number(1, 16))
    .addOption(reports())
    .option('--no-reports', 'write no record')
    .addOption(noAnnotations())
    .addOption(format())
    .action(async (options: MatrixOptions, command: Command) => {
      const matrix = async () => (await import('./matrix.ts')).matrixCommand(options);
      const check = async () => (await import('./matrix.ts')).checkMatrix(options);
      const runsNothing = options.last || options.record !== undefined;
      process.exitCode = await (runsNothing ? matrix() : inStack(command, matrix, check));
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
    .command('report')
    .description('compare platforms: merge the records of their runs, matrices and containers into one page')
    .argument('[records...]', 'record.json, matrix.json and containers.json files, or folders that have some', [
      REPORTS,
    ])
    .option('-o, --output <folder>', 'where index.html, MATRIX.md, matrix.json and badges go', REPORTS)
    .addOption(format())
    .action(async (records: string[], options: ReportOptions) => {
      await (await import('./report.ts')).reportCommand(records, options);
    });

  bindspec
    .command('diff')
    .description('tell what changed between two records of one kind; ends with 1 where outcomes differ')
    .argument('<before>', 'a record.json, matrix.json or containers.json, or a folder that has some')
    .argument('<after>', 'what it is compared with')
    .addOption(
      new Option('--format <format>', 'how to print').choices(['pretty', 'markdown', 'json']).default('pretty'),
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      process.exitCode = await (await import('./diff.ts')).diffCommand(before, after, options);
    });

  bindspec
    .command('doctor')
    .description('tell what this machine offers, and what would enable the rest')
    .addOption(labOption('look at this one only'))
    .addOption(interfaceOption())
    .addOption(format())
    .action(async (options: DoctorOptions) => {
      await (await import('./doctor.ts')).doctorCommand(options);
    });

  bindspec
    .command('explain')
    .description('say what every system does with the last of several sockets, why, and what would help')
    .argument('<sockets...>', "the sockets in bind order, such as 'udp 127.0.0.1:53', or lines of ss or netstat")
    .option('--system <names>', 'these systems only, separated by commas')
    .option('--kernel <version>', 'the Linux kernel that is meant, such as 6.1.0; the newest without')
    .option('--here', 'do it on this machine too, with a process for each socket', false)
    .addOption(labOption('where --here does it').default('auto'))
    .addOption(interfaceOption())
    .addOption(format())
    .action(async (sockets: string[], options: ExplainOptions) => {
      process.exitCode = await (await import('./explain.ts')).explainCommand(sockets, options);
    });

  bindspec
    .command('explore')
    .description('play random sequences of operations on one port, and hold the system against a model')
    .addOption(new Option('--protocol <protocol>', 'what to play').choices(['udp', 'tcp', 'both']).default('both'))
    .option('--sequences <number>', 'how many sequences of each protocol (20000)', number(1, 1_000_000_000))
    .option('--operations <number>', 'how many operations of each protocol, instead', number(1, 1_000_000_000))
    .option('--seconds <number>', 'how long for each protocol, instead', number(1, 1_000_000))
    .option('--seed <number>', 'play the sequences of this seed again', number(0, 0x7fff_ffff))
    .addOption(new Option('--model <system>', "whose model to ask; this system's own without").choices(SYSTEMS))
    .option('--replay <sequence>', "play one sequence, such as 'udp: bind s1 0.0.0.0; bind s2 127.0.0.1'")
    .option('--mismatches <number>', 'how many kinds of mismatch to shrink and show', number(1, 100), 3)
    .addOption(labOption().default('auto'))
    .addOption(interfaceOption())
    .addOption(stack())
    .option('--jobs <number>', 'how many labs at a time', number(1, 64))
    .addOption(reports())
    .option('--no-reports', 'write no report')
    .addOption(format())
    .action(async (options: ExploreOptions, command: Command) => {
      process.exitCode = await inStack(
        command,
        async () => (await import('./explore.ts')).exploreCommand(options),
        async () => (await import('./explore.ts')).plannedExploration(options),
      );
    });

  bindspec
    .command('containers')
    .description('start container engines in namespaces of their own, and tell what their networks do to a bind')
    .argument('[configurations...]', 'the beginning of an id such as docker/proxy, or a glob; everything without')
    .option(
      '--engine <name>',
      'podman, docker, or those of a Debian release: trixie:docker; again for more',
      (name: string, all: string[]) => [...all, name],
      [],
    )
    .option('--list', 'only list the configurations', false)
    .option('--prepare <release>', 'unpack a Debian release with its engines into the cache folder: trixie or sid')
    .option('--jobs <number>', 'how many configurations at a time', number(1, 16))
    .option('--known <file>', 'a list of known deviations')
    .addOption(reports())
    .option('--no-reports', 'write no reports, and compare with none')
    .addOption(noAnnotations())
    .addOption(format())
    .action(async (configurations: string[], options: ContainersOptions) => {
      process.exitCode = await (await import('./containers.ts')).containersCommand(configurations, options);
    });

  bindspec
    .command('verify')
    .description('look into a running container without changing it: what listens, what is published, what answers')
    .argument('[container]', 'the name or id of a container of podman or docker')
    .option('--pid <number>', 'instead: the network of this process', number(1, 0x7fff_ffff))
    .option('--netns <file>', 'instead: this network namespace, such as /run/netns/blue')
    .option('--engine <name>', 'the engine that has the container: podman, docker, or with a socket docker=SOCKET')
    .option('--udp', 'send empty datagrams to UDP ports as well', false)
    .option('--neighbour', 'try from a machine beside this host too: a network namespace made for it (root)', false)
    .option('--patience <ms>', 'how long to wait for what may never come', number(50, 60_000), 300)
    .addOption(format())
    .action(async (container: string | undefined, options: VerifyOptions) => {
      process.exitCode = await (await import('./verify.ts')).verifyCommand(container, options);
    });

  const stacks = bindspec.command('stack').description('other network stacks that can be run on this machine');
  stacks
    .command('list')
    .description('tell which there are, and what each lacks')
    .action(async () => {
      await (await import('./stack.ts')).stacksCommand();
    });
  stacks
    .command('prepare')
    .description('fetch and build what a stack needs, once')
    .argument('<name>', 'gvisor, wine')
    .option('--plan', 'only tell what would be fetched', false)
    .action(async (name: string, options: PrepareOptions) => {
      await (await import('./stack.ts')).prepareCommand(name, options);
    });

  return bindspec;
}
