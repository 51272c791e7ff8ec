import { execa } from 'execa';
import { z } from 'zod';
import { paced } from '../../process/pace.ts';
import type { Publication } from '../../published/publication.ts';
import { EngineFailed, type Container, type ContainerPlan, type Engine, type NetworkPlan } from '../engine.ts';
import { STATE } from './files.ts';
import { DAEMON_DEADLINE, runText } from './held.ts';
import { imageFolder, publishedBy, asContainer, unpackImage, withoutClient } from './own-client.ts';

/** Where Debian has the CNI plugins. */
const CNI_PLUGINS = '/usr/lib/cni';

const SOCKET = `${STATE}/containerd.sock`;
const CTR = `ctr --address ${SOCKET}`;
const CNI_VERSION = '1.0.0';

const result = z.object({ ips: z.array(z.object({ address: z.string(), gateway: z.string().optional() })) });

/** What is known of a container that runs. */
interface Made {
  plan: ContainerPlan;
  network: NetworkPlan | null;
  /** What the bridge plugin returned. */
  ips: { address: string; gateway?: string | undefined }[];
}

/** The words that start the daemon, after its settings are written. */
export function containerdWords(): string[] {
  return ['containerd', `--config=${STATE}/containerd.toml`];
}

/** The settings of a containerd that keeps to its own folders, and does not run Kubernetes' part. */
export function containerdFiles(): Record<string, string> {
  return {
    [`${STATE}/containerd.toml`]: `version = 2
root = "${STATE}/containerd"
state = "${STATE}/containerd-run"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "${SOCKET}"
`,
  };
}

/** The words that ask the daemon whether it is there. */
export const CONTAINERD_CLIENT = ['ctr', `--address=${SOCKET}`];

/**
 * containerd by its own client `ctr`, with the CNI plugins `bridge` and `portmap` called as the CNI specification says, in the
 * order in which Kubernetes' runtimes call them: `portmap` publishes what a pod calls its hostPort.
 */
export function containerd(inside: readonly string[], cgroup: string, backend: 'iptables' | 'nftables' | null): Engine {
  const networks = new Map<string, NetworkPlan>();
  const made = new Map<string, Made>();
  const shell = (text: string) => runText(inside, text);

  const plugin = async (name: string, command: 'ADD' | 'DEL', container: string, config: object): Promise<string> => {
    const [file = '', ...words] = inside;
    const set = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: container,
      CNI_NETNS: `/run/netns/${container}`,
      CNI_IFNAME: name === 'loopback' ? 'lo' : 'eth0',
      CNI_PATH: CNI_PLUGINS,
    };
    const environment = Object.entries(set).map(([variable, value]) => `${variable}=${value}`);
    const { failed, stdout, stderr } = await execa(file, [...words, ...environment, `${CNI_PLUGINS}/${name}`], {
      input: JSON.stringify(config),
      reject: false,
      timeout: paced(DAEMON_DEADLINE),
      detached: true,
    });
    if (failed) throw new EngineFailed(`CNI ${name}: ${complaintOf(stdout) ?? (stderr.trim() || 'no reason given')}`);
    return stdout;
  };

  const connect = async (plan: ContainerPlan, network: NetworkPlan): Promise<Made> => {
    await plugin('loopback', 'ADD', plan.name, { cniVersion: CNI_VERSION, name: 'lo', type: 'loopback' });
    const printed = await plugin('bridge', 'ADD', plan.name, bridgeConfig(network));
    const { ips } = result.parse(JSON.parse(printed));
    const portMappings = hostPortsOf(plan).map(({ hostAddress, hostPort, port, protocol }) => ({
      hostPort,
      containerPort: port,
      protocol,
      ...(hostAddress === '' ? {} : { hostIP: hostAddress }),
    }));
    if (portMappings.length > 0) {
      await plugin('portmap', 'ADD', plan.name, {
        ...portmapConfig(network, backend),
        runtimeConfig: { portMappings },
        prevResult: JSON.parse(printed) as unknown,
      });
    }
    return { plan, network, ips };
  };

  const remove = async (name: string) => {
    const one = made.get(name);
    if (one === undefined) return;
    made.delete(name);
    await shell(
      `${CTR} task kill -s KILL ${name}; for i in 1 2 3 4 5; do ${CTR} task rm -f ${name} && break; sleep 0.1; done; ${CTR} container rm ${name}; true`,
    ).catch(() => undefined);
    if (one.network === null) return;
    await plugin('portmap', 'DEL', name, {
      ...portmapConfig(one.network, backend),
      runtimeConfig: { portMappings: [] },
    }).catch(() => undefined);
    await plugin('bridge', 'DEL', name, bridgeConfig(one.network)).catch(() => undefined);
    await shell(`ip netns del ${name}`).catch(() => undefined);
  };

  return {
    name: 'containerd',
    client: [...inside, ...CONTAINERD_CLIENT],
    async facts() {
      const told = await shell(`containerd --version; dpkg-query -W -f '\${Version}' containernetworking-plugins`);
      const [version = '', plugins = ''] = told.split('\n');
      return {
        name: 'containerd',
        version: /\d+\.\d+\.\d+/.exec(version)?.[0] ?? version,
        rootless: false,
        network: `CNI plugins ${/\d+\.\d+\.\d+/.exec(plugins)?.[0] ?? plugins}`,
        runtime: 'runc',
        helpers: {},
      };
    },
    importImage: (archive, tag) => unpackImage(inside, archive, tag),
    async createNetwork(plan) {
      networks.set(plan.name, plan);
      await Promise.resolve();
    },
    async removeNetworks(names) {
      for (const name of names) networks.delete(name);
      await Promise.resolve();
    },
    async run(plan) {
      const {
        name,
        image,
        command = ['/bin/sleep', '2147483647'],
        networks: [mode = 'none'],
      } = plan;
      const network = networks.get(mode) ?? null;
      const other = /^container:(.+)$/.exec(mode)?.[1];
      if (network === null && mode !== 'host' && mode !== 'none') {
        throw new EngineFailed(`containerd: there is no network ${other ?? mode}`);
      }
      const space = mode === 'host' ? '--net-host' : network === null ? '' : `--with-ns network:/run/netns/${name}`;
      if (network !== null) await shell(`ip netns add ${name}`);
      made.set(name, { plan, network, ips: [] });
      try {
        await shell(
          `${CTR} run --detach --rootfs ${space} --cgroup ${cgroup}/${name} ${imageFolder(image)} ${name} ${command.join(' ')}`,
        );
        if (network !== null) made.set(name, await connect(plan, network));
      } catch (error) {
        await remove(name);
        throw error;
      }
    },
    async inspect(name): Promise<Container | null> {
      const one = made.get(name);
      if (one === undefined) return null;
      const tasks = await shell(`${CTR} task ls --quiet >/dev/null; ${CTR} task ls`);
      const pid = new RegExp(String.raw`^${name} +(\d+) +RUNNING`, 'm').exec(tasks)?.[1];
      const [inet, inet6] = [false, true].map((six) => one.ips.find(({ address }) => address.includes(':') === six));
      return asContainer({
        name,
        pid: pid === undefined ? null : Number(pid),
        network: one.network?.name ?? one.plan.networks[0] ?? 'none',
        addresses: {
          inet: inet?.address.split('/')[0],
          gateway: inet?.gateway,
          inet6: inet6?.address.split('/')[0],
          gateway6: inet6?.gateway,
        },
        published: hostPortsOf(one.plan),
      });
    },
    async remove(names) {
      for (const name of names) await remove(name);
    },
    ...withoutClient('containerd'),
    exec: (name) => [...inside, ...CONTAINERD_CLIENT, 'task', 'exec', '--exec-id', 'one', name],
  };
}

function bridgeConfig({ name, subnet, subnet6 }: NetworkPlan): object {
  const ranges = [[{ subnet }], ...(subnet6 === undefined ? [] : [[{ subnet: subnet6 }]])];
  const routes = [{ dst: '0.0.0.0/0' }, ...(subnet6 === undefined ? [] : [{ dst: '::/0' }])];
  return {
    cniVersion: CNI_VERSION,
    name,
    type: 'bridge',
    bridge: `cni-${name}`,
    isGateway: true,
    ipMasq: true,
    // A container that asks for itself by the host's address gets its packet back by the same port of the bridge.
    hairpinMode: true,
    ipam: { type: 'host-local', dataDir: `${STATE}/cni`, ranges, routes },
  };
}

function portmapConfig({ name }: NetworkPlan, backend: 'iptables' | 'nftables' | null): object {
  return {
    cniVersion: CNI_VERSION,
    name,
    type: 'portmap',
    snat: true,
    ...(backend === null ? {} : { backend }),
  };
}

/** The publications of a plan as hostPorts. */
function hostPortsOf(plan: ContainerPlan): Publication[] {
  return publishedBy(plan, 'CNI portmap: a hostPort');
}

/** Why a plugin failed, as it printed it. */
function complaintOf(printed: string): string | null {
  try {
    const { msg, details } = z.object({ msg: z.string(), details: z.string().optional() }).parse(JSON.parse(printed));
    return [msg, details].filter(Boolean).join(': ');
  } catch {
    return null;
  }
}
