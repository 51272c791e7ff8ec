import { atLeast, isBefore, type Kernel } from '../linux-kernel.ts';
import { ANY } from '../overlap.ts';
import type { RuleId } from '../types.ts';
import { linuxReceiveRules } from './linux-rules.ts';
import { groupOf, type Lists, udpSocketsOf } from './linux-state.ts';
import type { Receiver } from './receiver.ts';
import type { Packet, Receivers } from './types.ts';

const { id: rule } = linuxReceiveRules;

/** A UDP datagram to one address. */
interface Datagram extends Pick<Packet, 'from'> {
  readonly six: boolean;
  /** The device by which it arrives. */
  readonly device: string | undefined;
  readonly kernel: Kernel;
}

/** The best socket of a walk up to now. The score is infinite where the walk has ended with it. */
interface Best {
  readonly found: Receivers;
  readonly score: number;
}

/**
 * The socket with the best score in the list of an address, and the first of several with the same score. A group ends the
 * walk, unless one of its members ever connected. Returns undefined where no socket of the list may receive.
 */
export function walk(
  lists: Lists,
  list: readonly Receiver[],
  packet: Datagram,
  address: string,
): Receivers | undefined {
  return bestOf(list, packet, address, (socket) => {
    const group = socket.options.reuseport === true && !socket.connected ? groupOf(lists, socket) : undefined;
    const members = group?.members.filter((id) => lists.sockets.get(id)?.connected === false) ?? [];
    if (members.length === 0) {
      return { found: receivedBy(socket, rule[address === ANY ? 'R5-wildcard' : 'R3-best-score']), ends: false };
    }
    const found: Receivers = { outcomes: members.map((id) => [id]), rule: rule['R4-group'] };
    return { found, ends: group?.hasConnections !== true };
  });
}

/**
 * The last search: the socket with the best score among all those that have the destination as their address. Placeholder
 * addresses count too.
 */
export function walkPort(lists: Lists, packet: Datagram, address: string): Receivers | undefined {
  return bestOf(udpSocketsOf(lists), packet, address, (socket) => ({
    found: receivedBy(socket, rule['R6-port-list']),
    ends: false,
  }));
}

/**
 * The result of a walk. A socket that has or had a peer has one point more if it received last on the processor that now
 * looks for a receiver. Which sockets did is not known, and any number of them may have: so the walk goes on for each case,
 * first the one in which no socket has that point.
 */
function bestOf(
  list: readonly Receiver[],
  packet: Datagram,
  address: string,
  foundAt: (socket: Receiver) => { readonly found: Receivers; readonly ends: boolean },
): Receivers | undefined {
  let cases: readonly (Best | undefined)[] = [undefined];
  for (const socket of list) {
    const score = scoreOf(socket, packet, address);
    if (score === undefined) continue;
    const { found, ends } = foundAt(socket);
    const scores = socket.hadPeer === true ? [score, score + 1] : [score];
    const own = scores.map((points) => ({ points, best: { found, score: ends ? Number.POSITIVE_INFINITY : points } }));
    const next = cases.flatMap((before) =>
      own.map(({ points, best }) => (before === undefined || points > before.score ? best : before)),
    );
    cases = next.length === 1 ? next : [...new Set(next)];
    if (cases.every((best) => best?.score === Number.POSITIVE_INFINITY)) break;
  }
  const results = cases.filter((best) => best !== undefined).map((best) => best.found);
  return results.length === 0 ? undefined : anyResultOf(results);
}

/** How well a UDP socket fits a packet, as in compute_score(); undefined when the socket may not receive it. */
function scoreOf(socket: Receiver, packet: Datagram, address: string): number | undefined {
  const { six, from, device, kernel } = packet;
  const { peer } = socket;
  if ((six ? socket.v6 : socket.v4) !== address || !fits(socket, device)) return undefined;
  const sender = six ? peer.v6 : peer.v4;
  if (sender !== undefined && sender !== from.address) return undefined;
  if (peer.port !== undefined && peer.port !== from.port) return undefined;
  const weight = six ? 1 : 4;
  let score = six ? 0 : socket.family === 'inet' ? 2 : 1;
  if (sender !== undefined) score += weight;
  if (peer.port !== undefined) score += weight;
  if (socket.device !== undefined && weighsTie(kernel)) score += weight;
  return score;
}

/** Whether a tie to a device changes the score. It did not from 5.0 until the repair 8d6c414cd2fb. */
function weighsTie(kernel: Kernel): boolean {
  if (isBefore(kernel, [5, 0, 0]) || atLeast(kernel, 5, 15)) return true;
  return kernel[1] === 10 && kernel[2] >= 73;
}

/** Whether a socket is tied to no device, or to the device by which the packet arrives. */
export function fits(socket: Receiver, device: string | undefined): boolean {
  return socket.device === undefined || socket.device === device;
}

/** One socket receives, by a rule. */
export function receivedBy(socket: Receiver, by: RuleId): Receivers {
  return { outcomes: [[socket.id]], rule: by };
}

/** Any of these results. The first is the likeliest, and its rule is the one to name. */
export function anyResultOf(results: readonly Receivers[]): Receivers {
  const [first] = results;
  if (first === undefined) throw new Error('no result');
  if (results.length === 1) return first;
  const outcomes = new Map(results.flatMap(({ outcomes: each }) => each).map((outcome) => [String(outcome), outcome]));
  return { outcomes: [...outcomes.values()], rule: first.rule };
}
