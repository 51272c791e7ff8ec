import type { PresentSocket, Protocol } from '../../model/types.ts';
import { readAddress } from './name.ts';
import type { Reading } from './reading.ts';

/** How many ports of a range are looked at. */
const MOST_PORTS = 1000;

const HOST = String.raw`\[[0-9a-fA-F:]+\]|[0-9a-fA-F:]*:[0-9a-fA-F:]*|\d{1,3}(?:\.\d{1,3}){3}|localhost|\*`;
/** docker ps: `0.0.0.0:8080->80/tcp`, `:::8080->80/tcp`, `127.0.0.1:8000-8010->8000-8010/udp`. */
const MAPPED = new RegExp(
  String.raw`(?<host>${HOST}):(?<from>\d{1,5})(?:-(?<to>\d{1,5}))?->\d{1,5}(?:-\d{1,5})?/(?<protocol>tcp|udp)`,
  'gi',
);
/** docker port: `80/tcp -> 0.0.0.0:8080`. */
const PORT = new RegExp(String.raw`^\d{1,5}/(?<protocol>tcp|udp)\s*->\s*(?<host>${HOST}):(?<from>\d{1,5})$`, 'gi');
/** compose: `- "127.0.0.1:8080:80/tcp"`, `- 53:53/udp`; the command line: `-p 8080:80`, `--publish=8080:80`. */
const ASKED = new RegExp(
  String.raw`(?:^\s*-\s*|\s-p\s*|^-p\s*|--publish[\s=])["']?(?:(?<host>${HOST}):)?(?<from>\d{1,5})(?:-(?<to>\d{1,5}))?:\d{1,5}(?:-\d{1,5})?(?:/(?<protocol>tcp|udp))?["']?(?=\s|$|,)`,
  'gi',
);
/** compose, the long form: `published: "8080"`, with `host_ip` and `protocol` near it. */
const PUBLISHED = /^\s*-?\s*published:\s*["']?(\d{1,5})/i;

/**
 * Reads the published ports in a line of `docker ps`, `docker port`, of compose or of a command line of docker and podman;
 * null for other lines. Those of `docker ps` and `docker port` are there and listen.
 * @param around the lines around it, for the long form of compose
 */
export function readPublished(line: string, around: readonly string[] = []): Reading[] | null {
  const mapped = [...line.matchAll(MAPPED), ...line.trim().matchAll(PORT)].flatMap(({ groups }) =>
    publishedIn(line, groups ?? {}, true),
  );
  if (mapped.length > 0) return mapped;
  const asked = [...line.matchAll(ASKED)].flatMap(({ groups }) => publishedIn(line, groups ?? {}, false));
  if (asked.length > 0) return asked;
  const long = PUBLISHED.exec(line)?.[1];
  if (long === undefined) return null;
  const near = (key: string) =>
    around
      .map((one) => new RegExp(`^\\s*-?\\s*${key}:\\s*["']?([^"'\\s]+)`).exec(one)?.[1])
      .find((one) => one !== undefined);
  return publishedIn(line, { host: near('host_ip'), from: long, protocol: near('protocol') }, false);
}

function publishedIn(line: string, groups: Readonly<Record<string, string | undefined>>, isThere: boolean): Reading[] {
  const { host = '', from = '', to = from, protocol: written = 'tcp' } = groups;
  const protocol = written.toLowerCase() as Protocol;
  const [first, last] = [Number(from), Number(to)];
  if (first < 1 || last > 65_535 || last < first || last - first >= MOST_PORTS) return [];
  const ports = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  return ports.map((port) => ({
    text: line.trim(),
    ...socketAt(host, port, protocol, isThere),
    plainWithoutDual: false,
    ...(isThere ? { holder: { program: 'the container engine' } } : {}),
  }));
}

function socketAt(host: string, port: number, protocol: Protocol, isThere: boolean): Pick<Reading, 'socket' | 'notes'> {
  const state = isThere && protocol === 'tcp' ? { state: 'listening' as const } : {};
  const plain = host.replaceAll(/^\[|\]$/g, '');
  const found = readAddress(plain);
  const family = found?.family ?? 'inet';
  const address = plain === 'localhost' ? '127.0.0.1' : (found?.address ?? '0.0.0.0');
  const both = host === '' || host === '*';
  const socket: PresentSocket = {
    protocol,
    family,
    ...(address === '::' ? { v6only: true } : {}),
    address,
    port,
    ...state,
  };
  return {
    socket,
    notes: [
      both
        ? `it is a published port: the engine binds 0.0.0.0:${port}, and [::]:${port} v6only=1 where it has IPv6`
        : 'it is a published port: the engine, or its proxy, binds it on the host; some engines only forward it',
    ],
  };
}
