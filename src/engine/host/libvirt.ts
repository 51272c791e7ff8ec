import { EngineFailed, type Engine, type NetworkPlan } from '../engine.ts';
import { STATE } from './files.ts';
import { runText } from './held.ts';
import { asContainer, withoutClient } from './own-client.ts';

/** A guest's place in a network. */
interface Guest {
  pid: string;
  network: string;
  addresses: Record<'inet' | 'inet6' | 'gateway' | 'gateway6', string | undefined>;
}

export const LIBVIRT_CLIENT = ['virsh', '--connect=network:///system'];

/** The words that start the daemon: it needs no other part of libvirt than its networks. */
export const LIBVIRTD = ['libvirtd'];

/**
 * libvirt's NAT networks, with a network namespace in the place of each guest: it is connected to the bridge as the interface of a
 * guest is, and has its addresses by hand, as a guest would by DHCP. All that decides who reaches whom, the bridge, the rules and
 * dnsmasq, is libvirt's. A NAT network publishes no ports; libvirt's documents leave that to a hook of the user.
 */
export function libvirt(inside: readonly string[], natIPv6: boolean): Engine {
  const networks = new Map<string, NetworkPlan & { next: number }>();
  const guests = new Map<string, Guest>();
  let taps = 0;
  const shell = (text: string) => runText(inside, text);
  const virsh = LIBVIRT_CLIENT.join(' ');

  const connect = async (name: string, pid: string, network: NetworkPlan & { next: number }) => {
    network.next += 1;
    const { subnet, subnet6, next } = network;
    taps += 1;
    // As libvirt calls the interface of a guest.
    const tap = `vnet${taps}`;
    const at = (place: number) => subnet.replace(/\d*\/\d+$/, String(place));
    const at6 = (place: number) => subnet6 && `${subnet6.replace(/\/\d+$/, '')}${place.toString(16)}`;
    const addresses = { inet: at(next), gateway: at(1), inet6: at6(next), gateway6: at6(1) };
    const enter = `nsenter --net=/proc/${pid}/ns/net ip`;
    const inet6 = [
      `${enter} -6 addr add ${addresses.inet6}/${subnet6?.split('/')[1]} dev eth0 nodad`,
      `${enter} -6 route add default via ${addresses.gateway6}`,
    ];
    await shell(
      [
        `ip link add ${tap} type veth peer name eth0 netns ${pid}`,
        `ip link set ${tap} master ${bridgeOf(network.name)} up`,
        `${enter} link set lo up`,
        `${enter} link set eth0 up`,
        `${enter} addr add ${addresses.inet}/${subnet.split('/')[1]} dev eth0`,
        `${enter} route add default via ${addresses.gateway}`,
        ...(subnet6 === undefined ? [] : inet6),
      ].join(' && '),
    );
    guests.set(name, { pid, network: network.name, addresses });
  };

  return {
    name: 'libvirt',
    client: [...inside, ...LIBVIRT_CLIENT],
    async facts() {
      const version = (await shell('libvirtd --version')).match(/\d+\.\d+\.\d+/)?.[0] ?? '';
      return {
        name: 'libvirt',
        version,
        rootless: false,
        network: "libvirt's NAT network, a network namespace for each guest",
        helpers: {},
      };
    },
    // A guest is a namespace, and needs no files.
    importImage: () => Promise.resolve(),
    async createNetwork(plan) {
      const file = `${STATE}/${plan.name}.xml`;
      await runText(inside, `printf %s "$XML" >${file} && ${virsh} net-create ${file}`, {
        XML: networkXml(plan, natIPv6),
      });
      networks.set(plan.name, { ...plan, next: 1 });
    },
    async removeNetworks(names) {
      for (const name of names) {
        networks.delete(name);
        await shell(`${virsh} net-destroy ${name}`);
      }
    },
    async run({ name, networks: [wanted = 'none'], publish = [] }) {
      const network = networks.get(wanted);
      if (network === undefined) throw new EngineFailed(`libvirt: there is no network ${wanted}`);
      if (publish.length > 0) throw new EngineFailed('libvirt: a NAT network publishes no ports');
      const pid = await shell(
        'unshare --net sleep 2147483647 </dev/null >/dev/null 2>&1 & pid=$!; own=$(readlink /proc/self/ns/net); while [ "$(readlink /proc/$pid/ns/net)" = "$own" ]; do sleep 0.01; done; echo $pid',
      );
      await connect(name, pid.trim(), network);
    },
    async inspect(name) {
      const guest = guests.get(name);
      if (guest === undefined) return null;
      const { pid, network, addresses } = guest;
      return Promise.resolve(asContainer({ name, pid: Number(pid), network, addresses, published: [] }));
    },
    async remove(names) {
      for (const name of names) {
        const guest = guests.get(name);
        guests.delete(name);
        if (guest !== undefined) await shell(`kill -KILL ${guest.pid}`).catch(() => undefined);
      }
    },
    ...withoutClient('libvirt'),
    exec: (name) => [...inside, 'nsenter', `--net=/proc/${guests.get(name)?.pid ?? ''}/ns/net`],
  };
}

function bridgeOf(network: string): string {
  return `virbr-${network}`.slice(0, 15);
}

/** A network as libvirt's documents describe one with NAT. IPv6 is routed unless it is translated too, which is an option. */
function networkXml({ name, subnet, subnet6 }: NetworkPlan, natIPv6: boolean): string {
  const base = subnet.replace(/\.\d+\/\d+$/, '');
  const inet6 =
    subnet6 === undefined
      ? ''
      : `<ip family='ipv6' address='${subnet6.replace(/\/\d+$/, '1')}' prefix='${subnet6.split('/')[1]}'/>`;
  return `<network><name>${name}</name><forward mode='nat'>${natIPv6 ? "<nat ipv6='yes'/>" : ''}</forward><bridge name='${bridgeOf(name)}' stp='on' delay='0'/>
<ip address='${base}.1' netmask='255.255.255.0'><dhcp><range start='${base}.2' end='${base}.254'/></dhcp></ip>${inet6}
</network>`;
}
