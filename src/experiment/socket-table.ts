import type { Family } from '../protocol/messages.ts';
import { LISTENING, parseSocketTable } from '../sockets/table.ts';
import type { Part } from './trial.ts';

/** The addresses on which something listens at a TCP port, from the text of /proc/net/tcp or /proc/net/tcp6. */
export function parseListeners(table: string, family: Family, port: number): string[] {
  return parseSocketTable(table, family)
    .filter(({ local, state }) => state === LISTENING && local.port === port)
    .map(({ local }) => local.address);
}

/**
 * The addresses on which something listens at a TCP port of a part's host, by the system's own tables; null where the
 * system does not have a table that can be read as text.
 */
export async function listenersAt(part: Part, port: number): Promise<string[] | null> {
  const [inet, inet6] = await part.do({ op: 'read', path: '/proc/net/tcp' }, { op: 'read', path: '/proc/net/tcp6' });
  if (inet?.data === undefined) return null;
  return [...parseListeners(inet.data, 'inet', port), ...parseListeners(inet6?.data ?? '', 'inet6', port)];
}
