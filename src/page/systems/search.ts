import { SYSTEM_COLUMNS } from '../../report/systems/order.ts';

/** What readers write for something, and the words that questions have for it; any of these is enough. */
interface Synonym {
  readonly says: readonly string[];
  readonly means: readonly string[];
}

const SYNONYMS: readonly Synonym[] = [
  {
    says: 'only one usage of each socket address|address already in use|address in use|port already in use|port in use|already in use|wsaeaddrinuse|eaddrinuse|errno 98|errno 48|os error 98|os error 48|10048|in use'.split(
      '|',
    ),
    means: ['in use', 'eaddrinuse'],
  },
  {
    says: ['permission denied', 'wsaeacces', 'eacces', 'eperm', '10013', 'errno 13'],
    means: ['denied', 'privilege', 'low port'],
  },
  {
    says: [
      'cannot assign requested address',
      "can't assign requested address",
      'eaddrnotavail',
      'wsaeaddrnotavail',
      '10049',
      'errno 99',
      'errno 49',
    ],
    means: ['no address'],
  },
  {
    says: ['connection refused', 'econnrefused', 'wsaeconnrefused', '10061', 'errno 111', 'errno 61'],
    means: ['refused'],
  },
  { says: ['connection reset', 'econnreset', 'wsaeconnreset', '10054'], means: ['reset'] },
  { says: ['invalid argument', 'einval', 'wsaeinval', '10022'], means: ['invalid'] },
  {
    says: ['time_wait', 'time-wait', 'timewait', 'time wait'],
    means: ['time_wait', 'time-wait', 'restart', 'comes back'],
  },
  {
    says: ['dual stack', 'dual-stack', 'ipv6only', 'v6only', 'bindv6only'],
    means: ['dual', 'v6only', 'take ipv4 too'],
  },
  { says: ['reuseaddr', 'so_reuseaddr'], means: ['reuseaddr', 'addr'] },
  { says: ['load balance', 'load balancing', 'reuseport', 'so_reuseport'], means: ['reuseport'] },
  {
    says: ['lan', 'local network', 'exposed', 'expose', 'exposes', 'open to the lan', 'open'],
    means: ['lan', 'neighbour', 'exposed'],
  },
  { says: ['any address', 'all interfaces', 'inaddr_any', 'in6addr_any', '0.0.0.0'], means: ['wildcard', '0.0.0.0'] },
  { says: ['::', '[::]'], means: ['::', 'wildcard', 'ipv6'] },
  {
    says: ['gets nothing', 'get nothing', 'receives nothing', 'no data', 'nothing arrives'],
    means: ['receiv', 'which of', 'starv', 'who gets'],
  },
  { says: ['nic', 'interface', 'device'], means: ['device', 'interface'] },
  { says: ['ephemeral', 'port 0', 'random port'], means: ['port-zero', 'system chooses'] },
];

/** What a search asks for: systems, which are columns, and groups of words, of each of which a question must have one. */
export interface Search {
  readonly systems: readonly string[];
  readonly words: readonly (readonly string[])[];
}

/** Words that questions have in another way or not at all. */
const EMPTY = new Set(
  'port on the a an is my only error bind why fails in to of with and or at it i one two both run runs which what who does do are can gets get allowed possible beside between changed differ differs version versions kernel how for from there'.split(
    ' ',
  ),
);

/** Reads a search: names of systems and synonyms first, the longest of them, and then word by word. */
export function searchFor(text: string): Search {
  let rest = ` ${text.toLowerCase().replaceAll(/\s+/g, ' ').trim()} `;
  const words: (readonly string[])[] = [];
  const systems: string[] = [];
  for (const { phrase, means, system } of PHRASES) {
    if (!new RegExp(String.raw`(?<![\w-])${escaped(phrase)}(?![\w-])`).test(rest)) continue;
    rest = rest.replaceAll(phrase, ' ');
    if (system !== null && !systems.includes(system)) systems.push(system);
    if (means !== null) words.push(means);
  }
  const left = rest
    .split(/[\s?!,;]+/)
    .map((word) => word.replace(/^(\d+(?:\.\d+){3}|\[.*\]):\d+$/, '$1'))
    .filter((word) => word !== '' && !EMPTY.has(word) && !isNumber(word));
  return { systems, words: [...words, ...left.map((word) => [word.replace(/(?<=\w{3})s$/, '')])] };
}

/** Numbers alone, such as that of a port or of a version, say nothing about which question it is. */
function isNumber(word: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(word);
}

/** The versions that a search names, such as `6.1` and `6.12`. */
export function versionsIn(text: string): string[] {
  return text.match(/(?<![\w.:])\d+\.\d+(?:\.\d+)?(?![\w.:])/g) ?? [];
}

/** How many groups of words a text has; all of them, if it is found. */
export function hits(text: string, { words }: Search): number {
  return words.filter((group) => group.some((word) => text.includes(word))).length;
}

const PHRASES = [
  ...SYNONYMS.flatMap(({ says, means }) => says.map((phrase) => ({ phrase, means, system: null }))),
  ...SYSTEM_COLUMNS.flatMap(({ id, title, names }) =>
    [...names.filter((name) => name !== 'bsd'), title.toLowerCase()].map((phrase) => ({
      phrase,
      means: null,
      system: id,
    })),
  ),
].toSorted((one, other) => other.phrase.length - one.phrase.length);

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
