import type { ComparedEngine } from '../../record/comparison.ts';

type Exposure = ComparedEngine['exposures'][number];

/** A way in, with the engines on which it leads to something. */
export interface SharedExposure {
  says: string;
  /** By the names of the engines; those on which it is contained are not in it. */
  on: ReadonlyMap<string, Exposure[]>;
}

/** Servers that can be reached but should not be, on several engines together; what is found on most comes first. */
export function sharedExposures(engines: readonly ComparedEngine[]): SharedExposure[] {
  const found = new Map<string, Map<string, Exposure[]>>();
  for (const { name, exposures } of engines) {
    for (const exposure of exposures) {
      const on = found.get(exposure.says) ?? new Map<string, Exposure[]>();
      found.set(exposure.says, on);
      on.set(name, [...(on.get(name) ?? []), exposure]);
    }
  }
  return [...found]
    .map(([says, on]) => ({
      says,
      on,
    }))
    .toSorted((one, other) => other.on.size - one.on.size);
}
