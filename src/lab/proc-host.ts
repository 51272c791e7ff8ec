import type { Host } from '../model/types.ts';

/** The files of Linux, and of gVisor as far as it has them, that say what the models need to know of a machine. */
export const HOST_FILES = {
  bindv6only: '/proc/sys/net/ipv6/bindv6only',
  unprivilegedPortStart: '/proc/sys/net/ipv4/ip_unprivileged_port_start',
  nonlocalBind4: '/proc/sys/net/ipv4/ip_nonlocal_bind',
  nonlocalBind6: '/proc/sys/net/ipv6/ip_nonlocal_bind',
  tcpL3mdevAccept: '/proc/sys/net/ipv4/tcp_l3mdev_accept',
  autobindReuse: '/proc/sys/net/ipv4/ip_autobind_reuse',
  /** The routes, among them those of the machine's own IPv4 addresses and of its broadcast addresses. */
  routes: '/proc/net/fib_trie',
  addresses6: '/proc/net/if_inet6',
  anycast6: '/proc/net/anycast6',
} as const;

/** The content of each file; undefined where it can't be read. */
type HostTexts = Readonly<Partial<Record<keyof typeof HOST_FILES, string | undefined>>>;

/** Flags of an IPv6 address, from linux/if_addr.h, in the order in which they count. */
const FLAGS = [
  [0x08, 'duplicated'],
  [0x40, 'tentative'],
  [0x20, 'deprecated'],
] as const;

/** The facts about a machine that its files tell; a fact is left out where its file can't be read. */
export function hostFrom(texts: HostTexts): Host {
  const { addresses6, anycast6, routes } = texts;
  const own4 = routes === undefined ? undefined : routesIn(routes);
  const own6 = addresses6 === undefined ? [] : linesOf(addresses6).flatMap(addressIn);
  const anycast = anycast6 === undefined ? [] : linesOf(anycast6).flatMap(anycastIn);
  const six = [...own6, ...anycast];
  const port = numberIn(texts.unprivilegedPortStart);
  const nonlocal = (['inet', 'inet6'] as const).filter(
    (family) => numberIn(family === 'inet' ? texts.nonlocalBind4 : texts.nonlocalBind6) === 1,
  );
  const flags = six.flatMap(({ address, flag }) => (flag === undefined ? [] : [[address, flag] as const]));
  return {
    ...(own4 === undefined ? {} : { addresses: unique([...own4.own, ...six.map(({ address }) => address)]) }),
    ...(own4 === undefined ? {} : { broadcasts: own4.broadcasts }),
    ...(six.length === 0 ? {} : { devices: devicesOf(six) }),
    ...(flags.length === 0 ? {} : { flags: Object.fromEntries(flags) }),
    ...(port === undefined ? {} : { unprivilegedPortStart: port }),
    ...flagOf('bindv6only', texts.bindv6only),
    ...flagOf('tcpL3mdevAccept', texts.tcpL3mdevAccept),
    ...flagOf('autobindReuse', texts.autobindReuse),
    ...(nonlocal.length === 0 ? {} : { nonlocalBind: nonlocal }),
    // A kernel without IPv6 has no such file. Where not even the routes can be read, nothing is known.
    ...(own4 !== undefined && addresses6 === undefined ? { ipv6: false } : {}),
  };
}

function flagOf(key: 'bindv6only' | 'tcpL3mdevAccept' | 'autobindReuse', text: string | undefined): Partial<Host> {
  const value = numberIn(text);
  return value === undefined ? {} : { [key]: value !== 0 };
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** The machine's own IPv4 addresses and its broadcast addresses, from `/proc/net/fib_trie`, where each is a route. */
function routesIn(text: string): { own: string[]; broadcasts: string[] } {
  const own: string[] = [];
  const broadcasts: string[] = [];
  let address = '';
  for (const line of linesOf(text)) {
    address = /\|-- ([\d.]+)$/.exec(line)?.[1] ?? address;
    if (line.endsWith('/32 host LOCAL')) own.push(address);
    if (line.endsWith('/32 link BROADCAST')) broadcasts.push(address);
  }
  return { own: unique(own), broadcasts: unique(broadcasts) };
}

interface Address6 {
  readonly address: string;
  readonly device: string;
  readonly flag?: 'duplicated' | 'tentative' | 'deprecated' | 'anycast';
}

/** A line of `/proc/net/if_inet6`: the address, the interface's number, the prefix, the scope, the flags, its name. */
function addressIn(line: string): Address6[] {
  const [digits = '', , , , flags = '', device = ''] = line.trim().split(/\s+/);
  if (!/^[\da-f]{32}$/i.test(digits)) return [];
  const bits = Number.parseInt(flags, 16);
  const flag = FLAGS.find(([bit]) => (bits & bit) !== 0)?.[1];
  return [{ address: written(digits), device, ...(flag === undefined ? {} : { flag }) }];
}

/** A line of `/proc/net/anycast6`: the interface's number, its name, the address, how many have joined it. */
function anycastIn(line: string): Address6[] {
  const [, device = '', digits = ''] = line.trim().split(/\s+/);
  return /^[\da-f]{32}$/i.test(digits) ? [{ address: written(digits), device, flag: 'anycast' }] : [];
}

/** An IPv6 address of 32 digits in its usual spelling. */
function written(digits: string): string {
  const groups = digits.match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function devicesOf(six: readonly Address6[]): Record<string, string[]> {
  const devices: Record<string, string[]> = {};
  for (const { device, address } of six) devices[device] = [...(devices[device] ?? []), address];
  return devices;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}
