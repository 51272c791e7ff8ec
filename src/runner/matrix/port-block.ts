import type { LabFacts } from '../../lab/lab.ts';
import type { BatchKind } from '../../protocol/messages.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import { portRange } from '../port-range.ts';

/** Ports for the pairs of one lab, thousands at a time. */
export class PortBlocks {
  readonly #range: { from: number; to: number };
  readonly #kinds: readonly BatchKind[] | null;
  readonly #spent = new Set<number>();
  #next: number;

  constructor(facts: LabFacts) {
    this.#range = portRange(facts);
    this.#kinds = facts.ownPorts ? null : probes(facts);
    const { from, to } = this.#range;
    this.#next = facts.ownPorts ? from : from + Math.floor(Math.random() * (to - from));
  }

  /** Whether others take ports here too, so that they may have caused the outcome of a pair. */
  get shared(): boolean {
    return this.#kinds !== null;
  }

  /**
   * Returns `count` ports, each free. With `spend` they are not given again, because something will stay on them.
   * @throws HarnessError when there are fewer.
   */
  async take(count: number, spend: boolean, prober: AgentProcess): Promise<number[]> {
    const taken: number[] = [];
    for (let left = this.#range.to - this.#range.from + 1; taken.length < count && left > 0;) {
      const wanted = Math.min(count - taken.length, left);
      const candidates: number[] = [];
      for (; candidates.length < wanted && left > 0; left -= 1) {
        if (!this.#spent.has(this.#next)) candidates.push(this.#next);
        this.#next = this.#next === this.#range.to ? this.#range.from : this.#next + 1;
      }
      taken.push(...(await this.#free(candidates, prober)));
    }
    if (taken.length < count) throw new HarnessError(`${count} free ports are needed, ${taken.length} were found`);
    if (spend) for (const port of taken) this.#spent.add(port);
    return taken;
  }

  async #free(candidates: readonly number[], prober: AgentProcess): Promise<readonly number[]> {
    const kinds = this.#kinds;
    if (kinds === null) return candidates;
    const sockets = candidates.flatMap((port) => kinds.flatMap((_, place) => [place, port]));
    const [result] = await prober.ask([{ op: 'batch', kinds: [...kinds], sockets }], false);
    const codes = result?.codes ?? [];
    return candidates.filter((_, index) => kinds.every((__, place) => codes[index * kinds.length + place] === 0));
  }
}

/** A port is free when every wildcard can be bound to it. */
function probes({ addresses }: LabFacts): BatchKind[] {
  const families = (['inet', 'inet6'] as const).filter((family) => addresses[family].wildcard !== undefined);
  return families.flatMap((family) =>
    (['dgram', 'stream'] as const).map((type): BatchKind => ({
      family,
      type,
      options: family === 'inet6' ? [['IPV6_V6ONLY', 1]] : [],
      bind: family === 'inet6' ? '::' : '0.0.0.0',
    })),
  );
}
