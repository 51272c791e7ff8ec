import type { Operation, SocketName } from '../../../protocol/messages.ts';
import { Legend } from '../../../matrix/legend.ts';
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
type Told = Pick<Extract<Operation, { op: 'batch-send' }>, 'sources' | 'targets' | 'ports' | 'probes'>;

/** Probes in the form that an agent takes. Those that follow one another by one way, to pairs side by side, are one run. */
export function toldProbes(probes: readonly PairProbe[], { ports }: ReceiverStage, shared: SharedPorts): Told {
  const [sources, targets] = [new Legend<SocketName>(), new Legend<string>()];
  const runs: number[] = [];
  let run: { readonly probe: PairProbe; readonly source: number; readonly target: number } | undefined;
  let count = 0;
  const endRun = () => {
    if (run !== undefined) runs.push(run.source, run.target, run.probe.index, count);
  };
  for (const probe of probes) {
    const { index, way, extra } = probe;
    const same = run?.probe.way === way && run.probe.extra === extra ? run : undefined;
    if (same !== undefined && index === same.probe.index + count) {
      count += 1;
      continue;
    }
    endRun();
    // Sources whose ports the system chooses are one for each number of `extra`.
    const port = way.port === 'peer' && extra === 0 ? shared.peer : 0;
    const source = () => sources.place(`${way.from} ${port} ${extra}`, () => ({ address: way.from, port }));
    const target = () => targets.place(way.to, () => way.to);
    run = same !== undefined ? { ...same, probe } : { probe, source: source(), target: target() };
    count = 1;
  }
  endRun();
  return { sources: [...sources.list], targets: [...targets.list], ports: [...ports], probes: runs };
}

/** The words for the sockets that got a probe, by a number that has a bit for each. */
export const GOT_WORDS = ['', '1', '2', '1+2'] as const;
/** The bit of the first and of the second socket of a pair. */
export const GOT_BITS = [1, 2] as const;
