import { familiesOf, placeOf, scopeOf, type BoundPlace } from './sockets.ts';

/** How what a program binds stands to what its documents say. */
export interface Documented {
  verdict: 'as documented' | 'contradiction' | 'not documented';
  /** How they differ, a sentence for each difference. */
  differences: string[];
  /** What the documents leave open, where it is worth knowing. */
  remarks: string[];
}

/**
 * Compares what a program binds with what its documents say, both in lines.
 * @param says null where they say nothing
 */
export function compareDocumented(says: readonly string[] | null, binds: readonly string[]): Documented {
  if (says === null) return { verdict: 'not documented', differences: [], remarks: [] };
  const bound = binds.flatMap((line) => placeOf(line) ?? []);
  const told = says.flatMap((line) => placeOf(line) ?? []);
  const answers = told.map((one) => answerOf(one, bound, told));
  const covered = new Set(answers.flatMap(({ by }) => by));
  const more = bound.filter((one) => !covered.has(one));
  const differences = [
    ...answers.flatMap(({ difference }) => difference ?? []),
    ...more.map((one) => `it binds ${shown(one)} too${isOpen(one) ? ', open to the LAN' : ''}`),
  ];
  return {
    verdict: differences.length === 0 ? 'as documented' : 'contradiction',
    differences: [...new Set(differences)],
    remarks: [...new Set(answers.flatMap(({ remark }) => remark ?? []))],
  };
}

interface Answer {
  /** The sockets that the statement is about. */
  by: BoundPlace[];
  difference?: string;
  remark?: string;
}

/** What is bound of one thing that the documents say. */
function answerOf(said: BoundPlace, bound: readonly BoundPlace[], told: readonly BoundPlace[]): Answer {
  const { protocol, port, address } = said;
  const here = bound.filter((one) => one.protocol === protocol && one.port === port);
  if (here.length === 0) return { by: [], difference: `it does not bind ${shown(said)}` };
  if (address === '*') return ofEvery(said, here);
  if (address === 'localhost') return ofLocalhost(said, here);
  // Some sockets of IPv6 have an address of IPv4, and are reached only by that.
  const exact = here.filter((one) => one.address === address || one.address === `::ffff:${address}`);
  if (exact.length > 0) return { by: exact };
  // One that another statement is about does not answer this one.
  const free = here.filter((one) => !told.some((other) => other.port === port && other.address === one.address));
  if (free.length === 0) return { by: [], difference: `it does not bind ${shown(said)}` };
  const names = free.map(shown).join(' and ');
  return { by: free, difference: `documented is ${shown(said)}, it binds ${names}${consequence(said, free)}` };
}

function ofEvery(said: BoundPlace, here: BoundPlace[]): Answer {
  const open = here.filter(isOpen);
  if (open.length === 0) {
    return { by: here, difference: `documented is every address, it binds ${here.map(shown).join(' and ')}` };
  }
  const families = new Set(open.flatMap(familiesOf));
  if (families.size === 2) return { by: here };
  const [family] = families;
  return { by: here, remark: `every address of ${said.protocol} ${said.port} is ${family} alone` };
}

function ofLocalhost(said: BoundPlace, here: BoundPlace[]): Answer {
  const open = here.filter(isOpen);
  if (open.length > 0) {
    return {
      by: here,
      difference: `documented is localhost, it binds ${open.map(shown).join(' and ')}, open to the LAN`,
    };
  }
  const families = new Set(here.flatMap(familiesOf));
  if (families.size === 2) return { by: here };
  return {
    by: here,
    remark: `localhost of ${said.protocol} ${said.port} is ${here.map(({ address }) => address).join(', ')} alone`,
  };
}

/** What it means for who is reached that another address is bound. */
function consequence(said: BoundPlace, free: readonly BoundPlace[]): string {
  if (scopeOf(said) === 'loopback' && free.some(isOpen)) return ', open to the LAN';
  if (scopeOf(said) === 'every' && !free.some(isOpen)) return ', closed to the LAN';
  const families = new Set(free.flatMap(familiesOf));
  const meant = new Set(familiesOf({ ...said, isDual: true }));
  const wider = [...families].find((family) => !meant.has(family));
  if (wider !== undefined && [...meant].every((family) => families.has(family))) return `, reached over ${wider} too`;
  const narrower = [...meant].find((family) => !families.has(family));
  return narrower === undefined ? '' : `, not reached over ${narrower}`;
}

function isOpen(place: BoundPlace): boolean {
  return scopeOf(place) !== 'loopback';
}

function shown({ protocol, address, port, isDual }: BoundPlace): string {
  const where = address.includes(':') ? `[${address}]` : address;
  return `${protocol} ${where}:${port}${isDual ? ' dual-stack' : ''}`;
}
