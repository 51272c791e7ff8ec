import type { EngineFacts } from '../../engine/engine.ts';
import type { Configuration } from '../../containers/configurations.ts';
import type { EngineHost } from '../../engine/host/engine-host.ts';
import { enterBetween } from './settle.ts';

/** The facts to read on the host once the containers are there; each is a line of shell text that prints one line. */
const READ: Readonly<Record<string, string>> = {
  ip_forward: 'cat /proc/sys/net/ipv4/ip_forward',
  'IPv6 forwarding': 'cat /proc/sys/net/ipv6/conf/all/forwarding',
  route_localnet:
    'cd /proc/sys/net/ipv4/conf && for i in *; do [ $(cat $i/route_localnet) = 0 ] || echo $i; done | sed "s/^\\(br-\\|podman\\|cni-podman\\|veth\\).*/\\1*/" | sort -u | paste -sd " "',
  rp_filter: 'cat /proc/sys/net/ipv4/conf/all/rp_filter',
  'bridge-nf-call-iptables': 'cat /proc/sys/net/bridge/bridge-nf-call-iptables',
  'bridge-nf-call-ip6tables': 'cat /proc/sys/net/bridge/bridge-nf-call-ip6tables',
  'FORWARD policy': 'iptables -S FORWARD | head -n 1',
  'IPv6 FORWARD policy': 'ip6tables -S FORWARD | head -n 1',
  netavark: '/usr/lib/podman/netavark --version',
  // In some systems it does not say; Debian's package does.
  passt: "pasta --version 2>/dev/null | grep . || dpkg-query -W -f 'passt ${Version}' passt",
  iptables: 'iptables --version',
  'UDP conntrack timeouts':
    'cd /proc/sys/net/netfilter && cat nf_conntrack_udp_timeout nf_conntrack_udp_timeout_stream | paste -sd " "',
  // A podman copies these lines into its containers.
  'localhost in the hosts file of the host':
    'sed -n "s/#.*//; s/^\\([0-9a-f.:]*\\)[[:space:]].*\\blocalhost\\b.*/\\1/p" /etc/hosts | paste -sd " "',
  nftables: 'nft list tables | paste -sd ","',
};

/** The same in the namespace of a rootless engine's bridges. */
const READ_BETWEEN: Readonly<Record<string, string>> = {
  "bridge-nf-call-iptables of the user's bridges": 'cat /proc/sys/net/bridge/bridge-nf-call-iptables',
  "IPv6 route of the user's bridges": 'ip -6 route show default | grep -q . && echo yes || echo no',
};

/** The facts on which the outcomes of a configuration depend. A fact that can't be read is left out. */
export async function factsOf(
  host: EngineHost,
  configuration: Configuration,
  engine: EngineFacts,
): Promise<Record<string, string>> {
  const enter = enterBetween(configuration);
  const between =
    enter === null ? [] : Object.entries(READ_BETWEEN).map(([name, line]) => [name, `${enter} sh -c '${line}'`]);
  const script = [...Object.entries(READ), ...between].map(
    ([name, line]) => `printf '%s=' "${name}"; { ${line}; } 2>/dev/null | head -n 1 | tr -d '\\n'; echo`,
  );
  const printed = await host.shell(`${script.join('\n')}\ntrue`);
  const isPodmans = (fact: string) => fact === 'netavark' || fact === 'passt';
  const read = printed.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    const [fact, value] = [line.slice(0, at), line.slice(at + 1)];
    if (at <= 0 || value === '' || (isPodmans(fact) && engine.name !== 'podman')) return [];
    return [[fact, isPodmans(fact) ? value.replace(/^\S+ /, '') : value]];
  });
  const { name, version, network, runtime, rootless, rootlessNetwork, helpers } = engine;
  const options = configuration.host.engine === 'docker' ? (configuration.host.options ?? []) : [];
  return {
    engine: `${name} ${version}`,
    ...(network === undefined ? {} : { network }),
    ...(runtime === undefined ? {} : { runtime }),
    ...(name === 'docker' ? { 'options of dockerd': options.join(' ') || 'its defaults' } : {}),
    rootless: rootless ? 'yes' : 'no',
    ...(enter === null || rootlessNetwork === undefined ? {} : { 'bridges reach the host by': rootlessNetwork }),
    ...helpers,
    ...Object.fromEntries(read),
  };
}
