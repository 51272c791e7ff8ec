import type { RowOrigin } from './row-systems.ts';
import { configuredSocket } from './configured-socket.ts';
import type { Reading } from './reading.ts';

/** The settings of a unit that decide what is bound, and how each is said. */
const KEYS = ['BindIPv6Only', 'BindToDevice', 'FreeBind', 'ReusePort', 'Transparent'] as const;
type Key = (typeof KEYS)[number];

const OPTIONS: Readonly<Partial<Record<Key, string>>> = {
  FreeBind: 'IP_FREEBIND',
  ReusePort: 'SO_REUSEPORT',
  Transparent: 'IP_TRANSPARENT',
};

const LINUX: RowOrigin = { systems: ['linux'], why: 'units of systemd are those of Linux' };

/** Whether a line names a socket of a systemd unit, or is the head of a part of one. */
export function isUnitLine(text: string): boolean {
  return /^\s*(?:Listen(?:Stream|Datagram)\s*=|\[(?:Socket|Unit|Install)\]\s*$)/im.test(text);
}

/** Whether a line is a setting of a unit, which says nothing of another socket: `Accept=no`, `BindIPv6Only=both`. */
export function isUnitSetting(line: string): boolean {
  return /^\s*[A-Z][A-Za-z\d]*\s*=/.test(line) && !isUnitLine(line);
}

/**
 * Reads `ListenStream=` or `ListenDatagram=` of a systemd unit, with what the other lines of the unit set; null for other lines.
 * Which options are set is read in systemd's src/shared/socket-label.c: socket_address_listen.
 * @throws Unreadable for an address that can't be read, and for Unix sockets
 */
export function readSystemdUnit(text: string, around: readonly string[]): Reading | null {
  const match = /^Listen(Stream|Datagram)\s*=\s*(\S+)/i.exec(text);
  if (match === null) return null;
  const [, kind = '', value = ''] = match;
  // The last line of a key counts, as in systemd.
  const said = (key: Key) =>
    around
      .map((one) => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, 'i').exec(one)?.[1])
      .findLast((one) => one !== undefined);
  const isOn = (key: Key) => /^(?:yes|y|true|t|on|1)$/i.test(said(key) ?? '');
  const both = (said('BindIPv6Only') ?? '').toLowerCase();
  const v6only = /^(?:both|no|false|off|0)$/.test(both)
    ? false
    : /^(?:ipv6-only|yes|true|on|1)$/.test(both)
      ? true
      : undefined;
  const reading = configuredSocket(text, value, 'systemd', 'inet6', {
    protocol: kind.toLowerCase() === 'stream' ? 'tcp' : 'udp',
    reuseaddr: true,
    reuseport: isOn('ReusePort'),
    v6only,
    device: said('BindToDevice'),
    anyAddress: isOn('FreeBind') || isOn('Transparent'),
  });
  const set = KEYS.filter((key) => OPTIONS[key] !== undefined && isOn(key)).map((key) => `${key}= is ${OPTIONS[key]}`);
  return {
    ...reading,
    origin: LINUX,
    notes: [
      'systemd sets SO_REUSEADDR on its sockets (systemd, src/shared/socket-label.c, read in its source)',
      ...set,
      ...(v6only === undefined && reading.socket.address === '::'
        ? ["BindIPv6Only= is not there: each system's default is taken (/proc/sys/net/ipv6/bindv6only)"]
        : []),
    ],
  };
}
