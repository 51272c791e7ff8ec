import type { Family, Operation } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import type { Net } from './scenes.ts';
import { open, outcomeOf, prepareSockets } from './talk.ts';
import { addressOf, type Part, type Trial } from './trial.ts';

/** The ranges begin here: no lab gives this port, or those that follow, to a cell. It is even. */
const FIRST_CHOSEN = 61_000;
/** How many ranges there are, one after the other, and how many ports each has: an even number. */
const RANGES = 100;
const LONGEST = 44;

/** The calls by which a system chooses a port for a socket that has none. */
export const CHOOSERS = ['bind', 'connect', 'sendto', 'listen'] as const;
export type Chooser = (typeof CHOOSERS)[number];

/**
 * Leaves the machine this many ports to choose from, 44 at most, the first of them reserved; returns its first port. Each cell
 * has a range of its own for some time, so that what one leaves on a port is not in the way of the next. The cell needs a
 * `changeable network`.
 */
export async function chooseFrom(trial: Trial, count: number, reserved = 0): Promise<number> {
  const network = trial.network();
  const first = FIRST_CHOSEN + (trial.port % RANGES) * LONGEST;
  await network.set('net.ipv4.ip_local_port_range', `${first} ${first + count - 1}`);
  if (reserved > 0) await network.set('net.ipv4.ip_local_reserved_ports', `${first}-${first + reserved - 1}`);
  return first;
}

/** The ports that the system chose. */
export interface ChosenPorts {
  /** The first port of the range. */
  first: number;
  ports: number[];
  /** The outcome of the last call. */
  ended: Outcome;
  /** The outcome of a bind() to the first port by its number, after that. */
  named: Outcome;
}

/**
 * Sockets of one part that get a port from the system, each by the same call, until one gets none or all that were asked
 * for have one. They are kept until the end of the cell. Peers are on loopback, outside of the range.
 * @param range how many ports there are, `reserved` of them reserved
 */
export async function chosenBy(
  trial: Trial,
  { by, protocol, family }: Net & { by: Chooser },
  { range, asked, reserved = 0 }: { range: number; asked: number; reserved?: number },
): Promise<ChosenPorts> {
  const address = addressOf(trial.facts, family, 'loopback');
  const peer = { address, port: trial.port };
  if (by === 'connect' || by === 'sendto') await peerOn(await trial.part('peer'), { protocol, family }, peer);
  const first = await chooseFrom(trial, range, reserved);
  const part = await trial.part('chooser');
  const ports: number[] = [];
  let ended: Outcome = 'ok';
  while (ended === 'ok' && ports.length < asked) {
    const socket = part.fresh('chosen');
    await prepareSockets(part, open(socket, protocol, family, 1));
    const [called, name] = await part.do(choosing(by, socket, address, peer), { op: 'getsockname', on: socket });
    ended = outcomeOf(called);
    if (ended === 'ok') ports.push(name?.name?.port ?? 0);
  }
  const named = part.fresh('named');
  const results = await part.attempt(...open(named, protocol, family, 1), {
    op: 'bind',
    on: named,
    address,
    port: first,
  });
  return { first, ports, ended, named: outcomeOf(results.at(-1)) };
}

/** The operation by which the system chooses a port for the socket. connect() and sendto() name a peer. */
function choosing(by: Chooser, on: string, own: string, peer: { address: string; port: number }): Operation {
  if (by === 'bind') return { op: 'bind', on, address: own, port: 0 };
  if (by === 'connect') return { op: 'connect', on, ...peer, within: CONNECTED_WITHIN };
  if (by === 'sendto') return { op: 'send', on, data: 'x', to: peer };
  return { op: 'listen', on };
}

/** How long a connection on loopback to a listener may take, in milliseconds. */
const CONNECTED_WITHIN = 5000;

/** A peer to connect and send to: a listener or a receiver on an address. */
export async function peerOn(
  part: Part,
  { protocol, family }: { protocol: 'udp' | 'tcp'; family: Family },
  name: { address: string; port: number },
): Promise<void> {
  const socket = part.fresh('peer');
  await prepareSockets(part, [
    ...open(socket, protocol, family, 1),
    { op: 'bind', on: socket, ...name },
    ...(protocol === 'tcp' ? [{ op: 'listen', on: socket } as const] : []),
  ]);
}
