import process from 'node:process';
import { Command, Option } from 'commander';
import { SYSTEMS } from '../experiment/experiment.ts';
import type { ContainersOptions } from './containers.ts';
import type { DiffOptions } from './diff.ts';
import type { DoctorOptions } from './doctor.ts';
import type { ExplainOptions } from './explain.ts';
import type { ExploreOptions } from './explore.ts';
import { CommandHelp, helpOf, withExamples } from './help.ts';
import { interfaceOption, labOption } from './lab-option.ts';
import type { ListOptions } from './list.ts';
import type { MatrixOptions } from './matrix.ts';
import { number, oneOf, system } from './option-values.ts';
import type { PortOptions } from './port.ts';
import type { ProgramsOptions } from './programs.ts';
import type { ProgramOptions } from './program-command.ts';
import type { ReportOptions } from './report.ts';
import { REPORTS } from './reports-default.ts';
import type { RunOptions } from './run.ts';
import type { ShowOptions } from './show.ts';
import type { PrepareOptions } from './stack.ts';
import type { VerifyOptions } from './verify.ts';

const several = (flags: string, description: string) =>
  new Option(flags, description).argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
const format = (...more: readonly string[]) =>
  oneOf(new Option('--format <format>', 'how to print'), ['pretty', 'json', ...more]).default('pretty');
const stack = () => new Option('--stack <name>', "run in another network stack, for example gvisor; see 'stack list'");
const noAnnotations = () =>
  new Option('--no-annotations', 'in GitHub Actions, print no annotations and no step summary');
const reports = () => new Option('--reports <folder>', 'where the reports of each platform are').default(REPORTS);
const jobs = (most: number, what: string) =>
  new Option('--jobs <number>', `how many ${what} at a time`).argParser(number('--jobs', 1, most));
const patience = (without: string) =>
  new Option('--patience <ms>', `how long to wait for a reply before recording silence, in ms${without}`).argParser(
    number('--patience', 50, 60_000),
  );
const known = () => new Option('--known <file>', 'a list of known deviations, which do not fail the run');
const model = () => new Option('--model <system>', "the model to compare with, instead of this system's");

/** The command line of a version of bindspec: every command with its arguments and options, and what it calls. */
export function program(version: string): Command {
  const bindspec = new Program('bindspec');
  bindspec
    .description('What operating systems really do when a program binds a socket')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false);
  withExamples(bindspec, [
    "bindspec explain 'tcp 0.0.0.0:80' 'tcp 127.0.0.1:80'",
    'bindspec run',
    'bindspec verify web',
  ]);
  const add = [
    explain,
    port,
    run,
    verify,
    aProgram,
    doctor,
    list,
    show,
    report,
    diff,
    matrix,
    explore,
    containers,
    programs,
    stacks,
    help,
  ];
  for (const one of add) one(bindspec);
  return bindspec;
}

/** A command whose help, and that of its commands, is ours. */
class Program extends Command {
  override createCommand(name?: string): Command {
    return new Program(name).helpOption('-h, --help', 'print this');
  }

  override createHelp(): CommandHelp {
    return Object.assign(new CommandHelp(), this.configureHelp());
  }
}

function explain(bindspec: Command): void {
  const command = bindspec
    .command('explain')
    .summary('say what each system does when sockets share a port, and why')
    .description('say what each system does with the last of several sockets, why, and what would help')
    .argument(
      '[texts...]',
      "the sockets in bind order, for example 'udp 127.0.0.1:53', lines of ss, lsof or netstat, an error message, or - for standard input",
    )
    .option('--system <names>', 'these systems only, separated by commas')
    .option('--kernel <version>', 'the version of the Linux kernel, for example 6.1.0; the newest by default')
    .addOption(several('--release <releases>', 'releases of systems, for example freebsd=14.3,darwin=15.4'))
    .addOption(
      several('--setting <setting>', 'a setting of the machine, for example bindv6only=1; can be given several times'),
    )
    .option('--to <address>', 'say who receives what is sent to this address')
    .option('--from <address>', 'say who receives what this address sends, for example 192.0.2.9 or 192.0.2.9:4000')
    .option('--why', 'print the rule of each system, its source, and how it is known', false)
    .option('--here', 'bind the sockets on this machine too, with a process for each', false)
    .addOption(labOption('where --here binds them').default('auto'))
    .addOption(interfaceOption())
    .addOption(format())
    .action(async (texts: string[], options: ExplainOptions) => {
      process.exitCode = await (await import('./explain.ts')).explainCommand(texts, options);
    });
  withExamples(command, [
    "bindspec explain 'tcp 0.0.0.0:80' 'tcp 127.0.0.1:80'",
    "bindspec explain ':8080' '[::]:8080 reuseaddr' --system linux,macos",
    "bindspec explain 'Error: listen EADDRINUSE: address already in use :::3000'",
    'ss -lntp | bindspec explain - 127.0.0.1:8080',
  ]);
}

function port(bindspec: Command): void {
  const command = bindspec
    .command('port')
    .summary('say who has a port here, and what another socket would get')
    .description(
      'say who has a port of this machine, what a new socket would get on each address, and who receives what is sent ' +
        'there; changes nothing, and sends nothing unless --probe is given',
    )
    .argument(
      '[ports...]',
      "ports or names of services, 'tcp' or 'udp' before those of one protocol, for example udp 53",
    )
    .option('--with <options>', 'the options of the new socket, for example reuseaddr,reuseport, or none')
    .option('--probe', 'connect to it on loopback, for UDP send it one byte, and say who has the connection', false)
    .addOption(format())
    .action(async (words: string[], options: PortOptions) => {
      process.exitCode = await (await import('./port.ts')).portCommand(words, options);
    });
  withExamples(command, ['bindspec port 3000', 'bindspec port udp 53', 'bindspec port http https --probe']);
}

function run(bindspec: Command): void {
  const command = bindspec
    .command('run')
    .description('run experiments and write their reports')
    .argument('[selectors...]', 'the beginning of an id, a glob, a tag or a claim; by default every experiment')
    .addOption(labOption().default('auto'))
    .addOption(interfaceOption())
    .addOption(stack())
    .addOption(reports())
    .option('--no-reports', 'write no reports')
    .addOption(known())
    .option('--fail-fast', 'stop at the first failure', false)
    .addOption(jobs(64, 'cells'))
    .addOption(patience(' (default: 300)'))
    .option('--fresh', 'start new agents for each cell instead of keeping them', false)
    .addOption(noAnnotations())
    .addOption(format('ctrf'))
    .action(async (selectors: string[], options: RunOptions, self: Command) => {
      const { plannedRun, runCommand } = await import('./run.ts');
      process.exitCode = await inStack(
        self,
        () => runCommand(selectors, options),
        () => plannedRun(selectors, options),
      );
    });
  withExamples(command, [
    'bindspec run',
    "bindspec run conflict '**/protocol:udp/*'",
    'bindspec run reach --lab netns --known known.txt',
  ]);
}

function verify(bindspec: Command): void {
  const command = bindspec
    .command('verify')
    .summary('inspect running containers: what listens, what answers')
    .description('inspect running containers without changing them: what listens, what is published, what answers')
    .argument('[containers...]', 'names or ids of containers of podman or docker')
    .option('--all', 'instead: every container that runs')
    .option('--project <name>', 'instead: the containers of a compose project')
    .option('--pod <name>', 'instead: the containers of a pod of podman')
    .addOption(
      new Option('--pid <number>', 'instead: the network of this process').argParser(number('--pid', 1, 0x7fff_ffff)),
    )
    .option('--netns <file>', 'instead: this network namespace, for example /run/netns/blue')
    .option('--engine <name>', "the containers' engine: podman, docker, or with its socket docker=SOCKET")
    .option('--since <file>', 'say what changed since this file was written, by verify --format json of the same')
    .option('--udp', 'send empty datagrams to UDP ports as well', false)
    .option('--neighbour', 'connect from another machine too: a network namespace made for this (needs root)', false)
    .addOption(patience('').default(300))
    .addOption(format())
    .action(async (named: string[], options: VerifyOptions) => {
      process.exitCode = await (await import('./verify.ts')).verifyCommand(named, options);
    });
  withExamples(command, [
    'bindspec verify web',
    'bindspec verify --all --neighbour',
    'bindspec verify --project shop --since before.json',
  ]);
}

function aProgram(bindspec: Command): void {
  const command = bindspec
    .command('program')
    .summary('start a program in a lab: what it binds, and who reaches it')
    .description(
      'start a program in namespaces of its own: what it binds, who reaches it, what a second one gets, whether it starts again',
    )
    .usage('[options] -- COMMAND [ARG...]')
    .argument('[command...]', 'the program and its arguments, after --; {address} stands for an address of the LAN')
    .option('--unit <name>', 'instead: what this unit of systemd starts, for example nginx.service, or a file')
    .option('--ask <questions>', 'these only: sockets, reach, second, restart, ipv6-off, taken, late')
    .addOption(
      oneOf(new Option('--only <place>', 'exit code 1 if it is reached from elsewhere, or is not'), [
        'loopback',
        'lan',
      ]),
    )
    .option(
      '--expect <file>',
      "exit code 1 if its sockets are others than in this list, for example 'tcp 127.0.0.1:80'",
    )
    .option('--user <name>', 'start it as this user (needs root)')
    .addOption(several('--env <variable>', 'NAME=VALUE, or a name; can be given several times').default([]))
    .option('--cwd <folder>', 'start it in this folder')
    .addOption(oneOf(new Option('--stdin <input>', 'its input (default: terminal)'), ['terminal', 'none', 'open']))
    .addOption(
      several('--prepare <line>', 'a line of shell to run before it, on its own copy of the files').default([]),
    )
    .addOption(
      new Option('--limit <seconds>', 'how long it may take to open a socket (default: 25)').argParser(
        number('--limit', 1, 600),
      ),
    )
    .addOption(
      new Option('--settle <seconds>', 'how long its sockets must stay the same (default: 1.2)').argParser(
        number('--settle', 1, 600),
      ),
    )
    .addOption(jobs(16, 'starts'))
    .option('--reports <folder>', 'write program.json, junit.xml and report.md there')
    .addOption(format())
    .action(async (words: string[], options: ProgramOptions) => {
      process.exitCode = await (await import('./program-command.ts')).programCommand(words, options);
    });
  withExamples(command, [
    'bindspec program -- python3 -m http.server 8000',
    'bindspec program --only loopback --ask reach -- npx vite',
    'bindspec program --unit nginx.service --expect sockets.txt',
    'bindspec program --ask late -- python3 -m http.server --bind {address}',
  ]);
}

function doctor(bindspec: Command): void {
  const command = bindspec
    .command('doctor')
    .description('show what can run on this machine, and what would enable the rest')
    .addOption(labOption('check this lab only'))
    .addOption(interfaceOption())
    .addOption(format())
    .action(async (options: DoctorOptions) => {
      await (await import('./doctor.ts')).doctorCommand(options);
    });
  withExamples(command, ['bindspec doctor', 'bindspec doctor --lab lab.json']);
}

function list(bindspec: Command): void {
  const command = bindspec
    .command('list')
    .description('list experiments without running them')
    .argument('[selectors...]', "as for 'run'")
    .option('--cells', 'list every cell', false)
    .addOption(format())
    .action(async (selectors: string[], options: ListOptions) => {
      await (await import('./list.ts')).listCommand(selectors, options);
    });
  withExamples(command, ['bindspec list', 'bindspec list conflict/reuse --cells']);
}

function show(bindspec: Command): void {
  const command = bindspec
    .command('show')
    .summary('show an experiment: its question, and what is expected')
    .description('show an experiment: its question, what is expected, and what was recorded last')
    .argument('<id>', 'the id of an experiment or of one of its cells')
    .option('--all', 'show every expectation with its sources, and every recorded cell', false)
    .addOption(reports())
    .addOption(format())
    .action(async (id: string, options: ShowOptions) => {
      await (await import('./show.ts')).showCommand(id, options);
    });
  withExamples(command, ['bindspec show conflict/reuse', 'bindspec show conflict/reuse --all']);
}

function report(bindspec: Command): void {
  const command = bindspec
    .command('report')
    .summary('compare platforms: make one page of their records')
    .description('compare platforms: merge the records of their runs, matrices and containers into one page')
    .argument('[records...]', 'record.json, matrix.json and containers.json files, or folders that contain some', [
      REPORTS,
    ])
    .option('-o, --output <folder>', 'where index.html, MATRIX.md, matrix.json and badges go', REPORTS)
    .option('--questions <place>', 'folder or address of the pages that MATRIX.md links to, for example docs/questions')
    .addOption(format())
    .action(async (records: string[], options: ReportOptions) => {
      await (await import('./report.ts')).reportCommand(records, options);
    });
  withExamples(command, ['bindspec report', 'bindspec report linux/record.json mac/record.json -o page']);
}

function diff(bindspec: Command): void {
  const command = bindspec
    .command('diff')
    .summary('show what changed between two records')
    .description('show what changed between two records of the same kind; the exit code is 1 if outcomes differ')
    .argument('<before>', 'a record.json, matrix.json or containers.json, or a folder that contains some')
    .argument('<after>', 'the record to compare it with')
    .addOption(format('markdown'))
    .action(async (before: string, after: string, options: DiffOptions) => {
      process.exitCode = await (await import('./diff.ts')).diffCommand(before, after, options);
    });
  withExamples(command, ['bindspec diff before/record.json after/record.json']);
}

function matrix(bindspec: Command): void {
  const command = bindspec
    .command('matrix')
    .summary('compare every pair and triple of sockets with the model')
    .description(
      'bind every pair of sockets, or every ordered set of three, and compare what the kernel answers with the model of this system',
    )
    .option('--triples', 'sets of three sockets instead of pairs', false)
    .option('--receivers', 'send probes to every pair that can be bound, and find who receives', false)
    .option('--singles', 'sockets alone instead of pairs', false)
    .option('--protocol <list>', 'udp, tcp')
    .option(
      '--state <list>',
      'of the first: bound, listening, connected, accepted, close-wait, time-wait; with --triples of the first two and with --receivers of both, for example listening/bound',
    )
    .option(
      '--uid <list>',
      "the owner of the second: same, different; with --triples whose is another user's: same, third, second, first",
    )
    .option('--devices <list>', 'the interfaces of the two, such as none/none or lo/eth0')
    .option('--first <sockets>', "first sockets, for example '0.0.0.0 A' or ':: dual'")
    .option('--second <sockets>', 'second sockets')
    .option('--third <sockets>', 'third sockets, with --triples')
    .option('--table', 'print tables, first by second', false)
    .addOption(new Option('--against <system>', 'mark in the tables where that system differs').argParser(system))
    .option('--last', 'run nothing: use the last record', false)
    .option('--record <path>', 'run nothing: use this record, or the one in this folder')
    .addOption(model().argParser(system))
    .addOption(labOption().default('auto'))
    .addOption(interfaceOption())
    .addOption(stack())
    .addOption(reports())
    .option('--no-reports', 'write no record')
    .addOption(jobs(16, 'labs'))
    .addOption(noAnnotations())
    .addOption(format())
    .action(async (options: MatrixOptions, self: Command) => {
      const { checkMatrix, matrixCommand } = await import('./matrix.ts');
      const matrixHere = () => matrixCommand(options);
      const runsNothing = options.last || options.record !== undefined;
      process.exitCode = await (runsNothing ? matrixHere() : inStack(self, matrixHere, () => checkMatrix(options)));
    });
  withExamples(command, [
    'bindspec matrix',
    'bindspec matrix --protocol tcp --state listening --table',
    'bindspec matrix --triples --protocol udp',
    'bindspec matrix --receivers',
    'bindspec matrix --last --table --against windows',
  ]);
}

function explore(bindspec: Command): void {
  const command = bindspec
    .command('explore')
    .summary('play random sequences of calls, and compare with the model')
    .description('play random sequences of operations on one port, and compare the system with a model')
    .addOption(oneOf(new Option('--protocol <protocol>', 'what to play'), ['udp', 'tcp', 'both']).default('both'))
    .addOption(limit('--sequences', 'how many sequences of each protocol (default: 20000)', 1_000_000_000))
    .addOption(limit('--operations', 'how many operations of each protocol, instead', 1_000_000_000))
    .addOption(limit('--seconds', 'how long for each protocol, instead', 1_000_000))
    .addOption(
      new Option('--seed <number>', 'play the sequences of this seed again').argParser(
        number('--seed', 0, 0x7fff_ffff),
      ),
    )
    .option('--receivers', 'play sets of sockets, and ask after each step who receives at every address')
    .option('--replay <sequence>', "play one sequence, for example 'udp: bind s1 0.0.0.0; bind s2 127.0.0.1'")
    .addOption(
      new Option('--mismatches <number>', 'how many kinds of mismatch to shrink and show')
        .argParser(number('--mismatches', 1, 100))
        .default(3),
    )
    .addOption(model().choices(SYSTEMS).argParser(system))
    .addOption(labOption().default('auto'))
    .addOption(interfaceOption())
    .addOption(stack())
    .addOption(reports())
    .option('--no-reports', 'write no report')
    .addOption(jobs(64, 'labs'))
    .addOption(format())
    .action(async (options: ExploreOptions, self: Command) => {
      const { plannedExploration, exploreCommand } = await import('./explore.ts');
      process.exitCode = await inStack(
        self,
        () => exploreCommand(options),
        async () => plannedExploration(options),
      );
    });
  withExamples(command, [
    'bindspec explore --seconds 60',
    'bindspec explore --receivers --sequences 20000',
    "bindspec explore --replay 'udp: bind s1 0.0.0.0; bind s2 127.0.0.1'",
  ]);
}

function limit(long: string, description: string, most: number): Option {
  return new Option(`${long} <number>`, description).argParser(number(long, 1, most));
}

function programs(bindspec: Command): void {
  const command = bindspec
    .command('programs')
    .summary('what well-known servers bind, against what their documents say')
    .description(
      'fetch well-known servers into layers of their own, start them in namespaces, and compare what they bind with what their documents say',
    )
    .argument('[names...]', 'programs or groups of them, or globs; by default all of the table')
    .option('--list', 'only list the programs', false)
    .option('--fetch', 'only fetch their packages into the cache folder', false)
    .option('--ask <questions>', 'only these, separated by commas: reach, second, restart, ipv6-off, taken, late')
    .addOption(jobs(16, 'programs').default(1))
    .addOption(reports())
    .option('--no-reports', 'write no records')
    .option(
      '--against <folder>',
      'compare with the records in this folder of reports, instead of those that are replaced',
    )
    .addOption(format())
    .action(async (names: string[], options: ProgramsOptions) => {
      process.exitCode = await (await import('./programs.ts')).programsCommand(names, options);
    });
  withExamples(command, ['bindspec programs --list', 'bindspec programs nginx redis --against reports']);
}

function containers(bindspec: Command): void {
  const command = bindspec
    .command('containers')
    .summary('start container engines, and show what their networks expose')
    .description(
      'start container engines in their own namespaces, and show who can reach the servers in their containers',
    )
    .argument(
      '[configurations...]',
      'the beginning of an id, for example docker/proxy, or a glob; by default every configuration',
    )
    .option('--list', 'only list the configurations', false)
    .option(
      '--engine <name>',
      'podman, docker, or from a Debian release: trixie:docker; repeat it for more',
      (name: string, all: string[]) => [...all, name],
      [],
    )
    .option('--prepare <release>', 'unpack a Debian release with its engines into the cache folder: trixie or sid')
    .addOption(reports())
    .option('--no-reports', 'write no reports, and compare with no earlier ones')
    .addOption(known())
    .addOption(jobs(16, 'configurations'))
    .addOption(noAnnotations())
    .addOption(format())
    .action(async (configurations: string[], options: ContainersOptions) => {
      process.exitCode = await (await import('./containers.ts')).containersCommand(configurations, options);
    });
  withExamples(command, ['bindspec containers --list', 'bindspec containers docker/proxy']);
}

function stacks(bindspec: Command): void {
  const all = bindspec
    .command('stack')
    .summary('other network stacks on this machine: gVisor, Wine, kernels')
    .description('other network stacks that can run on this machine')
    .usage('<command>')
    .helpCommand(false);
  withExamples(all, ['bindspec stack list']);
  const listing = all
    .command('list')
    .description('list the stacks, and what each lacks')
    .action(async () => {
      await (await import('./stack.ts')).stacksCommand();
    });
  withExamples(listing, ['bindspec stack list']);
  const preparing = all
    .command('prepare')
    .description('fetch and build what a stack needs, once')
    .argument('<name>', "a stack that 'bindspec stack list' names")
    .option('--plan', 'only show what would be fetched', false)
    .action(async (name: string, options: PrepareOptions) => {
      await (await import('./stack.ts')).prepareCommand(name, options);
    });
  withExamples(preparing, ['bindspec stack prepare kernel:6.1 --plan']);
}

function help(bindspec: Command): void {
  bindspec
    .command('help', { hidden: true })
    .description('print the help of a command')
    .argument('[command...]', 'the words of the command')
    .action((words: string[]) => helpOf(words, bindspec));
}

/** Loaded only where a stack is named; `check` looks at the command line alone. */
async function inStack(command: Command, here: () => Promise<number>, check: () => Promise<unknown>): Promise<number> {
  if (command.getOptionValue('stack') === undefined) return here();
  return (await import('./in-stack.ts')).inStack(command, here, check);
}
