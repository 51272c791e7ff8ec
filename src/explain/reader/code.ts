import type { PresentSocket, Protocol } from '../../model/types.ts';
import { fullNames, loneHosts, lonePorts, type Mention } from './prose.ts';
import type { Reading } from './reading.ts';

/** A call that binds: `app.listen(3000)`, `s.bind(("0.0.0.0", 8080))`, `net.Listen("tcp", ":8080")`, `TcpListener::bind(...)`. */
const CALL = /(?:^|[^\w])(?:listen\w*|bind\w*|serve|createServer|run|ServerSocket|DatagramSocket)\s*\((?<inside>.*)/i;

/** A setting that names a socket: `bind = "0.0.0.0:8000"`, `listen = 127.0.0.1:9000`, `server.port=8080`, `http_port 3128`. */
const SETTING =
  /^\s*["']?(?<key>[\w.-]*(?:listen|bind|addr|address|endpoint|host|port)[\w.-]*)["']?\s*(?:[:=]+|\s)\s*(?<value>["']?[\w.:[\]*%/-]+["']?)\s*[,;]?\s*(?:#.*)?$/i;
/** The same where it holds an address and no port: `bind-address = 127.0.0.1`, `listen_addresses = '*'`. */
const HOST_KEY = /(?:bind|listen|host|addr|interface)/i;
const PORT_KEY = /(?:^|[._-])(?:\w*port)$/i;

/**
 * Reads a line of code that binds a socket, or a setting of a program that names one; null for other lines. Which options
 * are set is not known from either.
 * @param around the lines around it; one of them may have the address that belongs to a port
 */
export function readCode(line: string, around: readonly string[] = []): Reading | null {
  return inCall(line) ?? inSetting(line, around);
}

function inCall(line: string): Reading | null {
  const inside = CALL.exec(line)?.groups?.['inside'];
  if (inside === undefined || /(?:failed|error|errno|EADDR|EACCES|in use|denied|= -\d)/i.test(line)) return null;
  const [full] = fullNames(inside);
  const bare = /(?:^|[\s,({[])(?<port>\d{1,5})(?=\s*[,)}\]])/.exec(inside)?.groups?.['port'];
  const port = Number(bare ?? lonePorts(inside)[0]?.port ?? 0);
  if (full === undefined && (port < 1 || port > 65_535)) return null;
  const mention = full ?? { ...loneHosts(inside)[0], port };
  return readingOf(line, mention, /udp|dgram|datagram/i.test(line) ? 'udp' : 'tcp', 'a call');
}

function inSetting(line: string, around: readonly string[]): Reading | null {
  const { key = '', value = '' } = SETTING.exec(line)?.groups ?? {};
  if (key === '') return null;
  const plain = value.replaceAll(/^["']|["']$/g, '');
  const protocol = /udp/i.test(line) ? 'udp' : 'tcp';
  const [full] = HOST_KEY.test(key) ? fullNames(plain) : [];
  if (full !== undefined) return readingOf(line, full, protocol, `the setting ${key}`);
  if (!PORT_KEY.test(key) || !/^\d{1,5}$/.test(plain) || Number(plain) < 1 || Number(plain) > 65_535) return null;
  const [host] = around.flatMap((other) => {
    const found = SETTING.exec(other)?.groups;
    return found !== undefined && HOST_KEY.test(found['key'] ?? '') ? loneHosts(`"${unquoted(found['value'])}"`) : [];
  });
  return readingOf(line, { ...host, port: Number(plain) }, protocol, `the setting ${key}`);
}

function unquoted(value = ''): string {
  return value.replaceAll(/^["']|["']$/g, '');
}

function readingOf(
  line: string,
  { host, port = 0, localhost }: Omit<Mention, 'at'>,
  protocol: Protocol,
  what: string,
): Reading {
  const text = line.trim();
  const notes = [`${what} does not tell which options are set: it is taken without any`];
  if (host === undefined || host === '*') {
    const socket: PresentSocket = { protocol, family: 'inet6', v6only: false, address: '::', port };
    notes.push('it names no address: it is taken for a dual-stack ::, and 0.0.0.0 where there is none');
    const otherwise = { socket: { protocol, family: 'inet', address: '0.0.0.0', port } as const, words: '0.0.0.0' };
    return { text, socket, plainWithoutDual: true, notes, otherwise };
  }
  const family = host.includes(':') ? 'inet6' : 'inet';
  if (localhost === true) notes.push('localhost is taken for 127.0.0.1; write [::1] where it stands for that');
  const open = { socket: { protocol, family, v6only: true, address: host, port } as const, words: 'v6only=1' };
  return {
    text,
    socket: { protocol, family, address: host, port },
    plainWithoutDual: false,
    notes,
    ...(host === '::' ? { otherwise: open } : {}),
  };
}
