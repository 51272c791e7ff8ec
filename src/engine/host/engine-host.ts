import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { HeldShell } from '../../lab/held-shell.ts';
import type { Missing } from '../../lab/lab.ts';
import { onPath } from '../../lab/programs.ts';
import { docker } from '../docker.ts';
import { EngineFailed, type Engine } from '../engine.ts';
import type { StartedEngine } from '../names.ts';
import { podman } from '../podman.ts';
import {
  asUser,
  dockerd,
  endDaemon,
  environment,
  makeUser,
  mountState,
  podmanFiles,
  rootlessPodmanFiles,
  STATE,
} from './files.ts';
import { outerPid } from './pids.ts';
import { expectLine, holders, runText, CREATION_DEADLINE, DAEMON_DEADLINE } from './held.ts';
import { joinEngine } from './joined.ts';
import { loadsBridgeNetfilter, setBridgeNetfilter } from './bridge-netfilter.ts';
import { FIREWALL_COMMANDS, type HostFirewall } from './firewalls.ts';
import { CONTAINERD_CLIENT, containerd, containerdFiles, containerdWords } from './containerd.ts';
import { rootlessDockerClient, rootlessDockerd, type RootlessDocker } from './rootless-docker.ts';
import { LAN_INTERFACE, LAN_HOSTS, wireSwitch, type LanHost } from './topology.ts';
import { Deadline, paced } from '../../process/pace.ts';
import { Unavailable } from '../../process/unavailable.ts';

const PAUSE = 50;

/** What to start. */
export type EngineHostPlan = (
  | { engine: 'podman'; network?: 'netavark' | 'cni'; rootless?: boolean }
  /** `options` are words of dockerd beyond its defaults. */
  | { engine: 'docker'; options?: readonly string[]; rootless?: RootlessDocker }
  | { engine: 'containerd'; portmap?: 'iptables' | 'nftables' }
) & {
  /**
   * Whether bridges show their packets to iptables, as they do where the module br_netfilter is loaded; without it, as the engine
   * leaves a host on which nothing else has loaded the module.
   */
  bridgeNetfilter?: boolean;
  /** A firewall of the host, and whether it is there before the engine or is set up by `setUpFirewall` after it. */
  firewall?: { name: HostFirewall; first: boolean };
  /** The folder of another system, whose engine it is; the machine's own without. */
  root?: string;
  /** The socket of an engine that runs already, in a network of its own: nothing is started then but at its side. */
  socket?: string;
};

/**
 * An engine on a host that was made for it: network namespaces on a switch, a mount namespace in which nothing that the
 * engine writes is the machine's, and a pid namespace with which all of it goes, however the harness ends.
 */
export interface EngineHost {
  readonly engine: Engine;
  /** The host's interface on the LAN. */
  readonly device: string;
  /** The words that start a command at a place, among the machine's files. */
  launch(place: LanHost): readonly string[];
  /** The words that start a command on the host as the engine sees it: its files, processes and environment. */
  readonly inside: readonly string[];
  /** The words that start a command in the network of a container, among the machine's files. */
  launchIn(pid: number): readonly string[];
  /** The same for a command that also ends with the container, because it is one of its processes. */
  launchAmong(pid: number): readonly string[];
  /** The engine's daemon, where it has one and bindspec started it. */
  readonly daemon?: Daemon;
  /** Runs shell text on the host as the engine sees it, and returns what it printed. @throws EngineFailed */
  shell(text: string): Promise<string>;
  /** Ends the engine and its containers, and takes everything back. Never throws. */
  close(): Promise<void>;
}

/** A daemon that was started, and can be ended and started again. All of it throws `EngineFailed` or `Unavailable`. */
interface Daemon {
  start(): Promise<void>;
  /** Has it end as an init system would, or kills it, and waits until it is gone. */
  end(signal: 'TERM' | 'KILL'): Promise<void>;
}

/** What each engine needs of this machine, and the package of it. */
const PROGRAMS = {
  podman: { podman: 'podman', ip: 'iproute2' },
  docker: { dockerd: 'docker.io', docker: 'docker.io', ip: 'iproute2' },
  containerd: { containerd: 'containerd', ctr: 'containerd', ip: 'iproute2', runc: 'runc' },
} as const;

/** Why an engine can't be started here, and the line that mends it; null where it can. Starts nothing. */
export function engineMissing(engine: StartedEngine, root?: string): Missing | null {
  if (process.platform !== 'linux') {
    return { reason: 'an engine needs namespaces, which only Linux has', enable: 'run it on Linux' };
  }
  for (const [program, pack] of Object.entries(PROGRAMS[engine])) {
    // Another system has its own engine, and needs of this one only what makes namespaces.
    if (root !== undefined && program !== 'ip') continue;
    if (!onPath(program)) return { reason: `the program '${program}' is not here`, enable: installLine(engine, pack) };
  }
  if (process.getuid?.() === 0) return null;
  return { reason: 'only root can start an engine in its own namespace', enable: 'run it with sudo' };
}

/** The first program of several that a system lacks, with its package: this machine's, or one that lies in a folder. */
export function programMissing(programs: Readonly<Record<string, string>>, root?: string): Missing | null {
  for (const [program, pack] of Object.entries(programs)) {
    const there = root === undefined && !path.isAbsolute(program) ? onPath(program) : inFolder(program, root ?? '/');
    if (!there) return { reason: `'${program}' is not here`, enable: `apt-get install ${pack}` };
  }
  return null;
}

function inFolder(program: string, root: string): boolean {
  const places = path.isAbsolute(program)
    ? [program]
    : ['usr/bin', 'usr/sbin'].map((folder) => path.join(folder, program));
  return places.some((place) => existsSync(path.join(root, place)));
}

/** Debian's packages, with what a minimal installation would lack. */
function installLine(engine: StartedEngine, pack: string): string {
  if (pack !== PROGRAMS[engine][engine as never]) return `apt-get install ${pack}`;
  const more = {
    podman: ' netavark runc iptables',
    docker: ' iptables',
    containerd: ' runc containernetworking-plugins iptables',
  }[engine];
  return `apt-get install --no-install-recommends ${pack}${more}`;
}

/** Starts an engine on a host of its own. @throws Unavailable when that can't be done here. */
export async function startEngineHost(plan: EngineHostPlan): Promise<EngineHost> {
  if (plan.socket !== undefined && plan.engine !== 'containerd') return joinEngine(plan.engine, plan.socket);
  const missing = engineMissing(plan.engine, plan.root);
  if (missing) throw new Unavailable(missing.reason, missing.enable);
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
  const holder = await holders(shell, LAN_HOSTS);
  shell.write(wireSwitch({ host: holder('host'), neighbour: holder('neighbour'), attacker: holder('attacker') }));
  await expectLine(shell, 'wired', 'the namespaces could not be wired up');
  shell.write(mountState(plan.root ?? null));
  await expectLine(shell, 'mounted', 'the engine could not be given folders of its own');

  const all = holder('switch').outer;
  const pid = `--pid=/proc/${all}/ns/pid`;
  const launch = (place: LanHost) => ['nsenter', `--net=/proc/${holder(place).outer}/ns/net`, pid, '--'];
  const net = `--net=/proc/${holder('host').outer}/ns/net`;
  const inside = ['nsenter', net, `--mount=/proc/${all}/ns/mnt`, pid, '--', ...environment()];
  const running = await started(plan, shell, inside, cgroup);
  return {
    ...running,
    device: LAN_INTERFACE,
    launch,
    inside,
    launchIn: (inner) => ['nsenter', `--net=/proc/${outerPid(inner, all)}/ns/net`, pid, '--'],
    launchAmong: (inner) => {
      const outer = outerPid(inner, all);
      return ['nsenter', `--net=/proc/${outer}/ns/net`, `--pid=/proc/${outer}/ns/pid`, '--'];
    },
    shell: (text) => runText(inside, text),
    close: () => shell.close(),
  };
}

async function started(
  plan: EngineHostPlan,
  shell: HeldShell,
  inside: readonly string[],
  cgroup: string,
): Promise<Pick<EngineHost, 'engine' | 'daemon'>> {
  await setBridgeNetfilter(inside, plan.bridgeNetfilter ?? (await loadsBridgeNetfilter(plan.engine, inside)));
  if (plan.firewall !== undefined) {
    const { before, setUp } = FIREWALL_COMMANDS[plan.firewall.name];
    if (before !== undefined) await runText(inside, before);
    if (plan.firewall.first) await runText(inside, setUp);
  }
  const runtime = plan.root !== undefined || onPath('runc') ? 'runc' : 'crun';
  if (plan.engine === 'podman' && plan.rootless === true) {
    await runText(inside, makeUser());
    await writeFiles(inside, rootlessPodmanFiles(runtime));
    return { engine: podman([...inside, ...asUser(), 'podman']) };
  }
  if (plan.engine === 'podman') {
    await writeFiles(inside, podmanFiles(plan.network ?? 'netavark', runtime, cgroup));
    return { engine: podman([...inside, 'podman']) };
  }
  if (plan.engine === 'containerd') {
    await writeFiles(inside, containerdFiles());
    await startDaemon([...inside, ...containerdWords()], [...inside, ...CONTAINERD_CLIENT]);
    return { engine: containerd(inside, cgroup, plan.portmap ?? null) };
  }
  if (plan.rootless !== undefined) {
    await runText(inside, makeUser());
    const client = [...inside, ...rootlessDockerClient()];
    await startDaemon([...inside, ...rootlessDockerd(plan.rootless)], client);
    return { engine: docker(client) };
  }
  await writeFiles(inside, { [`${STATE}/daemon.json`]: '{}' });
  const help = await runText(inside, 'dockerd --help').catch((error: unknown) => {
    throw error instanceof EngineFailed ? notStarting(error.message) : error;
  });
  const command = [...inside, ...dockerd({ options: plan.options ?? [], cgroup }, help)];
  await startDaemon(command, [...inside, 'docker']);
  const daemon: Daemon = {
    start: () => startDaemon(command, [...inside, 'docker']),
    async end(signal) {
      await runText(inside, endDaemon(signal));
      // What a killed daemon leaves ends with it, and is a zombie until the first process of the namespace waits: a new
      // daemon would take its containerd to be there.
      shell.write('sleep 0.1; echo reaped\n');
      await expectLine(shell, 'reaped', 'the processes of the daemon are still there');
    },
  };
  return { engine: docker([...inside, 'docker']), daemon };
}

async function writeFiles(inside: readonly string[], files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await runText(inside, 'printf %s "$CONTENT" >"$FILE" && chmod 755 "$FILE"', { FILE: file, CONTENT: content });
  }
}

/** Starts a daemon and waits until it answers its client. @throws Unavailable with its last complaint when it does not. */
async function startDaemon(command: readonly string[], client: readonly string[]): Promise<void> {
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
    const lines = chunk.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('See '));
    last = lines.at(-1) ?? last;
  });
  daemon.once('exit', () => {
    over = true;
  });
  const deadline = new Deadline(DAEMON_DEADLINE);
  for (;;) {
    if (over || deadline.passed) {
      daemon.kill('SIGKILL');
      throw notStarting(last);
    }
    const [program, ...asking] = [...client, 'version'];
    const { failed } = await execa(program, asking, {
      reject: false,
      stdin: 'ignore',
      timeout: paced(DAEMON_DEADLINE),
    });
    if (!failed) return;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
  }
}

function notStarting(said: string): Unavailable {
  return new Unavailable(`dockerd does not start: ${said || 'it printed nothing'}`, 'read its output, and try again');
}
