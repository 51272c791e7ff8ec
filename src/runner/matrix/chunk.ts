import type { Block } from '../../matrix/blocks.ts';
import { isConnected } from '../../matrix/axes.ts';
import type { Spec } from '../../matrix/sockets.ts';
import type { Family, Operation } from '../../protocol/messages.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { familyReached } from '../../plan/addresses.ts';
import { listenerName } from '../listeners.ts';
import { batchAnswers } from '../batch-answers.ts';
import { batchOf } from './batch.ts';
import { PEER, type Crew } from './crew.ts';
import { callerKind, firstKind, secondKind } from './kinds.ts';
import type { PortBlocks } from './port-block.ts';
import { paced } from '../../process/pace.ts';

/**
 * How long sockets may take to get into their state, in milliseconds. Usually it takes less than one, but on a busy machine
 * segments are lost even on loopback; the first two times, they are sent again after one and three seconds.
 */
const WITHIN = 20_000;

/** Some pairs of one block, by their places in it. */
export interface Chunk {
  readonly block: Block;
  readonly pairs: readonly number[];
}

/** A chunk whose first sockets exist, in their state, each on a port of its own. */
interface Stage {
  readonly chunk: Chunk;
  readonly name: string;
  readonly ports: readonly number[];
  /** The names of the peer's batches: the other ends of the connections. */
  readonly peers: readonly string[];
  /** Why a first socket could not be made, for example `first bind EADDRNOTAVAIL`; `ok` where it could. */
  readonly first: readonly string[];
}

let names = 0;

/**
 * Puts the first sockets of a chunk on their ports, brings each to its state, and checks that state.
 * @throws HarnessError when a state is not reached.
 */
export async function prepare(chunk: Chunk, crew: Crew, portBlocks: PortBlocks): Promise<Stage> {
  const { block, pairs } = chunk;
  const { protocol, state } = block;
  const name = `pairs${(names += 1)}`;
  const connects = protocol === 'tcp' && isConnected(state);
  // The peer has to listen before anyone connects to it.
  const peerPort = await crew.peerPort(connects);
  const ports = await portBlocks.take(pairs.length, state === 'time-wait', await crew.agent('first'));
  const specs = pairs.map((pair) => block.first[Math.floor(pair / block.second.length)] as Spec);
  const [opened] = await crew.ask(
    'first',
    batchOf(specs, (spec) => firstKind(spec, block, peerPort), ports, name),
  );
  const first = batchAnswers(opened, pairs.length).map((answer) => (answer === 'ok' ? 'ok' : `first ${answer}`));
  const broken = first.find((answer) => /^first (?:socket|connect) /.test(answer));
  if (broken !== undefined) throw new HarnessError(`a first socket can't be made ${state}: ${broken}`);
  let peers: readonly string[] = [];
  if (connects) {
    const there = [...specs.keys()].filter((index) => first[index] === 'ok');
    const called = {
      specs: there.map((index) => specs[index] as Spec),
      ports: there.map((index) => ports[index] ?? 0),
    };
    peers =
      state === 'accepted'
        ? await accept(crew, name, called.specs, called.ports)
        : await connect(crew, name, state, called.specs);
  }
  return { chunk, name, ports, peers, first };
}

/** Has the peer connect to the first sockets, which accept. Returns the peer's batches. */
async function accept(
  crew: Crew,
  name: string,
  specs: readonly Spec[],
  ports: readonly number[],
): Promise<readonly string[]> {
  const [called] = await crew.ask('peer', batchOf(specs, callerKind, ports, name));
  const refused = batchAnswers(called, specs.length).find((answer) => answer !== 'ok');
  if (refused !== undefined) throw new HarnessError(`a first socket can't be made accepted: ${refused}`);
  await crew.ask('first', { op: 'batch-accept', on: name, within: paced(WITHIN) }, awaiting(name, 'ESTABLISHED'));
  return [name];
}

/** Has the peer accept the connections of the first sockets, from its listener for each family. Returns its batches. */
async function connect(crew: Crew, name: string, state: string, specs: readonly Spec[]): Promise<readonly string[]> {
  const counts = new Map<Family, number>();
  for (const spec of specs) {
    const family = familyReached(spec.name.connected);
    counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  const takes = [...counts].map(
    ([family, count]) =>
      ({
        op: 'batch-take',
        on: listenerName(PEER, family),
        as: `${name}/${family}`,
        count,
        within: paced(WITHIN),
      }) as const,
  );
  const peers = takes.map(({ as }) => as);
  const leave = peers.map((on): Operation => ({ op: 'batch-close', on, how: 'leave' }));
  await Promise.all([crew.ask('peer', ...takes), crew.ask('first', awaiting(name, 'ESTABLISHED'))]);
  if (state === 'close-wait') {
    await crew.ask('peer', ...leave);
    await crew.ask('first', awaiting(name, 'CLOSE_WAIT'));
  }
  if (state === 'time-wait') {
    // The side that closes first gets the TIME_WAIT; the peer's side is gone once the peer closes. If the peer closes while
    // the acknowledgement of the first side's close is under way, the peer may answer that with a reset, which removes the
    // TIME_WAIT. So the acknowledgement is waited for, though it arrives some 40 ms late.
    await crew.ask('first', { op: 'batch-close', on: name, how: 'leave' });
    await crew.ask('first', awaiting(name, 'FIN_WAIT_2'));
    await crew.ask('peer', ...leave);
    await crew.ask('first', awaiting(name, 'TIME_WAIT'));
  }
  return peers;
}

function awaiting(on: string, state: string): Operation {
  return { op: 'batch-await', on, state, within: paced(WITHIN) };
}

/** Binds the second socket of each pair, and listens, and closes it at once. Returns an answer for each pair. */
export async function attempt({ chunk, ports, first }: Stage, crew: Crew): Promise<string[]> {
  const { block, pairs } = chunk;
  const specs = pairs.map((pair) => block.second[pair % block.second.length] as Spec);
  const role = block.uid === 'same' ? 'second' : 'other';
  const [tried] = await crew.ask(
    role,
    batchOf(specs, (spec) => secondKind(spec, block), ports),
  );
  const answers = batchAnswers(tried, pairs.length);
  const broken = answers.find((answer) => answer.startsWith('socket '));
  if (broken !== undefined) throw new HarnessError(`a second socket can't be made: ${broken}`);
  return answers.map((answer, index) => (first[index] === 'ok' ? answer : (first[index] ?? '')));
}

/** Closes the first sockets in such a way that only what has to stay is left on their ports. */
export async function clear({ chunk, name, peers }: Stage, crew: Crew): Promise<void> {
  const { protocol, state } = chunk.block;
  const connection = protocol === 'tcp' && isConnected(state);
  await crew.ask('first', { op: 'batch-close', on: name, how: connection ? 'reset' : 'close' });
  if (peers.length > 0)
    await crew.ask('peer', ...peers.map((on) => ({ op: 'batch-close', on, how: 'reset' }) as const));
}
