import { isIPv4, isIPv6 } from 'node:net';
import type { z } from 'zod';
import type { Family } from '../../protocol/messages.ts';
import { formatIPv6, parseIPv6 } from '../../protocol/address.ts';
import type { HostName } from '../lab.ts';
import { BadTopology } from './bad-topology.ts';
import { NAMED_KINDS, topologySchema, type TopologyFile } from './schema.ts';

const FAMILIES = { inet: { words: 'IPv4', is: isIPv4 }, inet6: { words: 'IPv6', is: isIPv6 } } as const;

/** Which host an address of a kind is on. */
export const HOST_OF = {
  external: 'machine',
  'second-external': 'machine',
  neighbour: 'neighbour',
  filtered: 'neighbour',
  gateway: 'gateway',
} as const satisfies Record<(typeof NAMED_KINDS)[number], HostName>;

/**
 * Reads a topology file from its text; `file` is only for the message. IPv6 addresses come out in their canonical form.
 * @throws BadTopology with every mistake that can be found without asking the hosts
 */
export function readTopology(text: string, file: string): TopologyFile {
  const { data, error } = topologySchema.safeParse(parse(text, file));
  if (error) throw new BadTopology(file, error.issues.map(inWords));
  const mistakes = [...mistakesIn(data)];
  if (mistakes.length > 0) throw new BadTopology(file, mistakes);
  const inet6 = Object.fromEntries(
    Object.entries(data.addresses.inet6 ?? {}).map(([kind, address]) => [
      kind,
      isInterface(address) ? address : formatIPv6(parseIPv6(address)),
    ]),
  );
  return { ...data, addresses: { ...data.addresses, inet6 } };
}

function parse(text: string, file: string): unknown {
  try {
    // Some editors put a byte order mark in front, which JSON does not know.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new BadTopology(file, [text.trim() === '' ? 'empty' : `not JSON: ${(error as SyntaxError).message}`]);
  }
}

/** A path as it would be written in code, and what is wrong there. */
function inWords({ path, message }: z.core.$ZodIssue): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  const place = steps.join('').replace(/^\./, '');
  return place === '' ? `the file ${message}` : `${place} ${message}`;
}

function* mistakesIn({ hosts, addresses }: TopologyFile): Generator<string> {
  for (const family of ['inet', 'inet6'] as const) {
    const taken = new Map<string, string>();
    for (const kind of NAMED_KINDS) {
      const address = addresses[family]?.[kind];
      if (address === undefined) continue;
      const place = `addresses.${family}.${kind}`;
      const wrong = isInterface(address) ? null : addressMistake(family, address);
      if (wrong !== null) {
        yield `${place} ${wrong}`;
        continue;
      }
      const host = HOST_OF[kind];
      if (hosts[host] === undefined) {
        yield `${place} is an address of the ${host}, which is not among the hosts: add hosts.${host}, or leave it out`;
      }
      const before = taken.get(address);
      if (before !== undefined && !isInterface(address))
        yield `${place} is ${address}, and so is ${before}: each kind is an address of its own`;
      taken.set(address, place);
    }
    if (addresses[family]?.['second-external'] !== undefined && addresses[family].external === undefined) {
      yield `addresses.${family}.external must be there where there is a second-external one`;
    }
  }
}

/** Whether what stands for an address is the name of an interface, whose address the host tells itself. */
export function isInterface(text: string): boolean {
  return !text.includes(':') && !text.includes('%') && !/^\d+\./.test(text);
}

function addressMistake(family: Family, address: string): string | null {
  const { words, is } = FAMILIES[family];
  if (address.includes('%')) return `is '${address}': an address with a scope can't be used; name a routable one`;
  if (!is(address)) return `is '${address}', which is not an ${words} address`;
  const text = family === 'inet6' ? formatIPv6(parseIPv6(address)) : address;
  if (/^127\.|^::1$/.test(text)) return `is ${text}, a loopback address: those every host has, so leave it out`;
  if (/^0\.0\.0\.0$|^::$/.test(text)) return `is ${text}, which stands for all addresses: name one of them`;
  if (/^169\.254\.|^fe[89ab]/.test(text)) return `is ${text}, a link-local address: name a routable one`;
  if (text.startsWith('::ffff:')) return `is ${text}, an IPv4 address in another form: it belongs into addresses.inet`;
  return null;
}
