import { portNamed } from '../explain/reader/service-names.ts';
import { shortMessage } from '../text/shorten.ts';
import type { Protocol } from '../model/types.ts';

/** What can't be read of the ports that are asked about. The message is one line. */
export class BadPort extends Error {
  override readonly name = 'BadPort';
}

/** A port of one protocol. */
export interface WantedPort {
  readonly protocol: Protocol;
  readonly port: number;
}

/** More than anyone reads. */
const MOST = 64;
const HIGHEST = 65_535;
const HOW = 'write it as in: bindspec port 3000, bindspec port udp 53, bindspec port 8080/tcp http';

/**
 * Reads ports as they are written: numbers or names of services, each for the protocol that stands before it or after a
 * slash, and for both protocols where none does. Each is in the result once.
 * @throws BadPort
 */
export function readPorts(words: readonly string[]): WantedPort[] {
  const found: WantedPort[] = [];
  let before: Protocol | undefined;
  for (const word of words.flatMap((text) => text.split(',')).map((text) => text.trim())) {
    const named = protocolIn(word);
    if (named !== undefined) {
      before = named;
      continue;
    }
    const { text, protocol = before } = parted(word);
    const port = numberOf(text, word);
    for (const one of protocol === undefined ? (['tcp', 'udp'] as const) : [protocol]) {
      if (!found.some((other) => other.port === port && other.protocol === one)) found.push({ protocol: one, port });
    }
  }
  if (found.length === 0) {
    throw new BadPort(before === undefined ? `no port is named: ${HOW}` : `no port follows '${before}': ${HOW}`);
  }
  const ports = new Set(found.map(({ port }) => port)).size;
  if (ports > MOST) throw new BadPort(`${ports} ports are more than ${MOST}: name fewer`);
  return found;
}

function protocolIn(word: string): Protocol | undefined {
  const lower = word.toLowerCase();
  return lower === 'tcp' || lower === 'udp' ? lower : undefined;
}

/** `8080/tcp`, `tcp/8080`, `tcp:8080` and `:8080`, as engines and Go write them. */
function parted(word: string): { text: string; protocol?: Protocol } {
  const [, first = '', second = ''] = /^([^/:]*)[/:]([^/:]*)$/.exec(word) ?? [undefined, word, ''];
  const one = protocolIn(first);
  const other = protocolIn(second);
  if (one !== undefined) return { text: second, protocol: one };
  if (other !== undefined) return { text: first, protocol: other };
  return { text: first === '' && second !== '' ? second : word };
}

function numberOf(text: string, word: string): number {
  if (/^\d+$/.test(text)) {
    const port = Number(text);
    if (port >= 1 && port <= HIGHEST) return port;
    const why = port === 0 ? 'port 0 asks the system to choose one, so that no one has it' : 'a port is at most 65535';
    throw new BadPort(shortMessage(`'${word}' can't be used: ${why}`));
  }
  const named = /^[a-z][\w.-]*$/i.test(text) ? portNamed(text) : undefined;
  if (named !== undefined) return named;
  throw new BadPort(
    `'${word}' is neither a port from 1 to 65535 nor the name of a service that bindspec knows; ${HOW}`,
  );
}
