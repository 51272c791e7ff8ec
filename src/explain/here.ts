import type { LabFacts } from '../lab/lab.ts';
import type { PresentSocket } from '../model/types.ts';
import type { Answer } from './answer.ts';
import { ORDINARY_UID } from './on-system.ts';
import type { Reading } from './reader/reading.ts';

/** Sockets in the form that a lab can make. */
export interface Mapped {
  readonly readings: readonly Reading[];
  /** Whether the owner of each is a user other than the harness's own. */
  readonly others: readonly boolean[];
  /** Notes on what was replaced by something else. */
  readonly notes: readonly string[];
}

/** The lab's addresses that can stand for any other address of a machine. */
const STAND_INS = ['external', 'second-external'] as const;

/**
 * Fits sockets into a lab: an address that the lab does not have is replaced by one of the lab's addresses of the same
 * kind, and the owners become the harness's own user and the other user. Says why where that is not possible.
 */
export function explainableHere(readings: readonly Reading[], facts: LabFacts): Mapped | { readonly cannot: string } {
  const notes: string[] = [];
  const places = new Map<string, string>();
  const mapped: Reading[] = [];
  for (const reading of readings) {
    const { socket } = reading;
    const address = addressHere(socket.address, facts, places, readings);
    if (address === null) return { cannot: `it has no address that could stand for ${socket.address}` };
    const local = socket.local === undefined ? undefined : addressHere(socket.local, facts, places, readings);
    if (local === null) return { cannot: `it has no address that could stand for ${socket.local}` };
    mapped.push({ ...reading, socket: { ...socket, address, ...(local === undefined ? {} : { local }) } });
  }
  for (const [from, to] of places) if (from !== to) notes.push(`${from} is done with ${to}, which the lab has`);
  const owners = ownersHere(
    readings.map(({ socket }) => socket),
    facts,
  );
  if (typeof owners === 'string') return { cannot: owners };
  if (owners.every(Boolean)) notes.push('the user is nobody (65534)');
  else if (owners.includes(true)) notes.push('the users are that of bindspec and nobody (65534)');
  return { readings: mapped, others: owners, notes };
}

function addressHere(
  address: string,
  facts: LabFacts,
  places: Map<string, string>,
  readings: readonly Reading[],
): string | null {
  const mapped = /^::ffff:(\d+\..*)$/.exec(address);
  const plain = mapped?.[1] ?? address;
  const family = plain.includes(':') ? 'inet6' : 'inet';
  const own = Object.entries(facts.addresses[family]);
  const isTheirs = own.some(([kind, known]) => known === plain && isMachines(kind));
  const prefix = mapped === null ? '' : '::ffff:';
  if (isTheirs || plain.startsWith('127.') || plain === '0.0.0.0' || plain === '::') return address;
  if (!isUnicast(plain)) return null;
  const before = places.get(plain);
  if (before !== undefined) return prefix + before;
  const taken = new Set([...places.values(), ...readings.map(({ socket }) => socket.address.replace(/^::ffff:/, ''))]);
  const free = STAND_INS.map((kind) => facts.addresses[family][kind]).find(
    (one) => one !== undefined && !taken.has(one),
  );
  if (free === undefined) return null;
  places.set(plain, free);
  return prefix + free;
}

/** The other kinds are addresses of the lab's other machines. */
function isMachines(kind: string): boolean {
  return ['wildcard', 'loopback', 'second-loopback', ...STAND_INS].includes(kind);
}

/** Whether it is an ordinary address of an interface, and not a multicast, broadcast or link-local one. */
function isUnicast(address: string): boolean {
  if (address.includes(':')) return !/^(ff|fe[89ab])/.test(address);
  const first = Number.parseInt(address, 10);
  return first > 0 && first < 224 && !address.startsWith('169.254.');
}

/** Which sockets belong to another user, or why the lab can't do that. */
function ownersHere(sockets: readonly PresentSocket[], facts: LabFacts): boolean[] | string {
  const uids = sockets.map(({ uid = ORDINARY_UID }) => uid);
  const [first, ...others] = new Set(uids);
  const missing = facts.missing['second user'];
  if (others.length > 1) return 'it has two users, and there are more here';
  if (others.length === 0) {
    // If the text says that the owner is not root, the owner is the second user, where the lab has one.
    const isSaid = sockets.some(({ uid }) => uid !== undefined) && first !== 0;
    return uids.map(() => isSaid && missing === undefined);
  }
  if (missing !== undefined) return missing.reason;
  // The harness's own user is root in every lab that has a second user.
  const own = uids.includes(0) ? 0 : first;
  return uids.map((uid) => uid !== own);
}

/** Whether the model allows what bind() and listen() returned. */
export function isAsPredicted(answer: Answer, bind: string, listen: string | undefined): boolean {
  const among = (called: Answer['bind'] | undefined, got: string) =>
    called?.outcomes.some((outcome) => outcome === got) === true;
  return among(answer.bind, bind) && (listen === undefined || among(answer.listen, listen));
}
