/**
 * Shows that nothing is left behind however a run ends: starts the suite again and again, interrupts it with SIGINT or
 * kills it with SIGKILL at a random moment, and then looks for processes that still carry its mark, and for namespaces,
 * interfaces, mounts, control groups, files, settings of the network and rules of the firewall that were not there before.
 *
 *     node dist/tools/kill-at-random.js [RUNS] [SEED] [SPAN] [-- [COMMAND] OPTIONS]
 *     node dist/tools/kill-at-random.js 50 1 8000 -- program -- node server.js
 *
 * SPAN is about how long the command takes, in milliseconds; the moments are spread over it. The command is `run`
 * unless the first word after `--` is another.
 */
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UNFINISHED } from '../src/cli/reports-folder.ts';

const CLI = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const MARK = 'BINDSPEC_KILL_AT_RANDOM';
/** How long the kernel may take to end the processes of a namespace, in milliseconds. */
const SETTLE = 5000;

const [numbers = [], words = []] = splitAt(process.argv.slice(2), '--');
const [runs = 100, seed = Date.now() % 100_000, span = 4000] = numbers.map(Number);
const [killed = 'run', ...options] = words[0]?.startsWith('-') === true ? ['run', ...words] : words;

/** A program's record is only written where it is asked for. */
const reportsOption = (reports: string) => (killed === 'program' ? [] : ['--reports', reports]);

function splitAt(list: readonly string[], mark: string): string[][] {
  const place = list.includes(mark) ? list.indexOf(mark) : list.length;
  return [list.slice(0, place), list.slice(place + 1)];
}

/** A small generator of random numbers, so that a seed names the moments. */
function* random(state: number): Generator<number, never> {
  let x = state;
  for (;;) {
    x = (x * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield x / 2_147_483_648;
  }
}

function eachProcess<T>(look: (folder: string) => T): T[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        return [look(`/proc/${entry}`)];
      } catch {
        // It ended while we looked, or is not ours to look at.
        return [];
      }
    });
}

function marked(): string[] {
  return eachProcess((folder) => ({
    environment: readFileSync(`${folder}/environ`, 'utf8'),
    command: `${path.basename(folder)} ${readFileSync(`${folder}/cmdline`, 'utf8').replaceAll('\0', ' ')}`,
  }))
    .filter(({ environment }) => environment.includes(`${MARK}=`))
    .map(({ command }) => command);
}

/** The network namespaces of the processes that carry our mark; others on this machine may make and leave their own. */
const markedNamespaces = () =>
  eachProcess((folder) => ({
    ours: readFileSync(`${folder}/environ`, 'utf8').includes(`${MARK}=`),
    namespace: readlinkSync(`${folder}/ns/net`),
  }))
    .filter(({ ours }) => ours)
    .map(({ namespace }) => namespace);

/**
 * A process in a namespace: the kernel gives the number of one that has gone to the next, which may be someone else's.
 */
const inside = (namespace: string) =>
  eachProcess((folder) => ({
    here: readlinkSync(`${folder}/ns/net`) === namespace,
    command: `${path.basename(folder)} ${readFileSync(`${folder}/cmdline`, 'utf8').replaceAll('\0', ' ')}`,
  })).find(({ here }) => here)?.command;
const namespaces = () => new Set(eachProcess((folder) => readlinkSync(`${folder}/ns/net`)));
const interfaces = () =>
  new Set(
    execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.split(':')[1]?.trim() ?? ''),
  );
/** Control groups outlive the processes that were in them. */
const controlGroups = () =>
  new Set(
    execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', 'bindspec-*'], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean),
  );
const mounts = () => new Set(readFileSync('/proc/self/mounts', 'utf8').split('\n').filter(Boolean));
/** What an engine that runs outside of its namespaces would change. */
const settings = () =>
  new Set([
    ...['ipv4/ip_forward', 'ipv6/conf/all/forwarding', 'ipv4/conf/all/route_localnet'].map((name) => {
      const file = `/proc/sys/net/${name}`;
      return `${name}=${existsSync(file) ? readFileSync(file, 'utf8').trim() : ''}`;
    }),
    ...['iptables-save', 'ip6tables-save'].flatMap((program) => {
      const { stdout } = spawnSync(program, { encoding: 'utf8' });
      return (stdout ?? '').split('\n').filter((line) => line.startsWith('-A'));
    }),
  ]);

const added = (now: Set<string>, before: Set<string>) => [...now].filter((one) => !before.has(one));

async function main(): Promise<number> {
  const reports = mkdtempSync(path.join(os.tmpdir(), 'bindspec-kill-'));
  // A folder of its own, because others on this machine make temporary files too.
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'bindspec-kill-'));
  const before = {
    namespaces: namespaces(),
    interfaces: interfaces(),
    groups: controlGroups(),
    mounts: mounts(),
    settings: settings(),
  };
  const moments = random(seed);
  process.stdout.write(`${runs} runs, interrupted or killed at random moments, seed ${seed}\n`);
  let finished = 0;
  const made = new Set<string>();
  for (let run = 0; run < runs; run += 1) {
    const child = spawn(process.execPath, [CLI, killed, ...reportsOption(reports), ...options], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: temporary, [MARK]: '1' },
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await Promise.race([after(moments.next().value * span), ended]);
    if (child.exitCode !== null) finished += 1;
    for (const namespace of markedNamespaces()) made.add(namespace);
    const interrupted = moments.next().value < 0.5;
    child.kill(interrupted ? 'SIGINT' : 'SIGKILL');
    await ended;
  }
  for (
    let waited = 0;
    waited < SETTLE && (marked().length > 0 || controlGroups().size > before.groups.size);
    waited += 50
  )
    await after(50);
  const left = {
    processes: marked(),
    namespaces: added(namespaces(), before.namespaces)
      .filter((namespace) => made.has(namespace))
      .map((namespace) => `${namespace} of ${inside(namespace)}`),
    interfaces: added(interfaces(), before.interfaces),
    'temporary files': readdirSync(temporary),
    'control groups': added(controlGroups(), before.groups),
    mounts: added(mounts(), before.mounts),
    'settings and rules': added(settings(), before.settings),
    'unfinished reports': readdirSync(reports, { recursive: true, encoding: 'utf8' }).filter((file) =>
      path.basename(file).startsWith(UNFINISHED),
    ),
  };
  for (const folder of [reports, temporary]) rmSync(folder, { recursive: true, force: true });
  const own = [...made].filter((namespace) => !before.namespaces.has(namespace)).length;
  process.stdout.write(
    `${runs - finished} interrupted or killed, ${finished} had ended by themselves; ${own} namespaces were there\n`,
  );
  for (const [what, list] of Object.entries(left))
    process.stdout.write(`${what} left: ${list.length === 0 ? 'none' : list.join(', ')}\n`);
  return Object.values(left).some((list) => list.length > 0) ? 1 : 0;
}

process.exitCode = await main();
