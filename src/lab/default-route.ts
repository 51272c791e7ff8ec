import { execFileSync } from 'node:child_process';
import process from 'node:process';
import type { Family } from '../protocol/messages.ts';
import { textOfFile } from './text-of-file.ts';

/** The names of the interfaces that the default routes of each family lead to, the preferred one first. */
export type DefaultInterfaces = Readonly<Record<Family, readonly string[]>>;

/** Where nothing is known of the routes. */
export const NO_DEFAULTS: DefaultInterfaces = { inet: [], inet6: [] };

/** How long the program that tells a route may take, in milliseconds. */
const DEADLINE = 5000;
/** The systems that have route(8) as 4.4BSD had it. */
const BSD: ReadonlySet<string> = new Set(['darwin', 'freebsd', 'openbsd', 'netbsd']);

/** The interfaces of this machine's default routes; none where the system does not tell them in a simple way, as Windows. */
export function defaultInterfaces(system: string = process.platform): DefaultInterfaces {
  if (system === 'linux') {
    return {
      inet: inetDefaults(textOfFile('/proc/net/route')),
      inet6: inet6Defaults(textOfFile('/proc/net/ipv6_route')),
    };
  }
  if (!BSD.has(system)) return NO_DEFAULTS;
  return { inet: bsdDefault(routeTo('-inet')), inet6: bsdDefault(routeTo('-inet6')) };
}

/** From the text of /proc/net/route: interface, destination, gateway, flags, use, metric and mask, in hexadecimal. */
export function inetDefaults(text: string): string[] {
  const rows = text.split('\n').map((row) => row.trim().split(/\s+/));
  const defaults = rows.filter(([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000');
  return names(defaults.map(([name = '', , , , , , metric]) => ({ name, metric: Number(metric) })));
}

/**
 * From the text of /proc/net/ipv6_route: destination, its length, source, its length, next hop, metric, …, interface.
 */
export function inet6Defaults(text: string): string[] {
  const rows = text.split('\n').map((row) => row.trim().split(/\s+/));
  const defaults = rows.filter(([destination, length]) => /^0{32}$/.test(destination ?? '') && length === '00');
  return names(defaults.map((row) => ({ name: row[9] ?? '', metric: Number.parseInt(row[5] ?? '', 16) })));
}

/** From the output of `route -n get default` on macOS and the BSDs, see route(8). */
export function bsdDefault(text: string): string[] {
  const name = /^\s*interface:\s*(\S+)/m.exec(text)?.[1];
  return name === undefined ? [] : [name];
}

/** The kernel's own route to nowhere is on loopback. */
function names(routes: { name: string; metric: number }[]): string[] {
  const real = routes.filter(({ name }) => name !== '' && name !== 'lo');
  return [...new Set(real.toSorted((one, other) => one.metric - other.metric).map(({ name }) => name))];
}

function routeTo(family: '-inet' | '-inet6'): string {
  try {
    const words = ['-n', 'get', family, 'default'];
    return execFileSync('/sbin/route', words, {
      encoding: 'utf8',
      timeout: DEADLINE,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    // No such route.
    return '';
  }
}
