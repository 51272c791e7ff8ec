import type { EngineFacts } from '../../engine/engine.ts';
import type { EngineHost } from '../../engine/host/engine-host.ts';

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
  iptables: 'iptables --version',
  nftables: 'nft list tables | paste -sd ","',
};

/** The facts on which the outcomes of a configuration depend. A fact that can't be read is left out. */
export async function factsOf(host: EngineHost, engine: EngineFacts): Promise<Record<string, string>> {
  const script = Object.entries(READ).map(
    ([name, line]) => `printf '%s=' '${name}'; { ${line}; } 2>/dev/null | head -n 1 | tr -d '\\n'; echo`,
  );
  const printed = await host.shell(`${script.join('\n')}\ntrue`);
  const read = printed.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    return at > 0 && at < line.length - 1 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  });
  const { name, version, network, runtime, rootless, helpers } = engine;
  return {
    engine: `${name} ${version}`,
    ...(network === undefined ? {} : { network }),
    ...(runtime === undefined ? {} : { runtime }),
    rootless: rootless ? 'yes' : 'no',
    ...helpers,
    ...Object.fromEntries(read),
  };
}
