import { FIREWALLS, FIREWALL_COMMANDS } from '../engine/host/firewalls.ts';
import { ENGINES, type EngineName, type StartedEngine } from '../engine/names.ts';
import { ROOTLESS_SCRIPT } from '../engine/host/rootless-docker.ts';
import { isOlderVersion } from '../text/versions.ts';
import type { EngineHostPlan } from '../engine/host/engine-host.ts';

/** How the containers of a configuration are connected. */
type Mode =
  /** Networks that are bridges on the host: one for the servers and a peer, another for a stranger. */
  | 'bridge'
  /** An address on the host's LAN by macvlan. */
  | 'macvlan'
  /** The host's own network. */
  | 'host'
  /** No network at all. */
  | 'none'
  /** The network of another container, which is on a bridge and publishes the ports. */
  | 'container'
  /** A network stack in user space for each container. */
  | 'slirp4netns'
  | 'pasta';

/** An engine with settings, in the network mode that is examined. */
export interface Configuration extends Versions {
  /** Its name on the command line and in the record, for example `docker/no-proxy`. */
  id: string;
  engine: StartedEngine;
  title: string;
  mode: Mode;
  host: EngineHostPlan;
  /** The release of Debian that the engine is from; without it, the engine is this machine's own. */
  generation?: string;
  /** Programs that some installations of the engine do not have, each with its package. */
  needs?: Readonly<Record<string, string>>;
  /** The same for some versions alone: the first whose versions fit. */
  needsBy?: readonly (Versions & { needs: Readonly<Record<string, string>> })[];
  /** The network that containers are started with, where it is not one that bindspec made. */
  network?: string;
  /** What is asked of it, where that is not who reaches what. */
  part?: 'time' | 'ports';
}

/** From which version of the engine on something is so, and before which. */
interface Versions {
  /** The first version of the engine that has it. */
  since?: string;
  /** The first version of the engine that no longer has it. */
  before?: string;
}

type Given = Omit<Configuration, 'id' | 'engine' | 'host'> & { plan?: object };

const ROOTLESS = { rootless: true };
const SLIRP = { slirp4netns: 'slirp4netns' };
const PASTA = { pasta: 'passt' };
const USER = { newuidmap: 'uidmap' };

const PODMAN: Record<string, Given> = {
  netavark: {
    title: 'podman, a bridge by netavark',
    mode: 'bridge',
    needs: { '/usr/lib/podman/netavark': 'netavark' },
  },
  'netavark-bridge-nf': {
    title:
      'podman, a bridge by netavark on a host that has br_netfilter loaded, as Docker before 27.3 and Kubernetes do',
    mode: 'bridge',
    plan: { bridgeNetfilter: true },
    needs: { '/usr/lib/podman/netavark': 'netavark' },
  },
  cni: {
    title: 'podman, a bridge by CNI',
    mode: 'bridge',
    plan: { network: 'cni' },
    before: '5',
    needs: { '/usr/lib/cni/bridge': 'containernetworking-plugins' },
  },
  slirp4netns: { title: 'podman, slirp4netns', mode: 'slirp4netns', network: 'slirp4netns', before: '6', needs: SLIRP },
  host: { title: "podman, the host's network", mode: 'host', network: 'host' },
  none: { title: 'podman, no network', mode: 'none', network: 'none' },
  container: { title: 'podman, the network of another container', mode: 'container' },
  'rootless-slirp4netns': {
    title: "podman of an ordinary user, slirp4netns with RootlessKit's port forwarder",
    mode: 'slirp4netns',
    network: 'slirp4netns',
    plan: ROOTLESS,
    needs: { ...SLIRP, ...USER },
    before: '6',
  },
  'rootless-slirp4netns-port': {
    title: 'podman of an ordinary user, slirp4netns with its own port forwarder',
    mode: 'slirp4netns',
    network: 'slirp4netns:port_handler=slirp4netns',
    plan: ROOTLESS,
    needs: { ...SLIRP, ...USER },
    before: '6',
  },
  'rootless-slirp4netns-host-loopback': {
    title:
      "podman of an ordinary user, slirp4netns that lets containers reach the host's loopback (allow_host_loopback)",
    mode: 'slirp4netns',
    network: 'slirp4netns:allow_host_loopback=true',
    plan: ROOTLESS,
    needs: { ...SLIRP, ...USER },
    before: '6',
  },
  'rootless-bridge': {
    title: 'podman of an ordinary user, a bridge, by slirp4netns before podman 5 and by pasta from it on',
    mode: 'bridge',
    plan: ROOTLESS,
    needs: USER,
    needsBy: [{ before: '5', needs: SLIRP }, { needs: PASTA }],
  },
  'rootless-pasta': {
    title: 'podman of an ordinary user, pasta',
    mode: 'pasta',
    network: 'pasta',
    plan: ROOTLESS,
    needs: { ...PASTA, ...USER },
    since: '4.4',
  },
  'rootless-pasta-map-gw': {
    title: "podman of an ordinary user, pasta that leads the gateway's address to the host's loopback (--map-gw)",
    mode: 'pasta',
    network: 'pasta:--map-gw',
    plan: ROOTLESS,
    needs: { ...PASTA, ...USER },
    since: '4.4',
  },
  'rootless-pasta-host-lo-to-ns-lo': {
    title: "podman of an ordinary user, pasta that leads the host's loopback to the container's (--host-lo-to-ns-lo)",
    mode: 'pasta',
    network: 'pasta:--host-lo-to-ns-lo',
    plan: ROOTLESS,
    needs: { ...PASTA, ...USER },
    since: '5',
  },
  macvlan: { title: "podman, an address on the host's LAN by macvlan", mode: 'macvlan' },
};

const NO_PROXY = { options: ['--userland-proxy=false'] };
const IP6TABLES = ['--experimental', '--ip6tables'];
const ROOTLESSKIT = { [ROOTLESS_SCRIPT]: 'docker.io', rootlesskit: 'rootlesskit', ...USER };

const DOCKER: Record<string, Given> = {
  proxy: { title: 'Docker, a bridge with docker-proxy', mode: 'bridge' },
  'no-proxy': { title: 'Docker, a bridge without docker-proxy', mode: 'bridge', plan: NO_PROXY },
  // From 27 on that is the default (moby/moby#47747).
  'proxy-ip6tables': {
    title: 'Docker, a bridge with docker-proxy, and firewall rules for IPv6 (--experimental --ip6tables)',
    mode: 'bridge',
    plan: { options: IP6TABLES },
    before: '27',
  },
  'no-proxy-ip6tables': {
    title: 'Docker, a bridge without docker-proxy, and firewall rules for IPv6 (--experimental --ip6tables)',
    mode: 'bridge',
    plan: { options: [...NO_PROXY.options, ...IP6TABLES] },
    before: '27',
  },
  'proxy-bridge-nf': {
    title: 'Docker, a bridge with docker-proxy on a host that has br_netfilter loaded, as Kubernetes does',
    mode: 'bridge',
    plan: { bridgeNetfilter: true },
    // Those before load it themselves.
    since: '27.3',
  },
  host: { title: "Docker, the host's network", mode: 'host', network: 'host' },
  none: { title: 'Docker, no network', mode: 'none', network: 'none' },
  container: { title: 'Docker, the network of another container', mode: 'container' },
  macvlan: { title: "Docker, an address on the host's LAN by macvlan", mode: 'macvlan' },
  rootless: {
    title: "Docker of an ordinary user, slirp4netns with RootlessKit's port forwarder",
    mode: 'bridge',
    plan: { rootless: {} },
    needs: { ...ROOTLESSKIT, ...SLIRP },
  },
  'rootless-slirp4netns-port': {
    title: 'Docker of an ordinary user, slirp4netns with its own port forwarder',
    mode: 'bridge',
    plan: { rootless: { portDriver: 'slirp4netns' } },
    needs: { ...ROOTLESSKIT, ...SLIRP },
  },
  'rootless-pasta': {
    title: 'Docker of an ordinary user, pasta',
    mode: 'bridge',
    plan: { rootless: { net: 'pasta', portDriver: 'implicit' } },
    needs: { ...ROOTLESSKIT, pasta: 'passt' },
    since: '26',
  },
};

/** The configurations that people meet, on hosts with a firewall that is set up before the engine or after it. */
function withFirewalls(given: Readonly<Record<string, Given>>, names: readonly string[]): Record<string, Given> {
  const found: Record<string, Given> = {};
  for (const name of names) {
    const one = given[name];
    if (one === undefined) throw new Error(`there is no configuration ${name}`);
    for (const firewall of FIREWALLS) {
      for (const first of [true, false]) {
        const order = first ? 'first' : 'last';
        found[`${name}-${firewall}-${order}`] = {
          ...one,
          title: `${one.title}; ${firewall} on the host, ${first ? 'set up before the engine' : 'set up after it'}`,
          plan: { ...one.plan, firewall: { name: firewall, first } },
          needs: { ...one.needs, ...FIREWALL_COMMANDS[firewall].needs },
        };
      }
    }
  }
  return found;
}

/** containerd has no networks of its own: its callers, as Kubernetes' runtimes, have CNI plugins make them. */
const CONTAINERD: Record<string, Given> = {
  cni: {
    title: 'containerd, a bridge by CNI with portmap, as for a hostPort of Kubernetes',
    mode: 'bridge',
    needs: { '/usr/lib/cni/portmap': 'containernetworking-plugins' },
  },
  'cni-nftables': {
    title: 'containerd, a bridge by CNI with portmap by nftables',
    mode: 'bridge',
    plan: { portmap: 'nftables' },
    needs: { '/usr/lib/cni/portmap': 'containernetworking-plugins', nft: 'nftables' },
    since: '2',
  },
  host: { title: "containerd, the host's network", mode: 'host', network: 'host' },
};

/** systemd-nspawn publishes ports by rules of nftables that it makes itself. */
const NSPAWN: Record<string, Given> = {
  zone: {
    title: 'systemd-nspawn, a bridge by --network-zone, ports by --port',
    mode: 'bridge',
    needs: { nft: 'nftables' },
  },
  host: { title: "systemd-nspawn, the host's network", mode: 'host', network: 'host' },
  none: { title: 'systemd-nspawn, no network', mode: 'none', network: 'none' },
};

/** libvirt's NAT networks publish no ports. */
const LIBVIRT: Record<string, Given> = {
  nat: { title: "libvirt's NAT network, with a network namespace in the place of each guest", mode: 'bridge' },
  'nat-ipv6': {
    title: "libvirt's NAT network that translates IPv6 too (<nat ipv6='yes'/>)",
    mode: 'bridge',
    plan: { natIPv6: true },
  },
};

const INCUSD = { '/usr/libexec/incus/incusd': 'incus-base', dnsmasq: 'dnsmasq-base' };

/** Incus publishes a port by a proxy device. */
const INCUS: Record<string, Given> = {
  proxy: { title: 'Incus, a bridge with proxy devices', mode: 'bridge', needs: INCUSD },
  'proxy-nat': {
    title: 'Incus, a bridge with proxy devices that translate addresses (nat=true)',
    mode: 'bridge',
    plan: { proxy: 'nat' },
    needs: INCUSD,
  },
};

function all(engine: StartedEngine, given: Readonly<Record<string, Given>>): Configuration[] {
  return Object.entries(given).map(([name, { plan, ...rest }]) => ({
    id: `${engine}/${name}`,
    engine,
    host: { engine, ...plan } as EngineHostPlan,
    ...rest,
  }));
}

/** What is asked of some configurations beside who reaches what, with an engine of its own. */
const PARTS = {
  time: 'over time',
  ports: 'numbers of ports and names',
} as const satisfies Record<NonNullable<Configuration['part']>, string>;

/** In which configurations each part is asked. */
const PARTS_OF: Readonly<Record<StartedEngine, Readonly<Record<keyof typeof PARTS, readonly string[]>>>> = {
  podman: {
    time: ['netavark', 'rootless-slirp4netns', 'rootless-bridge', 'rootless-pasta'],
    ports: [
      'netavark',
      'cni',
      'rootless-slirp4netns',
      'rootless-slirp4netns-port',
      'rootless-bridge',
      'rootless-pasta',
    ],
  },
  docker: {
    time: ['proxy', 'no-proxy'],
    ports: ['proxy', 'no-proxy', 'rootless', 'rootless-slirp4netns-port', 'rootless-pasta'],
  },
  containerd: { time: [], ports: ['cni'] },
  nspawn: { time: [], ports: ['zone'] },
  libvirt: { time: [], ports: [] },
  incus: { time: [], ports: ['proxy'] },
};

/** The configurations of an engine in which a part is asked. */
function ofPart(
  engine: StartedEngine,
  part: keyof typeof PARTS,
  given: Readonly<Record<string, Given>>,
): Configuration[] {
  const chosen = Object.entries(given).filter(([name]) => PARTS_OF[engine][part].includes(name));
  return all(
    engine,
    Object.fromEntries(
      chosen.map(([name, one]) => [`${part}/${name}`, { ...one, title: `${one.title}, ${PARTS[part]}`, part }]),
    ),
  );
}

/** Every configuration that there is, in the order of the record. */
export const CONFIGURATIONS: readonly Configuration[] = [
  ...all('podman', {
    ...PODMAN,
    ...withFirewalls(PODMAN, ['netavark', 'cni', 'rootless-slirp4netns', 'rootless-pasta', 'rootless-bridge']),
  }),
  ...ofPart('podman', 'time', PODMAN),
  ...ofPart('podman', 'ports', PODMAN),
  ...all('docker', { ...DOCKER, ...withFirewalls(DOCKER, ['proxy', 'no-proxy', 'rootless']) }),
  ...ofPart('docker', 'time', DOCKER),
  ...ofPart('docker', 'ports', DOCKER),
  ...all('containerd', { ...CONTAINERD, ...withFirewalls(CONTAINERD, ['cni']) }),
  ...ofPart('containerd', 'ports', CONTAINERD),
  ...all('nspawn', { ...NSPAWN, ...withFirewalls(NSPAWN, ['zone']) }),
  ...ofPart('nspawn', 'ports', NSPAWN),
  ...all('libvirt', { ...LIBVIRT, ...withFirewalls(LIBVIRT, ['nat']) }),
  ...all('incus', { ...INCUS, ...withFirewalls(INCUS, ['proxy']) }),
  ...ofPart('incus', 'ports', INCUS),
];

/** Whether there is a configuration of this name, of an engine that bindspec starts or of one that runs already. */
export function isConfiguration(id: string): boolean {
  return CONFIGURATIONS.some((one) => one.id === id) || ENGINES.some((engine) => id === `${engine}/${RUNNING_BRIDGE}`);
}

/** The configurations of the engines of a Debian release, whose files are in the folder `root`. */
export function ofGeneration(generation: string, root: string): Configuration[] {
  return CONFIGURATIONS.map((one) => ({ ...one, generation, host: { ...one.host, root } }));
}

/** The name of a bridge of an engine that runs already. */
const RUNNING_BRIDGE = 'bridge';

/**
 * The configurations of an engine that is already running. Its forwarder and its firewall were chosen when its daemon was
 * started, so only the way in which containers are connected can still be chosen.
 */
export function atSocket(engine: EngineName, socket: string): Configuration[] {
  const given = engine === 'podman' ? PODMAN : DOCKER;
  const others = Object.entries(given).filter(([, { plan, mode }]) => plan === undefined && mode !== 'bridge');
  const bridge: Given = { title: 'a bridge of an engine that runs already', mode: 'bridge' };
  return all(engine, { [RUNNING_BRIDGE]: bridge, ...Object.fromEntries(others) }).map((one) => ({
    ...one,
    needs: {},
    host: { engine, socket },
  }));
}

/** The programs that a version of an engine needs for a configuration, beyond those that every version needs. */
export function neededBy({ needsBy = [] }: Configuration, version: string): Readonly<Record<string, string>> {
  return needsBy.find((one) => notIn(one, version) === null)?.needs ?? {};
}

/** Why a version of an engine does not have a configuration; null where it does. */
export function notIn({ since, before }: Versions, version: string): string | null {
  if (since !== undefined && isOlderVersion(version, since))
    return `it is there from version ${since} on, this is ${version}`;
  if (before !== undefined && !isOlderVersion(version, before))
    return `it was there before version ${before}, this is ${version}`;
  return null;
}
