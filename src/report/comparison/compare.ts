import type { ComparedCell, ComparedExperiment, ComparedPlatform, Comparison } from '../../record/comparison.ts';
import type { ContainersRecord } from '../../record/containers.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import type { BindRecord, CellRecord } from '../../record/record.ts';
import type { ToldOutcome } from '../outcomes.ts';
import { countVerdicts } from '../summary.ts';
import type { Column } from './columns.ts';
import { comparedEngine } from './engines.ts';
import { sameOutcomes } from './same-outcomes.ts';
import { outcomesIn, shapesOf } from './told-places.ts';

/** What several platforms did, side by side. It judges nothing: the verdicts are those of the records. */
export function compareRuns(
  columns: readonly Column[],
  bindspec: string,
  engines: readonly ContainersRecord[] = [],
): Comparison {
  const runs = columns.flatMap(({ name, run }) => (run ? [{ name, run }] : []));
  return {
    schema: 1,
    kind: 'comparison',
    bindspec,
    platforms: columns.flatMap(platformOf),
    experiments: experimentsOf(runs),
    claims: claimsOf(runs),
    ...(engines.length === 0 ? {} : { engines: engines.map(comparedEngine) }),
  };
}

interface Run {
  name: string;
  run: BindRecord;
}

function platformOf({ name, run, matrix }: Column): ComparedPlatform[] {
  const origin = run ?? matrix;
  if (!origin) return [];
  const { platform, lab, bindspec } = origin;
  return [
    {
      name,
      platform,
      lab: lab.lab,
      bindspec,
      ...(run ? { run: runOf(run) } : {}),
      ...(matrix ? { matrix: matrixOf(matrix) } : {}),
    },
  ];
}

function runOf({ started, complete, duration, settings, cells }: BindRecord): NonNullable<ComparedPlatform['run']> {
  const counts = Object.entries(countVerdicts(cells)).filter(([, count]) => count > 0);
  return { started, complete, duration, selectors: settings.selectors, counts: Object.fromEntries(counts) };
}

function matrixOf(record: MatrixRecord): NonNullable<ComparedPlatform['matrix']> {
  const { started, complete, settings, counts, mismatches, errors } = record;
  const rules = [...new Set(mismatches.map(({ rule }) => rule))];
  return { started, complete, model: settings.model, asked: settings.asked, counts, rules, errors: errors.length };
}

function experimentsOf(runs: readonly Run[]): ComparedExperiment[] {
  const found = new Map<string, Map<string, Map<string, CellRecord>>>();
  for (const { name, run } of runs) {
    for (const cell of run.cells) {
      const cells = found.get(cell.experiment) ?? new Map<string, Map<string, CellRecord>>();
      found.set(cell.experiment, cells);
      const on = cells.get(cell.id) ?? new Map<string, CellRecord>();
      cells.set(cell.id, on);
      on.set(name, cell);
    }
  }
  return [...found]
    .map(([id, cells]) => {
      const [first] = [...cells.values()].flatMap((on) => [...on.values()]);
      return { id, title: first?.title ?? id, asks: first?.asks ?? '', cells: [...cells.values()].map(comparedCell) };
    })
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

function comparedCell(on: ReadonlyMap<string, CellRecord>): ComparedCell {
  const [first] = on.values();
  const shapes = shapesOf([...on.values()]);
  const seen = [...on].map(([name, cell]) => [name, seenOf(cell, shapes)] as const);
  return {
    id: first?.id ?? '',
    values: first?.values ?? {},
    on: Object.fromEntries(seen),
    alike: alike(seen.filter(([, { outcomes }]) => outcomes.length > 0)),
  };
}

function seenOf(cell: CellRecord, shapes: readonly unknown[]): ComparedCell['on'][string] {
  return {
    verdict: cell.verdict,
    ...(cell.reason === undefined ? {} : { reason: cell.reason }),
    ...(cell.expectation === undefined ? {} : { known: cell.expectation.known }),
    outcomes: outcomesIn(cell, shapes),
  };
}

/** The platforms in groups of the same outcome; the largest first, and of two alike the one that comes first. */
function alike(seen: readonly (readonly [string, { outcomes: readonly ToldOutcome[] }])[]): string[][] {
  const groups: { outcomes: readonly ToldOutcome[]; names: string[] }[] = [];
  for (const [name, { outcomes }] of seen) {
    const group = groups.find((one) => sameOutcomes(one.outcomes, outcomes));
    if (group) group.names.push(name);
    else groups.push({ outcomes, names: [name] });
  }
  return groups.map(({ names }) => names).toSorted((one, other) => other.length - one.length);
}

function claimsOf(runs: readonly Run[]): Comparison['claims'] {
  const found = new Map<string, Comparison['claims'][number]>();
  for (const { name, run } of runs) {
    for (const { id, claim, documents, verdict, detail } of run.claims) {
      const compared = found.get(id) ?? { id, claim, documents, on: {} };
      found.set(id, compared);
      compared.on[name] = { verdict, detail };
    }
  }
  return [...found.values()];
}
