import type { Host, Protocol, SystemName } from '../../model/types.ts';
import { readAddress } from './name.ts';
import { unknown } from '../../text/unknown.ts';

/** Settings of a machine, as far as they are known; whatever is left out has its default. */
export interface Settings {
  /** What the models of the systems get. */
  readonly hosts: Readonly<Partial<Record<SystemName, Host>>>;
  /** Whether whoever binds may have a low port; the user decides when left out. */
  readonly privileged?: boolean;
  /** False if no interface has an IPv6 address, though the system has IPv6. */
  readonly addresses6?: false;
  /** The ports that the system chooses from for port 0. */
  readonly chosenPorts?: readonly [from: number, to: number];
  /** The ports among them that the system never chooses. */
  readonly reservedPorts?: readonly (readonly [from: number, to: number])[];
  /** The settings as they were read, for people: `net.ipv6.bindv6only=1`. */
  readonly said: readonly string[];
}

export const NO_SETTINGS: Settings = { hosts: {}, said: [] };

/** A setting that can't be read. The message is one line. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}

interface Kind {
  /** The form of the value, for the message about a wrong one. */
  readonly form: string;
  /** Whether sysctl prints it, so that it may stand among pasted lines. */
  readonly sysctl: boolean;
  /** What the value says; null if it can't be read. */
  read(value: string, before: Settings): Omit<Settings, 'said'> | null;
}

const LINUX: readonly SystemName[] = ['linux'];
const LINUX_HOST: readonly SystemName[] = ['linux', 'wine'];

function onHosts(
  before: Settings,
  systems: readonly SystemName[],
  change: (host: Host) => Host,
): Omit<Settings, 'said'> {
  const hosts = { ...before.hosts };
  for (const system of systems) hosts[system] = change(hosts[system] ?? {});
  return { ...before, hosts };
}

function flag(systems: readonly SystemName[], change: (on: boolean, host: Host) => Host, sysctl = true): Kind {
  return {
    form: '0 or 1',
    sysctl,
    read: (value, before) =>
      value === '0' || value === '1' ? onHosts(before, systems, (host) => change(value === '1', host)) : null,
  };
}

function nonlocal(family: 'inet' | 'inet6'): Kind {
  return flag(LINUX, (on, host) => {
    const others = (host.nonlocalBind ?? []).filter((one) => one !== family);
    return { ...host, nonlocalBind: on ? [...others, family] : others };
  });
}

const V6ONLY_BSDS: readonly SystemName[] = ['darwin', 'freebsd', 'netbsd'];
const EVERY: readonly SystemName[] = ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'windows', 'gvisor', 'wine'];

/** The settings by name. Names of sysctl are those of the system; others are bindspec's own. */
const KINDS: Readonly<Record<string, Kind>> = {
  'net.ipv6.bindv6only': flag(LINUX, (bindv6only, host) => ({ ...host, bindv6only })),
  'net.inet6.ip6.v6only': flag(V6ONLY_BSDS, (bindv6only, host) => ({ ...host, bindv6only })),
  'net.ipv4.ip_unprivileged_port_start': {
    form: 'a port, from 0 to 65535',
    sysctl: true,
    read: (value, before) =>
      isPort(value) ? onHosts(before, LINUX_HOST, (host) => ({ ...host, unprivilegedPortStart: Number(value) })) : null,
  },
  'net.inet.ip.portrange.reservedhigh': {
    form: 'a port, from 0 to 65535',
    sysctl: true,
    read: (value, before) =>
      isPort(value)
        ? onHosts(before, ['freebsd'], (host) => ({ ...host, unprivilegedPortStart: Number(value) + 1 }))
        : null,
  },
  'net.ipv4.ip_nonlocal_bind': nonlocal('inet'),
  'net.ipv6.ip_nonlocal_bind': nonlocal('inet6'),
  'net.ipv4.tcp_l3mdev_accept': flag(LINUX, (tcpL3mdevAccept, host) => ({ ...host, tcpL3mdevAccept })),
  'net.ipv4.ip_autobind_reuse': flag(LINUX, (autobindReuse, host) => ({ ...host, autobindReuse })),
  'net.ipv6.conf.all.disable_ipv6': {
    form: '0 or 1',
    sysctl: true,
    read: (value, before) => {
      const { addresses6: _, ...rest } = before;
      return value === '1' ? { ...rest, addresses6: false } : value === '0' ? rest : null;
    },
  },
  'net.ipv4.ip_local_port_range': {
    form: 'two ports, for example 32768-60999',
    sysctl: true,
    read: (value, before) => {
      const range = rangeIn(value.trim().replace(/\s+/, '-'));
      return range === null ? null : { ...before, chosenPorts: range };
    },
  },
  'net.ipv4.ip_local_reserved_ports': {
    form: 'ports, for example 8080,9000-9010',
    sysctl: true,
    read: (value, before) => {
      const ranges = value === '' ? [] : value.split(',').map((one) => rangeIn(one.trim()));
      const reservedPorts = ranges.filter((range) => range !== null);
      return reservedPorts.length === ranges.length ? { ...before, reservedPorts } : null;
    },
  },
  ipv6: flag(LINUX, (ipv6, host) => ({ ...host, ipv6 }), false),
  privileged: {
    form: '0 or 1',
    sysctl: false,
    read: (value, before) => (value === '0' || value === '1' ? { ...before, privileged: value === '1' } : null),
  },
  excluded: {
    form: 'ports that Windows excludes, for example 50000-50059 or 50000-50059/tcp',
    sysctl: false,
    read: (value, before) => {
      const [, text = '', protocol] = /^([\d-]+)(?:\/(tcp|udp))?$/.exec(value) ?? [];
      const range = rangeIn(text);
      return range === null ? null : excluding(before, range, protocol as Protocol | undefined);
    },
  },
  vrf: {
    form: 'a VRF and its devices, for example red:eth1,eth2',
    sysctl: false,
    read: (value, before) => {
      const [, name, devices = ''] = /^([\w.@-]+):([\w.@,-]+)$/.exec(value) ?? [];
      if (name === undefined) return null;
      return onHosts(before, LINUX, (host) => ({ ...host, vrfs: { ...host.vrfs, [name]: devices.split(',') } }));
    },
  },
  addresses: {
    form: 'all addresses of the machine, for example 127.0.0.1,::1,192.0.2.7',
    sysctl: false,
    read: (value, before) => listOf(value, before, (host, addresses) => ({ ...host, addresses })),
  },
  broadcasts: {
    form: 'broadcast addresses of the machine, for example 192.0.2.255',
    sysctl: false,
    read: (value, before) => listOf(value, before, (host, broadcasts) => ({ ...host, broadcasts })),
  },
};

/** Shorter names, and names of the same thing. */
const ALIASES: Readonly<Record<string, string>> = {
  bindv6only: 'net.ipv6.bindv6only',
  v6only: 'net.inet6.ip6.v6only',
  ip_unprivileged_port_start: 'net.ipv4.ip_unprivileged_port_start',
  ip_nonlocal_bind: 'net.ipv4.ip_nonlocal_bind',
  nonlocal_bind: 'net.ipv4.ip_nonlocal_bind',
  tcp_l3mdev_accept: 'net.ipv4.tcp_l3mdev_accept',
  ip_autobind_reuse: 'net.ipv4.ip_autobind_reuse',
  ip_local_port_range: 'net.ipv4.ip_local_port_range',
  ip_local_reserved_ports: 'net.ipv4.ip_local_reserved_ports',
  disable_ipv6: 'net.ipv6.conf.all.disable_ipv6',
  cap_net_bind_service: 'privileged',
  excludedportrange: 'excluded',
};

/** The names of the settings that can be given, for messages. */
const SETTING_NAMES: readonly string[] = [...Object.keys(KINDS), ...Object.keys(ALIASES)];

/**
 * Reads settings, each as `NAME=VALUE`.
 * @throws BadSetting for a name or a value that can't be read
 */
export function readSettings(texts: readonly string[], before: Settings = NO_SETTINGS): Settings {
  let settings = before;
  for (const text of texts) {
    const [, name, value = ''] = /^\s*([\w.]+)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
    if (name === undefined) throw new BadSetting(`'${text}' is not a setting; write it as in bindv6only=1`);
    const full = fullName(name);
    const kind = Object.hasOwn(KINDS, full) ? KINDS[full] : undefined;
    if (kind === undefined) {
      const known = `it is one of ${[...Object.keys(ALIASES), 'ipv6', 'privileged', 'excluded', 'vrf', 'addresses', 'broadcasts'].join(', ')}`;
      throw new BadSetting(unknown('setting', name, SETTING_NAMES, known));
    }
    const read = kind.read(value, settings);
    if (read === null) throw new BadSetting(`the setting '${text.trim()}' can't be read: ${name} is ${kind.form}`);
    settings = { ...read, said: [...settings.said, `${full}=${value}`] };
  }
  return settings;
}

function fullName(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(ALIASES, lower) ? (ALIASES[lower] ?? lower) : lower;
}

/**
 * Looks for settings among pasted lines: those of sysctl, and the list of excluded ports of netsh on Windows.
 * @returns the settings, and the lines that they are in
 */
export function settingsAmong(lines: readonly string[]): { settings: Settings; used: ReadonlySet<number> } {
  const used = new Set<number>();
  let settings = NO_SETTINGS;
  let excludes: Protocol | undefined;
  for (const [place, line] of lines.entries()) {
    const heading = /\b(tcp|udp)\b.*\b(?:Port Exclusion Ranges|Portausschlussbereiche)\b/i.exec(line);
    if (heading !== null) {
      excludes = heading[1]?.toLowerCase() as Protocol;
      used.add(place);
      continue;
    }
    if (excludes !== undefined && /^\s*(Start Port\b|-{3,}|\* - )/.test(line)) used.add(place);
    const row = excludes === undefined ? null : /^\s*(\d{1,5})\s+(\d{1,5})\s*(\*?)\s*$/.exec(line);
    const range = row === null ? null : rangeIn(`${row[1]}-${row[2]}`);
    if (range !== null && excludes !== undefined) {
      used.add(place);
      // Ranges with a star were reserved by an administrator, for programs that ask for their ports.
      if (row?.[3] === '*') continue;
      const said = [...settings.said, `excluded=${range[0]}-${range[1]}/${excludes}`];
      settings = { ...excluding(settings, range, excludes), said };
      continue;
    }
    const [, name = ''] = /^\s*(net\.[\w.]+)\s*[=:]\s*\S/.exec(line) ?? [];
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    if (kind?.sysctl !== true) continue;
    try {
      settings = readSettings([line.replace(/[:=]/, '=')], settings);
      used.add(place);
    } catch (error) {
      if (!(error instanceof BadSetting)) throw error;
    }
  }
  return { settings, used };
}

/** Settings with others after them; the later ones count. */
export function joined(first: Settings, then: Settings): Settings {
  const hosts = { ...first.hosts };
  for (const system of EVERY) {
    const [one, other] = [first.hosts[system], then.hosts[system]];
    if (other === undefined) continue;
    const excludedPorts = [...(one?.excludedPorts ?? []), ...(other.excludedPorts ?? [])];
    hosts[system] = { ...one, ...other, ...(excludedPorts.length === 0 ? {} : { excludedPorts }) };
  }
  return { ...first, ...then, hosts, said: [...first.said, ...then.said] };
}

function excluding(
  before: Settings,
  [from, to]: readonly [number, number],
  protocol?: Protocol,
): Omit<Settings, 'said'> {
  const range = { from, to, ...(protocol === undefined ? {} : { protocol }) };
  return onHosts(before, ['windows'], (host) => ({ ...host, excludedPorts: [...(host.excludedPorts ?? []), range] }));
}

function listOf(
  value: string,
  before: Settings,
  change: (host: Host, addresses: string[]) => Host,
): Omit<Settings, 'said'> | null {
  const found = value.split(',').map((one) => readAddress(one.trim())?.address);
  const addresses = found.filter((one) => one !== undefined);
  return addresses.length === found.length ? onHosts(before, EVERY, (host) => change(host, addresses)) : null;
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function rangeIn(text: string): [from: number, to: number] | null {
  const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return isPort(from) && isPort(to) && Number(from) <= Number(to) ? [Number(from), Number(to)] : null;
}
