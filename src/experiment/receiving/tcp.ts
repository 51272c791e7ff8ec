import { HarnessError } from '../../harness/harness-error.ts';
import type { Operation } from '../../protocol/messages.ts';
import { open, outcomeOf } from '../talk.ts';
import { numericAddress } from './addresses.ts';
import type { Packets } from './packets.ts';
import { destinationsOf, togetherInWords, type SceneAddress, type ScenePacket } from './scene.ts';
import type { OpenSender } from './senders.ts';

/** Makes all connections of a scene. Returns who accepted each of them, in words. */
export async function connectAll(packets: Packets): Promise<Record<string, string>> {
  const receives: Record<string, string> = {};
  for (const [name, packet] of Object.entries(packets.scene.packets)) {
    receives[name] = togetherInWords(await connect(packets, packet));
  }
  return receives;
}

async function connect(packets: Packets, packet: ScenePacket): Promise<string[]> {
  const from = packets.senders.get(packet.from);
  if (from === undefined) throw new HarnessError(`the scene has no sender '${packet.from}'`);
  const { times = 1 } = packet;
  const { sources = 1 } = from.sender;
  const words: string[] = [];
  for (const to of destinationsOf(packet)) {
    for (let time = 0; time < times; time += 1) words.push(await connectOnce(packets, from, to));
    if (sources > 1 && words.at(-1) !== 'refused') words.push(...(await connectMany(packets, from, to, sources - 1)));
  }
  return words;
}

async function connectOnce(packets: Packets, { sender, part }: OpenSender, at: SceneAddress): Promise<string> {
  const { trial, book } = packets;
  const socket = part.fresh('client');
  const results = await part.attempt(
    ...open(socket, 'tcp', sender.family, 1),
    { op: 'bind', on: socket, address: book(sender.family, sender.at), port: 0 },
    {
      op: 'connect',
      on: socket,
      address: numericAddress(book, sender.family, at),
      port: trial.port,
      within: trial.connectPatience,
    },
  );
  const outcome = outcomeOf(results.at(-1));
  const word = outcome === 'ok' ? await accepted(packets, { part, socket }) : wordFor(outcome);
  await part.do({ op: 'close', on: socket, reset: true });
  return word;
}

/** Which listener has the connection of a client that is connected. */
async function accepted(packets: Packets, client: Pick<OpenSender, 'part' | 'socket'>): Promise<string> {
  const [first] = await drain(packets);
  if (first !== undefined) return first;
  // A connection may be reset after it was made, or reach its listener a little later.
  const [end] = await client.part.do({ op: 'recv', on: client.socket, within: packets.trial.patience });
  const [late] = await drain(packets);
  return late ?? (outcomeOf(end) === 'silence' ? 'no answer' : 'reset');
}

/** The other sources of a sender that has several: each connection goes to a listener of its own choice. */
async function connectMany(
  packets: Packets,
  { sender, part }: OpenSender,
  at: SceneAddress,
  count: number,
): Promise<string[]> {
  const { trial, book } = packets;
  const as = part.fresh('clients');
  const address = numericAddress(book, sender.family, at);
  const kind = {
    family: sender.family,
    type: 'stream',
    options: [],
    bind: book(sender.family, sender.at),
    connect: { address, port: trial.port },
  } as const;
  const making: Operation = {
    op: 'batch',
    as,
    kinds: [{ ...kind, options: [] }],
    sockets: Array.from({ length: count }, () => [0, 0]).flat(),
  };
  await part.do(making, { op: 'batch-await', on: as, state: 'ESTABLISHED', within: trial.connectPatience });
  const words = await drain(packets);
  for (let looks = 0; words.length < count && looks < 2; looks += 1) {
    await part.do({ op: 'batch-await', on: as, state: 'CLOSED', within: trial.patience });
    words.push(...(await drain(packets)));
  }
  await part.do({ op: 'batch-close', on: as, how: 'reset' });
  return words.length < count ? [...words, 'no answer'] : words;
}

/** Takes the connections that wait at the listeners: the name of a listener for each of them. */
async function drain({ sockets }: Packets): Promise<string[]> {
  const found = await Promise.all(
    sockets.map(async ({ as, part, socket }) => {
      const [result] = await part.do({ op: 'drain', on: socket });
      const count = Object.values(result?.counts ?? {}).reduce((sum, one) => sum + one, 0);
      return Array.from({ length: count }, () => as);
    }),
  );
  return found.flat();
}

/** How what connect() returned is called. */
function wordFor(outcome: string): string {
  if (outcome === 'silence') return 'no answer';
  if (['ECONNREFUSED', 'WSAECONNREFUSED'].includes(outcome)) return 'refused';
  return ['ECONNRESET', 'WSAECONNRESET'].includes(outcome) ? 'reset' : outcome;
}
