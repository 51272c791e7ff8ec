import type { BatchKind } from '../../../protocol/messages.ts';
import type { ReceiverBlock } from '../../../matrix/receivers/blocks.ts';
import { pairConnectionOf, socketSteps, type Peers } from '../../../matrix/receivers/socket-steps.ts';
import type { Spec } from '../../../matrix/sockets.ts';
import { batchKind } from '../../../plan/operations.ts';
import { HarnessError } from '../../../harness/harness-error.ts';
import { batchAnswers } from '../../batch-answers.ts';
import { batchOf } from '../batch.ts';
import type { Crew, Role } from '../crew.ts';
import type { PortBlocks } from '../port-block.ts';

/** Some pairs of one block, by their places in it. */
export interface ReceiverChunk {
  readonly block: ReceiverBlock;
  readonly pairs: readonly number[];
}

/** The ports that all chunks of a lab share. */
export interface SharedPorts {
  /** From which peers send, and to which UDP sockets are connected. */
  readonly peer: number;
  /** On which nothing is bound, so that datagrams to it are refused. */
  readonly closed: number;
  /** On which the peer's TCP listeners answer. */
  readonly open: number;
}

/** A chunk whose sockets are there, in their states, each pair on a port of its own. */
export interface ReceiverStage {
  readonly chunk: ReceiverChunk;
  readonly name: string;
  readonly ports: readonly number[];
  /** The agents that have the sockets: of the first, and of the second. */
  readonly roles: readonly [Role, Role];
  /** Why the two are not there together, for example `second bind EADDRINUSE`; null where they are. */
  readonly failures: readonly (string | null)[];
}

/** The name of the peer's listeners that answer every client, one for each family. */
export const LISTENERS = 'open';

/** Takes the ports that the chunks of a lab share, and has the peer listen on the one that is open. */
export async function shareParts(
  crew: Crew,
  portBlocks: PortBlocks,
  { inet6 }: Peers['addresses'],
): Promise<SharedPorts> {
  const [peer = 0, closed = 0, open = 0] = await portBlocks.take(3, true, await crew.agent('first'));
  const listener = { type: 'stream', listen: 1024 } as const;
  const kinds: BatchKind[] = [
    { ...listener, family: 'inet', options: [['SO_REUSEADDR', 1]], bind: '0.0.0.0' },
    ...(inet6.wildcard === undefined
      ? []
      : [{ ...listener, family: 'inet6', options: [['IPV6_V6ONLY', 1]], bind: '::' } satisfies BatchKind]),
  ];
  const sockets = kinds.flatMap((_, place) => [place, open]);
  const [made] = await crew.ask('peer', { op: 'batch', as: LISTENERS, kinds, sockets });
  const wrong = batchAnswers(made, kinds.length).find((word) => word !== 'ok');
  if (wrong !== undefined) throw new HarnessError(`the peer can't listen at port ${open}: ${wrong}`);
  return { peer, closed, open };
}

let names = 0;

/** Makes the sockets of a chunk: all first ones, and then all second ones. */
export async function makePairs(
  chunk: ReceiverChunk,
  crew: Crew,
  portBlocks: PortBlocks,
  shared: SharedPorts,
  peers: Peers,
): Promise<ReceiverStage> {
  const { block, pairs } = chunk;
  const name = `receivers${(names += 1)}`;
  const roles = ['first', block.uid === 'same' ? 'second' : 'other'] as const;
  const ports = await portBlocks.take(pairs.length, false, await crew.agent('first'));
  const codes: string[][] = [];
  for (const place of ['first', 'second'] as const) {
    const specs = pairs.map((pair) => specAt(block, pair, place));
    const kindOf = (spec: Spec) => kindAt(spec, place, block, shared, peers);
    const role = roles[place === 'first' ? 0 : 1];
    const [made] = await crew.ask(role, batchOf(specs, kindOf, ports, name));
    codes.push(batchAnswers(made, pairs.length));
  }
  const failures = pairs.map((_, index) => {
    const [first = '', second = ''] = codes.map((words) => words[index] ?? '');
    const wrong = first === 'ok' ? (second === 'ok' ? null : `second ${second}`) : `first ${first}`;
    if (wrong?.split(' ')[1] === 'socket') {
      throw new HarnessError(`a socket of a pair can't be made: ${wrong}`);
    }
    return wrong;
  });
  return { chunk, name, ports, roles, failures };
}

/** Closes the sockets of a chunk. */
export async function closePairs({ name, roles }: ReceiverStage, crew: Crew): Promise<void> {
  await Promise.all(roles.map((role) => crew.ask(role, { op: 'batch-close', on: name, how: 'close' })));
}

/** One of the two sockets of a pair of a block. */
function specAt({ first, second }: ReceiverBlock, pair: number, place: 'first' | 'second'): Spec {
  const width = second.length;
  return (place === 'first' ? first[Math.floor(pair / width)] : second[pair % width]) as Spec;
}

/** How many connections may wait at a listener until they are accepted. */
const BACKLOG = 64;

function kindAt(
  spec: Spec,
  place: 'first' | 'second',
  block: ReceiverBlock,
  shared: SharedPorts,
  peers: Peers,
): BatchKind {
  const { protocol, states } = block;
  const kind = batchKind(protocol, socketSteps(spec, place, block, peers), shared.peer);
  const connection = pairConnectionOf(spec, states[place === 'first' ? 0 : 1], peers);
  return {
    ...kind,
    ...(kind.listen === undefined ? {} : { listen: BACKLOG }),
    ...(connection === undefined ? {} : { connect: { address: connection.to, port: shared.peer } }),
  };
}
