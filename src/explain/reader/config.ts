import type { PresentSocket, Protocol } from '../../model/types.ts';
import { readAddress, readName } from './name.ts';
import type { Reading } from './reading.ts';
import { Unreadable } from './unreadable.ts';

/**
 * Reads a line of a configuration that names a socket: `listen` of nginx, `Listen` of Apache httpd, `ListenStream=` and
 * `ListenDatagram=` of systemd, `ListenAddress` of sshd, `bind` of HAProxy; null for other lines.
 * @param around the other lines, which may say more of a socket of systemd
 * @throws Unreadable for such a line whose address can't be read, and for Unix sockets
 */
export function readConfig(line: string, around: readonly string[] = []): Reading | null {
  const text = line.trim();
  return systemd(text, around) ?? nginx(text) ?? apache(text) ?? sshd(text) ?? haproxy(text);
}

function systemd(text: string, around: readonly string[]): Reading | null {
  const match = /^Listen(Stream|Datagram)\s*=\s*(\S+)/i.exec(text);
  if (match === null) return null;
  const [, kind = '', value = ''] = match;
  const setting = (name: string) =>
    around.map((one) => new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)`, 'i').exec(one)?.[1]).find((one) => one !== undefined);
  const isOn = (word: string | undefined) => word !== undefined && /^(yes|true|on|1)$/i.test(word);
  const both = setting('BindIPv6Only');
  const v6only = both === 'both' ? false : both === 'ipv6-only' ? true : undefined;
  const device = setting('BindToDevice');
  const found = addressOf(text, value, 'systemd', 'inet6');
  return {
    ...read(text, kind.toLowerCase() === 'stream' ? 'tcp' : 'udp', found, {
      reuseaddr: true,
      reuseport: isOn(setting('ReusePort')),
      v6only,
      device,
      anyAddress: isOn(setting('FreeBind')) || isOn(setting('Transparent')),
    }),
    notes: [
      'systemd sets SO_REUSEADDR on its sockets (systemd, src/basic/socket-label.c; recalled, not verified)',
      ...(v6only === undefined && found.address === '::'
        ? ["BindIPv6Only= is not there: each system's default is taken (/proc/sys/net/ipv6/bindv6only)"]
        : []),
    ],
  };
}

/** `listen 80;`, `listen [::]:80 default_server ipv6only=off reuseport;`: the semicolon or an option tells it from Apache's. */
function nginx(text: string): Reading | null {
  const match = /^listen\s+(\S+?)((?:\s+[\w=:./-]+)*)\s*;/.exec(text);
  if (match === null) return null;
  const [, value = '', rest = ''] = match;
  const found = addressOf(text, value, 'nginx', 'inet');
  const v6only = /\bipv6only=off\b/.test(rest) ? false : found.family === 'inet6' ? true : undefined;
  return {
    ...read(text, /\b(?:quic|udp)\b/.test(rest) ? 'udp' : 'tcp', found, {
      reuseaddr: true,
      reuseport: /\breuseport\b/.test(rest),
      v6only: found.address === '::' ? v6only : undefined,
    }),
    notes: [
      'nginx sets SO_REUSEADDR (seen with nginx 1.22.1 under strace)',
      ...(found.address === '::' && v6only === true ? ['nginx sets IPV6_V6ONLY=1 unless ipv6only=off is there'] : []),
    ],
  };
}

/** `Listen 80`, `Listen 0.0.0.0:80`, `Listen [::]:443 https`. */
function apache(text: string): Reading | null {
  const match = /^Listen\s+(\S+?)(?:\s+(?:https?|ssl))?\s*$/.exec(text);
  if (match === null) return null;
  const found = addressOf(text, match[1] ?? '', 'Apache httpd', 'inet6');
  return {
    ...read(text, 'tcp', found, { reuseaddr: true, v6only: found.address === '::' ? false : undefined }),
    notes: ['Apache httpd sets SO_REUSEADDR, and takes :: for both families (server/listen.c; recalled, not verified)'],
  };
}

function sshd(text: string): Reading | null {
  const match = /^ListenAddress\s+(\S+)/i.exec(text);
  if (match === null) return null;
  const value = match[1] ?? '';
  const found = addressOf(text, readAddress(value) === null ? value : withPort(value, 22), 'sshd', 'inet');
  const v6only = found.address === '::' ? true : undefined;
  return {
    ...read(text, 'tcp', found, { reuseaddr: true, v6only }),
    notes: ['sshd sets SO_REUSEADDR, and IPV6_V6ONLY on IPv6 (OpenSSH, sshd.c)'],
  };
}

/** `bind *:80`, `bind :::443 v4v6 ssl`, `bind 0.0.0.0:80`. */
function haproxy(text: string): Reading | null {
  const match = /^bind\s+(\S*:\d+)((?:\s+\S+)*)$/.exec(text);
  if (match === null) return null;
  const found = addressOf(text, match[1] ?? '', 'HAProxy', 'inet');
  const rest = match[2] ?? '';
  const v6only = /\bv6only\b/.test(rest) ? true : /\bv4v6\b/.test(rest) ? false : undefined;
  return {
    ...read(text, 'tcp', found, {
      reuseaddr: true,
      reuseport: true,
      v6only: found.address === '::' ? v6only : undefined,
    }),
    notes: ['HAProxy sets SO_REUSEADDR and SO_REUSEPORT (src/proto_tcp.c; recalled, not verified)'],
  };
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

type Found = Pick<PresentSocket, 'family' | 'address' | 'port'>;

/** The address of a value; a port alone is every address: 0.0.0.0, or `::` for both families. @throws Unreadable */
function addressOf(line: string, value: string, program: string, alone: 'inet' | 'inet6'): Found {
  const at = { text: value, position: line.indexOf(value) + 1 };
  if (/^(unix:|\/|@)/.test(value))
    throw new Unreadable(line, at, 'this is a Unix socket; explained are TCP and UDP sockets');
  const any: Pick<Found, 'family' | 'address'> =
    alone === 'inet' ? { family: 'inet', address: '0.0.0.0' } : { family: 'inet6', address: '::' };
  const four = { family: 'inet', address: '0.0.0.0' } as const;
  if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535) return { ...any, port: Number(value) };
  const bare = readAddress(value.replaceAll(/^\[|\]$/g, ''));
  // nginx: an address alone has port 80.
  if (bare !== null && program === 'nginx') return { ...bare, port: 80 };
  const name = readName(value);
  if (name === null || name.port === 0)
    throw new Unreadable(line, at, `${program} names a port, an address with a port, or [::]:80`);
  const { port } = name;
  switch (name.host) {
    case 'star':
      return { ...four, port };
    case 'nothing':
      return { ...any, port };
    case 'localhost':
      return { family: 'inet', address: '127.0.0.1', port };
    default:
      return { family: name.host, address: name.address, port };
  }
}

interface More {
  readonly reuseaddr: boolean;
  readonly reuseport?: boolean;
  readonly v6only?: boolean | undefined;
  readonly device?: string | undefined;
  readonly anyAddress?: boolean;
}

function read(text: string, protocol: Protocol, found: Found, more: More): Reading {
  const { reuseaddr, reuseport = false, v6only, device, anyAddress = false } = more;
  const options = { ...(reuseaddr ? { reuseaddr } : {}), ...(reuseport ? { reuseport } : {}) };
  const socket: PresentSocket = {
    protocol,
    ...found,
    ...(v6only === undefined ? {} : { v6only }),
    options,
    ...(device === undefined ? {} : { device }),
    ...(anyAddress ? { anyAddress } : {}),
  };
  return { text, socket, plainWithoutDual: false, notes: [] };
}
