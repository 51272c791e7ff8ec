import type { Cell } from '../experiment/cells.ts';
import { disagreements, partOf, placesIn } from '../experiment/expectation.ts';
import type { System } from '../experiment/experiment.ts';
import type { Recorded } from '../experiment/known.ts';
import type { BindRecord } from '../record/record.ts';
import { sameByClass } from './sameness.ts';

/**
 * The observations of a record of a system other than Linux: for each cell that ran there, and that still exists, the
 * places where the observation differed from what is right on Linux.
 */
export function recordedBy(record: BindRecord, cells: readonly Cell[]): Recorded {
  const { id: platform, system, release: version } = record.platform;
  const observed = new Map(record.cells.map((cell) => [cell.id, cell]));
  const otherwise: Record<string, string[]> = {};
  for (const { id, registered, values } of cells) {
    const seen = observed.get(id);
    if (seen === undefined || seen.observation === undefined || seen.verdict === 'error') continue;
    const { expect } = registered.experiment;
    const linux: unknown = typeof expect === 'function' ? expect(values) : expect;
    otherwise[id] = placesIn(linux).filter((place) => {
      const part = partOf(linux, (one) => one === place);
      return disagreements(part, seen.observation, sameByClass).length > 0;
    });
  }
  return { platform, system: system as System, version, otherwise };
}

/** The observations of several records, as the text of the module in `suites/known/` that has them. */
export function recordedModule(records: readonly Recorded[]): string {
  const text = JSON.stringify(records, null, 2).replaceAll(/\[([^[\]{}]*)\]/g, (_, inner: string) => {
    return `[${inner.trim().replaceAll(/\s*\n\s*/g, ' ')}]`;
  });
  return `// Made of the committed records by \`npm run known\`: the places where each of them differs from what is right on Linux.
import type { Recorded } from '../../src/experiment/index.ts';

const recorded: readonly Recorded[] = ${text};

export default recorded;
`;
}
