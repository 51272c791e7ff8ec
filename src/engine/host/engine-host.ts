import { randomUUID } from 'node:crypto';
import { execa } from 'execa';
import { HeldShell } from '../../lab/held-shell.ts';
import type { Holder } from '../../lab/netns-topology.ts';
import { onPath } from '../../lab/programs.ts';
import { docker } from '../docker.ts';
import { EngineFailed, EngineUnavailable, type Engine } from '../engine.ts';
import { podman } from '../podman.ts';
import { dockerd, DOCKER_SOCKET, environment, mountState, podmanFiles, STATE } from './files.ts';
import { outerPid } from './pids.ts';
import { hold, PLACES, wireSwitch, type Place } from './topology.ts';

/** Namespaces take some tens of milliseconds; a machine that needs longer than this has something else wrong. */
const CREATION_DEADLINE = 20_000;
/** A daemon is up in a second; one that needs longer than this has something else wrong. */
const DAEMON_DEADLINE = 30_000;
const PAUSE = 50;

/** What to start. */
export type EngineHostPlan =
  | { engine: 'podman'; network?: 'netavark' | 'cni' }
  | { engine: 'docker'; userlandProxy?: boolean };

/**
 * An engine on a host that was made for it: network namespaces on a switch, a mount namespace in which nothing that the
 * engine writes is the machine's, and a pid namespace with which all of it goes, however the harness ends.
 */
export interface EngineHost {
  readonly engine: Engine;
  /** The words that start a command at a place, among the machine's files. */
  launch(place: Place): readonly string[];
  /** The words that start a command on the host as the engine sees it: its files, processes and environment. */
  readonly inside: readonly string[];
  /** The words that start a command in the network of a container, among the machine's files. */
  launchIn(pid: number): readonly string[];
  /** Runs shell text on the host as the engine sees it, and returns what it printed. @throws EngineFailed */
  shell(text: string): Promise<string>;
  /** Ends the engine and its containers, and takes everything back. Never throws. */
  close(): Promise<void>;
}

/** What each engine needs of this machine, and the package of it. */
const PROGRAMS = {
  podman: { podman: 'podman', ip: 'iproute2' },
  docker: { dockerd: 'docker.io', docker: 'docker.io', ip: 'iproute2' },
} as const;

/** Why an engine can't be started here, and the line that mends it; null where it can. Starts nothing. */
export function engineMissing(engine: EngineHostPlan['engine']): { reason: string; enable: string } | null {
  if (process.platform !== 'linux') {
    return { reason: 'an engine is started in namespaces, which only Linux has', enable: 'run it on Linux' };
  }
  for (const [program, pack] of Object.entries(PROGRAMS[engine])) {
    if (!onPath(program)) return { reason: `the program '${program}' is not here`, enable: installLine(engine, pack) };
  }
  if (process.getuid?.() === 0) return null;
  return { reason: 'only root can start an engine in a namespace of its own', enable: 'run it with sudo' };
}

/** Debian's packages, with what a minimal installation would lack. */
function installLine(engine: EngineHostPlan['engine'], pack: string): string {
  if (pack !== PROGRAMS[engine][engine as never]) return `apt-get install ${pack}`;
  const more = engine === 'podman' ? ' netavark runc iptables' : ' iptables';
  return `apt-get install --no-install-recommends ${pack}${more}`;
}

/** Starts an engine on a host of its own. @throws EngineUnavailable when that can't be done here. */
export async function startEngineHost(plan: EngineHostPlan): Promise<EngineHost> {
  const missing = engineMissing(plan.engine);
  if (missing) throw new EngineUnavailable(missing.reason, missing.enable);
  const cgroup = `bindspec-${randomUUID().slice(0, 8)}`;
  const shell = new HeldShell(['sh', '-c', HOLDER, 'sh', cgroup], CREATION_DEADLINE);
  try {
    return await build(plan, shell, `/${cgroup}`);
  } catch (error) {
    await shell.close();
    throw error;
  }
}

/**
 * Around the namespaces is a shell that waits for their end, because control groups outlive the processes that were in
 * them: what the engine made below a group of its own is removed then.
 */
const HOLDER = `
unshare --net --mount --pid --fork --kill-child=KILL sh
for attempt in 1 2 3 4 5; do
  find /sys/fs/cgroup -depth -type d -path "*/$1*" -exec rmdir {} + 2>/dev/null
  [ -z "$(find /sys/fs/cgroup -maxdepth 2 -type d -name "$1" 2>/dev/null)" ] && break
  sleep 0.1
done
`;

async function build(plan: EngineHostPlan, shell: HeldShell, cgroup: string): Promise<EngineHost> {
  shell.write('read -r pid _ </proc/self/stat; echo "holder switch $$ $pid"\n');
  shell.write(hold());
  const holders = new Map<string, Holder>();
  while (holders.size < PLACES.length + 1) {
    const [, name = '', inner = '', outer = ''] = (await answer(shell, 'namespaces can not be made here')).split(' ');
    holders.set(name, { inner, outer });
  }
  const holder = (name: Place | 'switch'): Holder => {
    const found = holders.get(name);
    if (!found) throw new Error(`nothing holds the namespace of ${name}`);
    return found;
  };
  shell.write(wireSwitch({ host: holder('host'), neighbour: holder('neighbour'), attacker: holder('attacker') }));
  await expectLine(shell, 'wired', 'the namespaces could not be wired up');
  shell.write(mountState());
  await expectLine(shell, 'mounted', 'the engine could not be given folders of its own');

  const all = holder('switch').outer;
  const pid = `--pid=/proc/${all}/ns/pid`;
  const launch = (place: Place) => ['nsenter', `--net=/proc/${holder(place).outer}/ns/net`, pid, '--'];
  const net = `--net=/proc/${holder('host').outer}/ns/net`;
  const inside = ['nsenter', net, `--mount=/proc/${all}/ns/mnt`, pid, '--', ...environment()];
  const engine = await started(plan, inside, cgroup);
  return {
    engine,
    launch,
    inside,
    launchIn: (inner) => ['nsenter', `--net=/proc/${outerPid(inner, all)}/ns/net`, pid, '--'],
    shell: (text) => runText(inside, text),
    close: () => shell.close(),
  };
}

/** Runs shell text, and returns what it printed. @throws EngineFailed with its last complaint. */
async function runText(inside: readonly string[], text: string, more: Readonly<Record<string, string>> = {}) {
  const [file = '', ...words] = inside;
  const sets = Object.entries(more).map(([name, value]) => `${name}=${value}`);
  const { failed, stdout, stderr } = await execa(file, [...words, ...sets, 'sh', '-c', text], {
    reject: false,
    timeout: DAEMON_DEADLINE,
    detached: true,
    stdin: 'ignore',
  });
  if (failed) throw new EngineFailed(stderr.trim().split('\n').at(-1) ?? 'a command on the engine host failed');
  return stdout;
}

async function started(plan: EngineHostPlan, inside: readonly string[], cgroup: string): Promise<Engine> {
  if (plan.engine === 'podman') {
    await writeFiles(inside, podmanFiles(plan.network ?? 'netavark', onPath('runc') ? 'runc' : 'crun', cgroup));
    return podman([...inside, 'podman']);
  }
  await writeFiles(inside, { [`${STATE}/daemon.json`]: '{}' });
  await startDaemon([...inside, ...dockerd({ userlandProxy: plan.userlandProxy ?? true, cgroup })], inside);
  return docker([...inside, 'docker']);
}

async function writeFiles(inside: readonly string[], files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await runText(inside, 'printf %s "$CONTENT" >"$FILE" && chmod 755 "$FILE"', { FILE: file, CONTENT: content });
  }
}

/** Starts a daemon and waits until it has its socket. @throws EngineUnavailable with its last complaint when it has not. */
async function startDaemon(command: readonly string[], inside: readonly string[]): Promise<void> {
  const [file = '', ...words] = command;
  let last = '';
  let over = false;
  const daemon = execa(file, words, {
    detached: true,
    reject: false,
    buffer: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  });
  daemon.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    last = chunk.trim().split('\n').at(-1) ?? last;
  });
  daemon.once('exit', () => {
    over = true;
  });
  const deadline = Date.now() + DAEMON_DEADLINE;
  for (;;) {
    if (over || Date.now() > deadline) {
      daemon.kill('SIGKILL');
      throw new EngineUnavailable(
        `dockerd does not start: ${last || 'it says nothing'}`,
        'look at what it says, and try again',
      );
    }
    const ready = await runText(
      inside,
      `test -S ${DOCKER_SOCKET} && docker version --format '{{.Server.Version}}'`,
    ).catch(() => '');
    if (ready !== '') return;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
  }
}

async function answer(shell: HeldShell, otherwise: string): Promise<string> {
  const line = await shell.next();
  if (line !== null) return line;
  throw new EngineUnavailable(
    `${otherwise}: ${shell.complaint || 'no answer'}`,
    'run it as root on Linux, with iproute2',
  );
}

async function expectLine(shell: HeldShell, line: string, otherwise: string): Promise<void> {
  if ((await answer(shell, otherwise)) === line) return;
  throw new EngineUnavailable(
    `${otherwise}: ${shell.complaint || 'no reason given'}`,
    'run it as root on Linux, with iproute2',
  );
}
