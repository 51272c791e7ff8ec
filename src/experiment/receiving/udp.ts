import type { Operation, Result } from '../../protocol/messages.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { open, outcomeOf } from '../talk.ts';
import type { Part, Trial } from '../trial.ts';
import { numericAddress } from './addresses.ts';
import { goesToMany } from './goes-to-many.ts';
import { isOfNeighbour } from './needs.ts';
import type { Packets, ReceivingSocket } from './packets.ts';
import { destinationsOf, inReceiverWords, togetherInWords, type SceneAddress, type ScenePacket } from './scene.ts';
import type { OpenSender } from './senders.ts';

/** Datagrams with one text: how many were sent, and the outcome where the sender got an error instead. */
interface Sent {
  readonly text: string;
  readonly count: number;
  readonly failed?: string;
}

/** How many of the datagrams with each text each socket got, by the socket's name in the scene. */
type Taken = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Sends all datagrams of a scene. Returns who received each packet, in words. */
export async function sendAll(packets: Packets): Promise<Record<string, string>> {
  const sentinels = new Sentinels(packets);
  const sent = new Map<string, Sent[]>();
  for (const [name, packet] of Object.entries(packets.scene.packets)) {
    sent.set(name, await send(packets, sentinels, name, packet));
  }
  const taken = new Map<string, Record<string, number>>();
  await drain(packets.sockets, taken);
  const all = [...sent.values()].flat();
  if (all.some((one) => wordsOf(one, taken).includes('silence'))) {
    // Nothing more is on its way where datagrams arrive in order; elsewhere one may be late.
    await sentinels.wait();
    await drain(packets.sockets, taken);
  }
  const entries = [...sent].map(([name, some]) => [name, togetherInWords(some.flatMap((one) => wordsOf(one, taken)))]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Who received the datagrams with one text: one word where all of them went the same way. */
function wordsOf({ text, count, failed }: Sent, taken: Taken): readonly string[] {
  if (failed !== undefined) return [failed];
  const receivers = [...taken].filter(([, counts]) => (counts[text] ?? 0) > 0);
  const names = receivers.map(([as]) => as);
  // Each of them got each of the datagrams.
  if (receivers.every(([, counts]) => counts[text] === count)) return [inReceiverWords(names)];
  const total = receivers.reduce((sum, [, counts]) => sum + (counts[text] ?? 0), 0);
  return total < count ? [...names, 'silence'] : names;
}

async function send(packets: Packets, sentinels: Sentinels, name: string, packet: ScenePacket): Promise<Sent[]> {
  const from = packets.senders.get(packet.from);
  if (from === undefined) throw new HarnessError(`the scene has no sender '${packet.from}'`);
  const sent: Sent[] = [];
  for (const [place, to] of destinationsOf(packet).entries()) {
    const { times = 1 } = packet;
    const { sources = 1 } = from.sender;
    for (let time = 0; time < times; time += 1) {
      sent.push(await sendOnce(packets, sentinels, from, to, `${name} ${place}.${time}`));
    }
    if (sources > 1 && sent.at(-1)?.failed === undefined)
      sent.push(...(await sendMany(packets, sentinels, from, to, `${name} ${place}, others`)));
  }
  return sent;
}

async function sendOnce(
  { trial, book }: Packets,
  sentinels: Sentinels,
  { sender, part, socket }: OpenSender,
  at: SceneAddress,
  data: string,
): Promise<Sent> {
  const to = { address: numericAddress(book, sender.family, at), port: trial.port };
  const sending: Operation[] = goesToMany(at)
    ? [{ op: 'send', on: socket, data, to }]
    : // Only a connected socket gets the error of an unreachable port.
      [
        { op: 'connect', on: socket, ...to },
        { op: 'send', on: socket, data },
      ];
  const results = await part.attempt(...sending, await sentinels.call(sender));
  const outcome = outcomeOf(results[sending.length - 1] ?? results.at(-1));
  if (outcome !== 'ok') return { text: data, count: 1, failed: wordFor(outcome) };
  await sentinels.arrive(sender);
  if (goesToMany(at)) return { text: data, count: 1 };
  const [error] = await part.do({ op: 'recv', on: socket });
  return error === undefined || ['silence', 'ok'].includes(error.outcome)
    ? { text: data, count: 1 }
    : { text: data, count: 1, failed: wordFor(error.outcome) };
}

/** The other sources of a sender that has several. */
async function sendMany(
  { trial, book }: Packets,
  sentinels: Sentinels,
  { sender, part }: OpenSender,
  at: SceneAddress,
  data: string,
): Promise<Sent[]> {
  const { family, sources = 1 } = sender;
  const count = sources - 1;
  const to = { address: numericAddress(book, family, at), port: trial.port };
  const burst: Operation = { op: 'burst', family, to, count, from: book(family, sender.at), data };
  const [sent] = await part.attempt(burst, await sentinels.call(sender));
  if (outcomeOf(sent) !== 'ok') return [{ text: data, count, failed: wordFor(outcomeOf(sent)) }];
  await sentinels.arrive(sender);
  return [{ text: data, count }];
}

/** How an error that a sender gets is called. Windows reports an unreachable UDP port as a reset. */
function wordFor(outcome: string): string {
  return ['ECONNREFUSED', 'WSAECONNREFUSED', 'WSAECONNRESET'].includes(outcome) ? 'refused' : outcome;
}

/** Takes all that waits at the sockets, and adds it to what they took before. */
async function drain(sockets: readonly ReceivingSocket[], taken: Map<string, Record<string, number>>): Promise<void> {
  const results = await Promise.all(
    sockets.map(async ({ as, part, socket }): Promise<readonly [string, Result | undefined]> => {
      const [result] = await part.do({ op: 'drain', on: socket });
      return [as, result];
    }),
  );
  for (const [as, result] of results) {
    const counts = { ...taken.get(as) };
    for (const [text, count] of Object.entries(result?.counts ?? {})) counts[text] = (counts[text] ?? 0) + count;
    taken.set(as, counts);
  }
}

/**
 * A socket on another port of the machine. What is sent to it after the datagrams of a sender takes the same way: once it has
 * arrived, those have been delivered, or their errors reported.
 */
class Sentinels {
  readonly #packets: Packets;
  readonly #open = new Map<string, Promise<{ part: Part; socket: string; port: number }>>();

  constructor(packets: Packets) {
    this.#packets = packets;
  }

  /** The call that sends a datagram to it from the host of a sender. */
  async call({ family, at }: OpenSender['sender']): Promise<Operation> {
    const { port } = await this.#sentinel(family);
    const address = this.#packets.book(family, isOfNeighbour(at) ? 'external' : 'loopback');
    return { op: 'burst', family, to: { address, port }, count: 1 };
  }

  /** Waits until that datagram has arrived. */
  async arrive({ family }: OpenSender['sender']): Promise<void> {
    const { part, socket } = await this.#sentinel(family);
    await part.do({ op: 'recv', on: socket, within: this.#packets.trial.patience });
  }

  /** Waits as long as something may be late. */
  async wait(): Promise<void> {
    const [first] = this.#open.values();
    const sentinel = await (first ?? this.#sentinel('inet'));
    await sentinel.part.do({ op: 'recv', on: sentinel.socket, within: this.#packets.trial.patience });
  }

  #sentinel(family: 'inet' | 'inet6') {
    const existing = this.#open.get(family) ?? openSentinel(this.#packets, family);
    this.#open.set(family, existing);
    return existing;
  }
}

async function openSentinel({ trial, book }: { trial: Trial; book: Packets['book'] }, family: 'inet' | 'inet6') {
  const part = await trial.part('sentinel');
  const socket = part.fresh('sentinel');
  const port = await trial.anotherPort();
  const results = await part.attempt(...open(socket, 'udp', family, 1), {
    op: 'bind',
    on: socket,
    address: book(family, 'wildcard'),
    port,
  });
  if (outcomeOf(results.at(-1)) !== 'ok') throw new HarnessError('the sentinel could not be bound');
  return { part, socket, port };
}
