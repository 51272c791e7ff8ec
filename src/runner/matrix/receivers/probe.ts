import type { Operation, SocketName } from '../../../protocol/messages.ts';
import { known } from '../../../matrix/receivers/known.ts';
import type { Way } from '../../../matrix/receivers/ways.ts';
import type { Role } from '../crew.ts';
import type { ReceiverStage, SharedPorts } from './stage.ts';

/** One datagram or connection to the port of a pair. */
export interface PairProbe {
  /** The place of the pair in its chunk. */
  readonly index: number;
  readonly way: Way;
  /** Zero for the usual source of the way; each other number is a source port of its own. */
  readonly extra: number;
}

/** The agent that sends the probes of a way. */
export function senderRole({ host }: Way): Role {
  return host === 'neighbour' ? 'neighbour' : 'peer';
}

/** The part of an operation that names probes: what several have in common is there once. */
type Told = Pick<Extract<Operation, { op: 'batch-send' }>, 'sources' | 'targets' | 'probes'>;

/** Probes in the form that an agent takes. */
export function toldProbes(probes: readonly PairProbe[], { ports }: ReceiverStage, shared: SharedPorts): Told {
  const sources: SocketName[] = [];
  const targets: string[] = [];
  const places = new Map<Way, Map<number, { readonly source: number; readonly target: number }>>();
  const sourceOf = (address: string, port: number, extra: number) => {
    // Sources whose ports the system chooses are one for each number of `extra`.
    const key = `${address} ${port} ${extra}`;
    return known(bySource, key, () => sources.push({ address, port }) - 1);
  };
  const [bySource, byTarget] = [new Map<string, number>(), new Map<string, number>()];
  const triples: number[] = [];
  for (const { index, way, extra } of probes) {
    const ofWay = known(places, way, () => new Map<number, { source: number; target: number }>());
    const { source, target } = known(ofWay, extra, () => ({
      source: sourceOf(way.from, way.port === 'peer' && extra === 0 ? shared.peer : 0, extra),
      target: known(byTarget, way.to, () => targets.push(way.to) - 1),
    }));
    triples.push(source, target, ports[index] ?? 0);
  }
  return { sources, targets, probes: triples };
}

/** The word for the sockets that got a probe; empty where none did. */
export function gotWord(sockets: Iterable<1 | 2>): string {
  const got = new Set(sockets);
  return [1, 2].filter((socket) => got.has(socket as 1 | 2)).join('+');
}
