import { configuredSocket } from './configured-socket.ts';
import { readAddress } from './name.ts';
import type { Reading } from './reading.ts';
import { readSystemdUnit } from './unit.ts';

/**
 * Reads a line of a configuration that names a socket: `listen` of nginx, `Listen` of Apache httpd, `ListenStream=` and
 * `ListenDatagram=` of systemd, `ListenAddress` of sshd, `bind` of HAProxy; null for other lines.
 * @param around the other lines, which may say more of a socket of systemd
 * @throws Unreadable for such a line whose address can't be read, and for Unix sockets
 */
export function readConfig(line: string, around: readonly string[] = []): Reading | null {
  const text = line.trim();
  return readSystemdUnit(text, around) ?? nginx(text) ?? apache(text) ?? sshd(text) ?? haproxy(text);
}

/** `listen 80;`, `listen [::]:80 default_server ipv6only=off reuseport;`: the semicolon or an option tells it from Apache's. */
function nginx(text: string): Reading | null {
  const match = /^listen\s+(\S+?)((?:\s+[\w=:./-]+)*)\s*;/.exec(text);
  if (match === null) return null;
  const [, value = '', rest = ''] = match;
  const isDual = /\bipv6only=off\b/.test(rest);
  const reading = configuredSocket(text, value, 'nginx', 'inet', {
    protocol: /\b(?:quic|udp)\b/.test(rest) ? 'udp' : 'tcp',
    reuseaddr: true,
    reuseport: /\breuseport\b/.test(rest),
    v6only: !isDual,
  });
  return {
    ...reading,
    notes: [
      'nginx sets SO_REUSEADDR (seen with nginx 1.22.1 under strace)',
      ...(reading.socket.address === '::' && !isDual
        ? ['nginx sets IPV6_V6ONLY=1 unless ipv6only=off is there (seen with nginx 1.22.1 under strace)']
        : []),
    ],
  };
}

/** `Listen 80`, `Listen 0.0.0.0:80`, `Listen [::]:443 https`. */
function apache(text: string): Reading | null {
  const match = /^Listen\s+(\S+?)(?:\s+(?:https?|ssl))?\s*$/.exec(text);
  if (match === null) return null;
  return {
    ...configuredSocket(text, match[1] ?? '', 'Apache httpd', 'inet6', {
      protocol: 'tcp',
      reuseaddr: true,
      v6only: false,
    }),
    notes: [
      'Apache httpd sets SO_REUSEADDR, and takes :: for both families (server/listen.c: make_sock, read in its source; on the BSDs it is built for one family by default)',
    ],
  };
}

function sshd(text: string): Reading | null {
  const match = /^ListenAddress\s+(\S+)/i.exec(text);
  if (match === null) return null;
  const value = match[1] ?? '';
  const named = readAddress(value) === null ? value : withPort(value, 22);
  return {
    ...configuredSocket(text, named, 'sshd', 'inet', { protocol: 'tcp', reuseaddr: true, v6only: true }),
    notes: ['sshd sets SO_REUSEADDR, and IPV6_V6ONLY on IPv6 (OpenSSH, sshd.c)'],
  };
}

/** `bind *:80`, `bind :::443 v4v6 ssl`, `bind 0.0.0.0:80`. */
function haproxy(text: string): Reading | null {
  const match = /^bind\s+(\S*:\d+)((?:\s+\S+)*)$/.exec(text);
  if (match === null) return null;
  const rest = match[2] ?? '';
  const v6only = /\bv6only\b/.test(rest) ? true : /\bv4v6\b/.test(rest) ? false : undefined;
  return {
    ...configuredSocket(text, match[1] ?? '', 'HAProxy', 'inet', {
      protocol: 'tcp',
      reuseaddr: true,
      reuseport: true,
      v6only,
    }),
    notes: ['HAProxy sets SO_REUSEADDR and SO_REUSEPORT (seen with 2.6.12)'],
  };
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
