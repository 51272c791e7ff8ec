import type { ServerRow } from '../../programs/rows.ts';
import type { Chosen } from '../chosen.ts';
import { hits, searchFor } from '../systems/search.ts';

/** The groups of the table of programs in the words of readers; another one is shown as it is called. */
const GROUPS: Readonly<Record<string, string>> = {
  npm: 'dev servers and frameworks of npm',
  python: 'servers of Python',
  languages: 'servers of Perl, PHP and Ruby',
  runtimes: 'listen() of each runtime',
  web: 'web servers and proxies',
  names: 'names and time',
  services: 'services',
  data: 'databases and queues',
  tools: 'tools',
};

/** Who can reach a program, as a reader chooses it; the words in the table say it more exactly. */
export const REACHES = [
  ['lan', 'the LAN'],
  ['machine', 'this machine alone'],
  ['none', 'no one'],
] as const;

/** A group in words. */
export function groupTitle(group: string): string {
  return Object.hasOwn(GROUPS, group) ? (GROUPS[group] ?? group) : group;
}

/** The groups of some programs, in the order in which they are listed here. */
export function kindsOfPrograms(servers: readonly ServerRow[]): string[] {
  const found = new Set(servers.map(({ group }) => group));
  const known = Object.keys(GROUPS).filter((group) => found.has(group));
  return [...known, ...[...found].filter((group) => !known.includes(group)).toSorted()];
}

/** The programs that a reader's choices leave. */
export function programsFor(
  servers: readonly ServerRow[],
  { q = '', group = '', reach = '', verdict = '' }: Chosen,
): ServerRow[] {
  const search = { systems: [], words: wordsOf(q) };
  return servers.filter(
    (server) =>
      (group === '' || server.group === group) &&
      (reach === '' || reachOf(server) === reach) &&
      (verdict === '' || server.verdict === verdict) &&
      hits(textOf(server), search) === search.words.length,
  );
}

/** The words of a search. A number may be a port here, and what is the name of a system elsewhere is a word. */
function wordsOf(q: string): readonly (readonly string[])[] {
  const { words } = searchFor(q);
  const all = [...words, ...(q.match(/(?<![\w.])\d+(?![\w.])/g) ?? []).map((port) => [port])];
  return all.length > 0 || q.trim() === '' ? all : [[q.trim().toLowerCase()]];
}

function reachOf({ reach }: ServerRow): (typeof REACHES)[number][0] | '' {
  if (reach.startsWith('LAN')) return 'lan';
  if (reach.startsWith('this machine')) return 'machine';
  return reach.startsWith('no one') ? 'none' : '';
}

function textOf(server: ServerRow): string {
  const { name, group, documented, where, observed, verdict, differences, remarks, reach, second, restart } = server;
  return [name, groupTitle(group), documented, where, observed, verdict, ...differences, ...remarks, reach]
    .concat(second, restart)
    .join('\n')
    .toLowerCase();
}

/** A socket of the table as `explain` reads it; null where it has no port. */
export function explainable(line: string): string | null {
  const [protocol = '', address = '', ...options] = line.split(' ');
  if (!/^(?:tcp|udp)$/.test(protocol) || !/:\d+$/.test(address)) return null;
  return [protocol, address, ...options.flatMap((option) => OPTIONS[option] ?? [])].join(' ');
}

/** The options that decide who else can bind, as `explain` writes them. */
const OPTIONS: Readonly<Record<string, string>> = {
  dual: 'v6only=0',
  v6only: 'v6only=1',
  reuseaddr: 'reuseaddr',
  reuseport: 'reuseport',
  freebind: 'freebind',
};
