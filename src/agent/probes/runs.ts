import type { Operation } from '../../protocol/messages.ts';

/** What names probes, see `probe-send`. */
export type Named = Pick<Extract<Operation, { op: 'probe-send' }>, 'sources' | 'targets' | 'ports' | 'probes'>;

/** Probes to several ports, from one source to one target. */
export interface Run {
  readonly source: number;
  readonly target: number;
  readonly ports: readonly number[];
}

/** The runs of an operation. @throws Error for one that has no source, target or port there */
export function* runsOf({ sources, targets, ports, probes }: Named): Generator<Run> {
  for (let at = 0; at < probes.length; at += 4) {
    const [source = -1, target = -1, first = -1, count = 0] = probes.slice(at, at + 4);
    if (!(source in sources) || !(target in targets)) {
      throw new Error(`there is no source ${source}, or no target ${target}`);
    }
    const own = ports.slice(first, first + count);
    if (first < 0 || own.length !== count) throw new Error(`there are no ports ${first} to ${first + count - 1}`);
    yield { source, target, ports: own };
  }
}
