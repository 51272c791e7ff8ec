import { z } from 'zod';
import { Deadline } from '../../process/pace.ts';
import type { Publication } from '../../published/publication.ts';
import { EngineFailed, type ContainerPlan, type Engine, type NetworkPlan } from '../engine.ts';
import { STATE } from './files.ts';
import { DAEMON_DEADLINE, runText } from './held.ts';
import { asContainer, imageFolder, unpackImage, withoutClient } from './own-client.ts';

/** What is known of a container that runs. */
interface Made {
  plan: ContainerPlan;
  addresses: Record<'inet' | 'inet6' | 'gateway' | 'gateway6', string | undefined>;
  published: readonly Publication[];
}

/** How incus publishes a port: a program that forwards, or rules of the kernel (`nat=true`). */
export type IncusProxy = 'proxy' | 'nat';

const DIR = `${STATE}/incus`;
const IMAGE_FILE = `${STATE}/incus-image.tar`;
const state = z.object({ pid: z.number() });

/** Shell text that starts what the daemon needs of a host: a /sys of the host's own network, and ids for its containers. */
const BEFORE = [
  'mkdir -p /run/bindspec-cgroup',
  'mount --rbind /sys/fs/cgroup /run/bindspec-cgroup',
  'mount -t sysfs sysfs /sys',
  'mount --rbind /run/bindspec-cgroup /sys/fs/cgroup',
  "echo 'root:1000000:1000000000' >>/etc/subuid",
  "echo 'root:1000000:1000000000' >>/etc/subgid",
].join(' && ');

/** The words of its client. */
export const INCUS_CLIENT = ['env', `INCUS_DIR=${DIR}`, 'incus'];

/** Prepares a host. @returns the words that start the daemon in a control group */
export async function incusWords(inside: readonly string[], cgroup: string): Promise<string[]> {
  await runText(inside, BEFORE);
  // It makes its control groups below its own. One of cpuset takes no process before it has what its parent has.
  const join = `
for at in /sys/fs/cgroup /sys/fs/cgroup/*; do
  [ -e $at/cgroup.procs ] && mkdir -p $at${cgroup} || continue
  for file in cpuset.cpus cpuset.mems; do [ -e $at/$file ] && cat $at/$file >$at${cgroup}/$file; done
  echo $$ >$at${cgroup}/cgroup.procs
done 2>/dev/null`;
  return ['env', `INCUS_DIR=${DIR}`, 'sh', '-c', `${join}\nexec /usr/libexec/incus/incusd`];
}

/** Incus by its own client, with its bridges, and a proxy device for each published port. */
export function incus(inside: readonly string[], proxy: IncusProxy): Engine {
  const networks = new Map<string, NetworkPlan & { next: number }>();
  const made = new Map<string, Made>();
  const shell = (text: string) => runText(inside, text);
  const client = INCUS_CLIENT.join(' ');

  /** Adds a proxy device. With `nat` its address inside is the container's, and it has to be a fixed one. */
  const publish = async (
    name: string,
    place: number,
    { protocol, address, ports, inner }: Device,
    own: Made['addresses'],
  ) => {
    const isNat = proxy === 'nat';
    // The documents' example listens on 0.0.0.0; with nat=true it must be one address of the host.
    const listen = address === '' ? '0.0.0.0' : address;
    const six = listen.includes(':');
    const inside6 = isNat ? own.inet6 : '::1';
    const inside4 = isNat ? own.inet : '127.0.0.1';
    const to = six ? `[${inside6}]` : inside4;
    await shell(
      `${client} config device add ${name} port${place} proxy listen=${protocol}:${six ? `[${listen}]` : listen}:${ports} connect=${protocol}:${to}:${inner}${isNat ? ' nat=true' : ''}`,
    );
  };

  const remove = async (name: string) => {
    if (!made.delete(name)) return;
    await shell(`${client} delete --force ${name}`).catch(() => undefined);
  };

  return {
    name: 'incus',
    client: [...inside, ...INCUS_CLIENT],
    async facts() {
      const version = (await shell('/usr/libexec/incus/incusd --version')).trim();
      return { name: 'incus', version, rootless: false, network: 'incus bridges', runtime: 'lxc', helpers: {} };
    },
    async importImage(archive, tag) {
      await unpackImage(inside, archive, tag);
      const folder = `${imageFolder(tag)}-incus`;
      await shell(`
        mkdir -p ${folder} && cp -a ${imageFolder(tag)} ${folder}/rootfs && cd ${folder} &&
        mkdir -p rootfs/sbin rootfs/etc rootfs/dev rootfs/proc rootfs/sys rootfs/run rootfs/tmp &&
        printf '#!/bin/sh\\nexec /bin/sleep 2147483647\\n' >rootfs/sbin/init && chmod 755 rootfs/sbin/init &&
        printf 'architecture: %s\\ncreation_date: 1700000000\\nproperties:\\n  description: idle\\n' $(uname -m) >metadata.yaml &&
        tar -cf ${IMAGE_FILE} metadata.yaml rootfs && ${client} storage create default dir && ${client} profile set default raw.lxc lxc.cgroup.relative=1 && ${client} image import ${IMAGE_FILE} --alias ${tag}`);
    },
    async createNetwork(plan) {
      const { name, subnet, subnet6 } = plan;
      const at = (range: string) =>
        range.replace(/(\.|::?)\d*\/(\d+)$/, (_, dot: string, bits: string) => `${dot}1/${bits}`);
      const inet6 =
        subnet6 === undefined
          ? 'ipv6.address=none'
          : `ipv6.address=${at(subnet6)} ipv6.nat=true ipv6.dhcp.stateful=true`;
      await shell(`${client} network create incus-${name} ipv4.address=${at(subnet)} ipv4.nat=true ${inet6}`);
      networks.set(name, { ...plan, next: 1 });
    },
    async removeNetworks(names) {
      for (const name of names) {
        networks.delete(name);
        await shell(`${client} network delete incus-${name}`);
      }
    },
    async run(plan) {
      const {
        name,
        image,
        networks: [wanted = 'none'],
      } = plan;
      const network = networks.get(wanted);
      if (network === undefined) throw new EngineFailed(`incus: there is no network ${wanted}`);
      const devices = devicesOf(plan);
      const published = devices.flatMap(publishedBy);
      network.next += 1;
      const { subnet, subnet6, next } = network;
      const inet = subnet.replace(/\d*\/\d+$/, String(next));
      const inet6 = subnet6 && `${subnet6.replace(/\/\d+$/, '')}${next.toString(16)}`;
      const addresses = {
        inet,
        gateway: subnet.replace(/\d*\/\d+$/, '1'),
        inet6,
        gateway6: subnet6?.replace(/\/\d+$/, '1'),
      };
      made.set(name, { plan, addresses, published });
      try {
        await shell(
          `${client} init ${image} ${name} --storage default --network incus-${wanted} </dev/null && ` +
            `${client} config device set ${name} eth0 ipv4.address=${inet}${inet6 === undefined ? '' : ` ipv6.address=${inet6}`} && ` +
            `${client} start ${name}`,
        );
        await giveAddresses(shell, String(await pidOf(shell, client, name)), addresses, network);
        for (const [place, one] of devices.entries()) await publish(name, place, one, addresses);
      } catch (error) {
        await remove(name);
        throw error;
      }
    },
    async inspect(name) {
      const one = made.get(name);
      if (one === undefined) return null;
      const pid = await pidOf(shell, client, name);
      const { plan, addresses, published } = one;
      return asContainer({
        name,
        pid: pid > 0 ? pid : null,
        network: plan.networks[0] ?? 'none',
        addresses,
        published,
      });
    },
    async remove(names) {
      for (const name of names) await remove(name);
    },
    ...withoutClient('incus'),
    exec: (name) => [...inside, ...INCUS_CLIENT, 'exec', name, '--'],
  };
}

/** A proxy device; its ports may be ranges, as `22000-22009`. */
interface Device {
  protocol: 'tcp' | 'udp';
  address: string;
  ports: string;
  inner: string;
}

/** The proxy devices for the words of `--publish` that other engines take. */
function devicesOf({ publish = [] }: ContainerPlan): Device[] {
  return publish.map((text) => {
    const [, address = '', ports = '', inner = '', protocol] =
      /^(?:(.+):)?([\d-]+):([\d-]+)(?:\/(tcp|udp))?$/.exec(text) ?? [];
    return {
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
      address: address.replace(/^\[(.*)\]$/, '$1'),
      ports,
      inner,
    };
  });
}

/** Each port of a device. */
function publishedBy({ protocol, address, ports, inner }: Device): Publication[] {
  const [first = 0, last = first] = ports.split('-').map(Number);
  const [firstInner = 0, lastInner = firstInner] = inner.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, place) => ({
    protocol,
    hostAddress: address,
    hostPort: first + place,
    port: lastInner > firstInner ? firstInner + place : firstInner,
  }));
}

async function pidOf(shell: (text: string) => Promise<string>, client: string, name: string): Promise<number> {
  for (const deadline = new Deadline(DAEMON_DEADLINE); ;) {
    const { pid } = state.parse(JSON.parse(await shell(`${client} query /1.0/instances/${name}/state`)));
    if (pid > 0 || deadline.passed) return pid;
  }
}

/** Gives a container the addresses that its own program would ask of the bridge by DHCP. */
async function giveAddresses(
  shell: (text: string) => Promise<string>,
  pid: string,
  { inet, gateway, inet6, gateway6 }: Made['addresses'],
  { subnet, subnet6 }: NetworkPlan,
): Promise<void> {
  const enter = `nsenter --net=/proc/${pid}/ns/net ip`;
  const six = [
    `${enter} -6 addr add ${inet6}/${subnet6?.split('/')[1]} dev eth0 nodad`,
    `${enter} -6 route replace default via ${gateway6} dev eth0`,
  ];
  await shell(
    [
      `${enter} link set lo up`,
      `${enter} link set eth0 up`,
      `${enter} addr add ${inet}/${subnet.split('/')[1]} dev eth0`,
      `${enter} route add default via ${gateway}`,
      ...(subnet6 === undefined ? [] : six),
    ].join(' && '),
  );
}
