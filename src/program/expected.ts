import type { ProgramSocket } from '../record/program.ts';
import { socketInWords, services } from './sockets.ts';

/** A socket that is to be there: without `dual` or `v6only` it may be either. */
export interface ExpectedSocket {
  readonly protocol: string;
  readonly address: string;
  readonly port: number | null;
  readonly dual?: boolean;
}

/** What is too many and what is missing. */
export interface Against {
  readonly what: string;
  readonly missing: string[];
  readonly extra: string[];
}

/** A line that names no socket. The message says which, and how one is written. */
export class BadExpectation extends Error {
  constructor(line: number, text: string) {
    super(`line ${line}: '${text}' names no socket; write for example 'tcp 0.0.0.0:80' or 'udp [::]:53 v6only'`);
    this.name = 'BadExpectation';
  }
}

const LINE =
  /^(?<protocol>tcp|udp|udplite|raw6?|icmp6?) (?:\[(?<inet6>[\da-f:.%a-z]+)\]|(?<inet>\d+\.\d+\.\d+\.\d+))(?::(?<port>\d{1,5}))?(?: (?<kind>dual|v6only))?(?: (?:reuseaddr|reuseport|freebind|transparent|defer-accept|device=\S+))*$/i;
const HIGHEST_PORT = 65_535;

/** Reads sockets, one a line; what follows a # is a remark. The words of the table's options may follow a socket, and are not compared. @throws BadExpectation */
export function readExpected(text: string): ExpectedSocket[] {
  return text.split(/\r?\n/).flatMap((row, index) => {
    const line = row.replace(/#.*/, '').trim().replaceAll(/\s+/g, ' ');
    if (line === '') return [];
    const { protocol = '', inet6, inet, port, kind } = LINE.exec(line)?.groups ?? {};
    const hasPort = /^(?:tcp|udp)/i.test(protocol);
    if (protocol === '' || hasPort !== (port !== undefined) || Number(port ?? 0) > HIGHEST_PORT || !isInet(inet)) {
      throw new BadExpectation(index + 1, line);
    }
    return [
      {
        protocol: protocol.toLowerCase().replace('6', ''),
        address: (inet6 ?? inet ?? '').toLowerCase(),
        port: port === undefined ? null : Number(port),
        ...(kind === undefined ? {} : { dual: kind.toLowerCase() === 'dual' }),
      },
    ];
  });
}

function isInet(address = '0.0.0.0'): boolean {
  return address.split('.').every((part) => Number(part) <= 255);
}

/** Compares the services of a program with a list. Ports of chance, helpers and clients are left out. */
export function againstList(
  sockets: readonly ProgramSocket[],
  expected: readonly ExpectedSocket[],
  file: string,
): Against {
  const own = services(sockets);
  const meets = (socket: ProgramSocket, one: ExpectedSocket) =>
    socket.protocol === one.protocol &&
    socket.address.toLowerCase() === one.address &&
    socket.port === one.port &&
    (one.dual === undefined || socket.dual === undefined || socket.dual === one.dual);
  return {
    what: file,
    missing: expected.filter((one) => !own.some((socket) => meets(socket, one))).map(inWords),
    extra: unique(own.filter((socket) => !expected.some((one) => meets(socket, one))).map(socketInWords)),
  };
}

function inWords({ protocol, address, port, dual }: ExpectedSocket): string {
  const at = address.includes(':') ? `[${address}]` : address;
  const kind = dual === undefined ? '' : dual ? ' dual' : ' v6only';
  return `${protocol} ${port === null ? at : `${at}:${port}`}${kind}`;
}

/**
 * Compares a program with one place. `loopback`: nothing of it can be reached from another machine; `lan`: everything can.
 * A TCP port of chance can be reached like any other; a UDP port that the kernel chose is that of a client.
 */
export function againstPlace(sockets: readonly ProgramSocket[], place: 'loopback' | 'lan'): Against {
  const own = sockets.filter(({ role, protocol }) => role === 'service' || (role === 'chance' && protocol === 'tcp'));
  const isOff = ({ scope }: ProgramSocket) => (place === 'loopback' ? scope !== 'loopback' : scope === 'loopback');
  const missing = own.length === 0 ? [place === 'loopback' ? 'a socket on loopback' : 'a socket on the LAN'] : [];
  return { what: placeNamed(place), missing, extra: unique(own.filter(isOff).map(socketInWords)) };
}

/** What is wrong with each socket that is too many or missing. */
export function faultsOf({ what, missing, extra }: Against): string[] {
  const wrong =
    what === placeNamed('loopback')
      ? 'can be reached from other machines'
      : what === placeNamed('lan')
        ? 'can be reached from this machine only'
        : 'is too many';
  return [...extra.map((name) => `${name} ${wrong}`), ...missing.map((name) => `${name} is missing`)];
}

function placeNamed(place: 'loopback' | 'lan'): string {
  return `only ${place}`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
