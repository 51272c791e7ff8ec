import { Deadline } from '../../process/pace.ts';
import type { Publication } from '../../published/publication.ts';
import { EngineFailed, type Container, type ContainerPlan, type Engine, type NetworkPlan } from '../engine.ts';
import { STATE } from './files.ts';
import { DAEMON_DEADLINE, runText } from './held.ts';
import { imageFolder, publishedBy, asContainer, unpackImage, withoutClient } from './own-client.ts';

/** What is known of a container that runs. */
interface Made {
  plan: ContainerPlan;
  /** Its first process, and the systemd-nspawn that keeps it. */
  pid: string;
  keeper: string;
  addresses: Record<'inet' | 'inet6' | 'gateway' | 'gateway6', string | undefined>;
  published: readonly Publication[];
}

/**
 * Shell text that gives systemd-nspawn what a host with systemd has: a machine id, folders for its locks, and the hierarchy of control
 * groups at the place where only it is mounted; the newest refuse another (observed with 262).
 */
export const NSPAWN_HOST = [
  '{ [ "$(wc -c </etc/machine-id 2>/dev/null)" = 33 ] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id; }',
  'mkdir -p /run/systemd/nspawn',
  '{ [ ! -e /sys/fs/cgroup/unified/cgroup.procs ] || mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup; }',
].join(' && ');

const PAUSE = 0.05;
/** How long systemd-nspawn may take on a quiet machine to publish a port once its container has an address, in milliseconds. */
const PUBLISHING = 3000;

/**
 * systemd-nspawn on a host without systemd. `--network-zone` makes the bridge of each network, and bindspec then does what
 * systemd-networkd does with its file 80-container-vz.network: it gives the bridge an address, forwards, and masquerades by the set
 * that systemd's own table of nftables has for this (IPMasquerade=both). The containers get their addresses by hand, as they would
 * by DHCP. `--port` is systemd-nspawn's own work: it waits for the address of the container, and then publishes.
 */
export function nspawn(inside: readonly string[], cgroup: string): Engine {
  const networks = new Map<string, NetworkPlan & { next: number }>();
  const made = new Map<string, Made>();
  const shell = (text: string) => runText(inside, text);

  const remove = async (name: string) => {
    const one = made.get(name);
    if (one === undefined) return;
    made.delete(name);
    // Its keeper takes the rules of its ports back when it has ended.
    await shell(
      `kill -KILL ${one.pid}; for i in $(seq 60); do kill -0 ${one.keeper} 2>/dev/null || break; sleep ${PAUSE}; done; kill -KILL ${one.keeper} 2>/dev/null; rm -rf ${machineFolder(name)}`,
    ).catch(() => undefined);
  };

  /** Gives a container its addresses, and its network those of the host. */
  const connect = async (pid: string, network: NetworkPlan & { next: number }): Promise<Made['addresses']> => {
    network.next += 1;
    const bridge = `vz-${network.name}`;
    const at = (subnet: string, host: number) => subnet.replace(/\d*\/\d+$/, String(host));
    const { subnet, subnet6 } = network;
    const addresses = {
      inet: at(subnet, network.next),
      gateway: at(subnet, 1),
      inet6: subnet6 === undefined ? undefined : `${subnet6.replace(/\/\d+$/, '')}${network.next.toString(16)}`,
      gateway6: subnet6 === undefined ? undefined : `${subnet6.replace(/\/\d+$/, '')}1`,
    };
    const families = [
      { ip: 'ip', set: 'ip', subnet, address: addresses.inet, gateway: addresses.gateway },
      { ip: 'ip -6', set: 'ip6', subnet: subnet6, address: addresses.inet6, gateway: addresses.gateway6 },
    ];
    const text = families.flatMap(({ ip, set, subnet: range, address, gateway }) => {
      if (range === undefined || address === undefined || gateway === undefined) return [];
      const length = range.split('/')[1];
      const flags = set === 'ip6' ? ' nodad' : '';
      const enter = `nsenter --net=/proc/${pid}/ns/net`;
      return [
        `${ip} addr replace ${gateway}/${length} dev ${bridge}${flags}`,
        `${enter} ip link set host0 up`,
        `${enter} ${ip} addr add ${address}/${length} dev host0${flags}`,
        `${enter} ${ip} route add default via ${gateway}`,
      ];
    });
    const on = ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'].map((setting) => `echo 1 >/proc/sys/net/${setting}`);
    await shell([`ip link set ${bridge} up`, ...on, ...text].join(' && '));
    return addresses;
  };

  /** Waits until systemd-nspawn has seen the address of its container, and made its rules. */
  const untilPublished = async ({ protocol, hostPort }: Publication) => {
    for (const deadline = new Deadline(PUBLISHING); !deadline.passed;) {
      const map = await shell('nft list map ip io.systemd.nat map_port_ipport 2>/dev/null || true');
      if (map.includes(`${protocol} . ${hostPort} :`)) break;
      await shell(`sleep ${PAUSE}`);
    }
  };

  /** Masquerades what leaves a network, and waits until ports are published. */
  const publish = async (network: NetworkPlan, published: readonly Publication[]) => {
    const sets = [
      ['ip', network.subnet],
      ['ip6', network.subnet6],
    ].flatMap(([family, subnet]) =>
      subnet === undefined ? [] : [`nft add element ${family} io.systemd.nat masq_saddr '{ ${subnet} }' 2>/dev/null`],
    );
    const last = published.at(-1);
    if (last !== undefined) await untilPublished(last);
    await shell(`${sets.join('; ')}; true`);
  };

  return {
    name: 'nspawn',
    client: [...inside, 'systemd-nspawn'],
    async facts() {
      const printed = await shell('systemd-nspawn --version');
      return {
        name: 'nspawn',
        version: /^systemd (\d+(?:\.\d+)?)/.exec(printed)?.[1] ?? printed,
        rootless: false,
        network: 'systemd-nspawn --network-zone, addresses by hand',
        helpers: {},
      };
    },
    importImage: (archive, tag) => unpackImage(inside, archive, tag),
    async createNetwork(plan) {
      networks.set(plan.name, { ...plan, next: 1 });
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
      if (network === null && mode !== 'host' && mode !== 'none') {
        throw new EngineFailed(`systemd-nspawn: there is no network ${mode}`);
      }
      const published = network === null ? [] : publishedBy(plan, 'systemd-nspawn: a --port');
      const address = published.find(({ hostAddress }) => hostAddress !== '');
      if (address) throw new EngineFailed('systemd-nspawn: --port publishes on every address, and takes none');
      const space = mode === 'host' ? '' : network === null ? '--private-network' : `--network-zone=${network.name}`;
      const ports = published.map(({ protocol, hostPort, port }) => `--port=${protocol}:${hostPort}:${port}`);
      const folder = machineFolder(name);
      const log = `${STATE}/nspawn-${name}.log`;
      const words = `--quiet --register=no --keep-unit --machine=${name} --directory=${folder} ${space} ${ports.join(' ')}`;
      // It makes its control groups below its own.
      await shell(`
        mkdir -p ${folder} && cp -a ${imageFolder(image)}/. ${folder} && cd ${folder} &&
        mkdir -p usr/lib etc proc sys dev run tmp && echo ID=bindspec >usr/lib/os-release &&
        group=/sys/fs/cgroup${cgroup}/${name} && mkdir -p $group
        { [ -e $group/cgroup.procs ] && sh -c "echo \\$PPID >$group/cgroup.procs"
          exec systemd-nspawn ${words} -- ${command.join(' ')}
        } </dev/null >${log} 2>&1 &
        echo $! >${log}.pid`);
      const keeper = (await shell(`cat ${log}.pid`)).trim();
      const pid = await firstProcess(shell, keeper, log, network !== null);
      made.set(name, { plan, pid, keeper, addresses: NO_ADDRESSES, published });
      if (network === null) return;
      const addresses = await connect(pid, network);
      made.set(name, { plan, pid, keeper, addresses, published });
      await publish(network, published);
    },
    async inspect(name): Promise<Container | null> {
      const one = made.get(name);
      if (one === undefined) return null;
      const alive = await shell(`kill -0 ${one.pid} 2>/dev/null && echo yes || true`);
      return asContainer({
        name,
        pid: alive === '' ? null : Number(one.pid),
        network: one.plan.networks[0] ?? 'none',
        addresses: one.addresses,
        published: one.published,
      });
    },
    async remove(names) {
      for (const name of names) await remove(name);
    },
    ...withoutClient('nspawn'),
    exec: (name) => [...inside, 'nsenter', `--target=${made.get(name)?.pid ?? ''}`, '--all'],
  };
}

const NO_ADDRESSES = { inet: undefined, inet6: undefined, gateway: undefined, gateway6: undefined };

function machineFolder(name: string): string {
  return `${STATE}/machines/${name}`;
}

/** The first process of a container, once it is in its network. @throws EngineFailed with what systemd-nspawn said */
async function firstProcess(
  shell: (text: string) => Promise<string>,
  keeper: string,
  log: string,
  networked: boolean,
): Promise<string> {
  const has = networked ? 'nsenter --net=/proc/$pid/ns/net ip link show host0' : 'true';
  for (const deadline = new Deadline(DAEMON_DEADLINE); !deadline.passed;) {
    const found = await shell(`
      pid=$(cat /proc/${keeper}/task/${keeper}/children 2>/dev/null | tr -d ' ')
      readlink /proc/${keeper}/exe >/dev/null || { echo ended; exit; }
      [ -n "$pid" ] && tr '\\0' ' ' </proc/$pid/cmdline | grep -q '^/bin/sleep\\|^/bin/sh' && ${has} >/dev/null 2>&1 && echo $pid || sleep ${PAUSE}`);
    if (found.trim() === 'ended') break;
    if (found.trim() !== '') return found.trim();
  }
  throw new EngineFailed(`systemd-nspawn: ${(await shell(`tail -n 1 ${log} || true`)).trim() || 'no container'}`);
}
