import { formatIPv4, formatIPv6 } from '../protocol/address.ts';
import type { Family } from '../protocol/messages.ts';
import type { Part } from './trial.ts';

/** The state of a listening socket in Linux's tables (TCP_LISTEN). */
const LISTEN = '0A';

/** The addresses on which something listens at a TCP port, from the text of /proc/net/tcp or /proc/net/tcp6. */
export function parseListeners(table: string, family: Family, port: number): string[] {
  const addresses: string[] = [];
  for (const row of table.split('\n').slice(1)) {
    const [, local = '', , state] = row.trim().split(/\s+/);
    const [address = '', hexPort = ''] = local.split(':');
    if (state !== LISTEN || Number.parseInt(hexPort, 16) !== port) continue;
    addresses.push(addressIn(address, family));
  }
  return addresses;
}

/**
 * The addresses on which something listens at a TCP port of a part's host, by the system's own tables; null where the
 * system has none that can be read as text.
 */
export async function listenersAt(part: Part, port: number): Promise<string[] | null> {
  const [inet, inet6] = await part.do({ op: 'read', path: '/proc/net/tcp' }, { op: 'read', path: '/proc/net/tcp6' });
  if (inet?.data === undefined) return null;
  return [...parseListeners(inet.data, 'inet', port), ...parseListeners(inet6?.data ?? '', 'inet6', port)];
}

/** The tables show addresses as 32-bit words in the byte order of the machine, which is little-endian on all that run agents. */
function addressIn(hex: string, family: Family): string {
  const bytes = Uint8Array.from((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
  for (let word = 0; word < bytes.length; word += 4) bytes.subarray(word, word + 4).reverse();
  return family === 'inet' ? formatIPv4(bytes) : formatIPv6(bytes);
}
