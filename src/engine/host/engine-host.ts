import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { HeldShell } from '../../lab/held-shell.ts';
import type { Missing } from '../../lab/lab.ts';
import { onPath } from '../../lab/programs.ts';
import type { Engine } from '../engine.ts';
import { ENGINES, type StartedEngine } from '../names.ts';
import { environment, mountState } from './files.ts';
import { outerPid } from './pids.ts';
import { expectLine, holders, runText, CREATION_DEADLINE } from './held.ts';
import { joinEngine } from './joined.ts';
import type { HostFirewall } from './firewalls.ts';
import type { IncusProxy } from './incus.ts';
import type { RootlessDocker } from './rootless-docker.ts';
import { startEngine } from './start-engine.ts';
import { LAN_INTERFACE, LAN_HOSTS, wireSwitch, type LanHost } from './topology.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** What to start. */
export type EngineHostPlan = (
  | { engine: 'podman'; network?: 'netavark' | 'cni'; rootless?: boolean }
  /** `options` are words of dockerd beyond its defaults. */
  | { engine: 'docker'; options?: readonly string[]; rootless?: RootlessDocker }
  | { engine: 'containerd'; portmap?: 'iptables' | 'nftables' }
  | { engine: 'nspawn' }
  | { engine: 'libvirt'; natIPv6?: boolean }
  | { engine: 'incus'; proxy?: IncusProxy }
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
  /**
   * The words that start a command in the network of a container, among the machine's files; and as root of its user namespace, where
   * it has one of its own.
   */
  launchIn(pid: number, asItsRoot?: boolean): readonly string[];
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
export interface Daemon {
  start(): Promise<void>;
  /** Has it end as an init system would, or kills it, and waits until it is gone. */
  end(signal: 'TERM' | 'KILL'): Promise<void>;
}

/** What each engine needs of this machine, and the package of it. */
const PROGRAMS = {
  podman: { podman: 'podman', ip: 'iproute2' },
  docker: { dockerd: 'docker.io', docker: 'docker.io', ip: 'iproute2' },
  containerd: { containerd: 'containerd', ctr: 'containerd', ip: 'iproute2', runc: 'runc' },
  nspawn: { 'systemd-nspawn': 'systemd-container', ip: 'iproute2' },
  libvirt: { libvirtd: 'libvirt-daemon', virsh: 'libvirt-clients', ip: 'iproute2' },
  incus: { incus: 'incus-base', ip: 'iproute2' },
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
    nspawn: ' nftables',
    libvirt: ' libvirt-daemon-driver-network libvirt-clients dnsmasq-base iptables',
    incus: ' dnsmasq-base',
  }[engine];
  return `apt-get install --no-install-recommends ${pack}${more}`;
}

/** Starts an engine on a host of its own. @throws Unavailable when that can't be done here. */
export async function startEngineHost(plan: EngineHostPlan): Promise<EngineHost> {
  const joined = ENGINES.find((name) => name === plan.engine);
  if (plan.socket !== undefined && joined !== undefined) return joinEngine(joined, plan.socket);
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
  const running = await startEngine(plan, shell, inside, cgroup);
  return {
    ...running,
    device: LAN_INTERFACE,
    launch,
    inside,
    launchIn: (inner, asItsRoot = false) => {
      const outer = outerPid(inner, all);
      const user = asItsRoot ? [`--user=/proc/${outer}/ns/user`] : [];
      return ['nsenter', ...user, `--net=/proc/${outer}/ns/net`, pid, '--'];
    },
    launchAmong: (inner) => {
      const outer = outerPid(inner, all);
      return ['nsenter', `--net=/proc/${outer}/ns/net`, `--pid=/proc/${outer}/ns/pid`, '--'];
    },
    shell: (text) => runText(inside, text),
    close: () => shell.close(),
  };
}
