import { Legend } from '../../matrix/legend.ts';
import type { Operation, SourceName, Result } from '../../protocol/messages.ts';

/** Who sends probes: a process of the machine, or one of its neighbour. */
export type ProbeSender = 'peer' | 'neighbour';

/** From where to where probes go. Probes of one path have the same object. */
export interface ProbePath {
  readonly sender: ProbeSender;
  readonly source: SourceName;
  readonly target: string;
  /** The address whose refusal proves what the source sent: the target itself, unless that is one of many. */
  readonly proof?: string;
}

/** One datagram or connection. */
export interface SentProbe {
  readonly path: ProbePath;
  /** The place of its port in the list of ports. */
  readonly place: number;
}

/** The sockets of one agent that may receive: a batch, or sockets with these names. */
interface ProbedSockets<Agent> {
  readonly agent: Agent;
  readonly on: string | readonly string[];
}

/** Where probes are sent. */
export interface ProbeGround<Agent> {
  /** Has an agent do one operation, whose outcome is `ok`. @throws HarnessError */
  ask(agent: Agent | ProbeSender, operation: Operation): Promise<Result>;
  /** The ports that probes go to. */
  readonly ports: readonly number[];
  readonly receivers: readonly ProbedSockets<Agent>[];
  /** Notes that receivers, by their place in the list, got a probe; `at` is the place of the socket among theirs. */
  note(receivers: number, at: number, probe: number): void;
}

/** What became of a probe at its sender: undefined where it was received and nothing came back. */
export type ProbeEnd = string | undefined;

/** The part of an operation that names probes: what several have in common is there once. */
type Named = Pick<Extract<Operation, { op: 'probe-send' }>, 'sources' | 'targets' | 'ports' | 'probes'> & {
  /** For each target the address that proves what was sent to it. */
  readonly proofs: string[];
};

/** Probes in the form that an agent takes. Those that follow one another on one path, to ports side by side, are one run. */
export function namedProbes(probes: readonly SentProbe[], ports: readonly number[]): Named {
  const [sources, targets] = [new Legend<SourceName>(), new Legend<ProbePath>()];
  const runs: number[] = [];
  let [path, first, count] = [undefined as ProbePath | undefined, 0, 0];
  const endRun = () => {
    if (path === undefined) return;
    const { source, target, proof = target } = path;
    const { address, port = 0, number = 0, many = false } = source;
    const place = sources.place(`${address} ${port} ${number} ${many}`, () => source);
    const named = path;
    runs.push(
      place,
      targets.place(`${target} ${proof}`, () => named),
      first,
      count,
    );
  };
  for (const probe of probes) {
    if (probe.path === path && probe.place === first + count) {
      count += 1;
      continue;
    }
    endRun();
    [path, first, count] = [probe.path, probe.place, 1];
  }
  endRun();
  return {
    sources: [...sources.list],
    targets: targets.list.map(({ target }) => target),
    proofs: targets.list.map(({ target, proof = target }) => proof),
    ports: [...ports],
    probes: runs,
  };
}

/** What distinguishes the ways by which answers come back to probes of a path. */
export function wayBackOf({ sender, source, target, proof = target }: ProbePath): string {
  return `${sender} ${source.address} ${proof}`;
}
