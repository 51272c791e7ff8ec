import type { Cell } from '../experiment/cells.ts';
import { PROVENANCES, type Citation, type Experiment, type Provenance, type System } from '../experiment/experiment.ts';
import type { KernelRange } from '../experiment/kernels.ts';
import { isBefore, parseKernel } from '../model/linux-kernel.ts';
import { disagreements, type Disagreement } from '../experiment/expectation.ts';
import { modelledFor } from './modelled.ts';

/** What is held to be right for a cell on a platform, and how that is known. */
export interface Resolved {
  /** Only what is known to be right there; the rest of an observation is not judged. */
  expect: unknown;
  known: Provenance;
  cite: readonly Citation[];
  /** Why this platform differs from the others; absent where it does not. */
  because?: string;
}

/**
 * What is expected of a cell on a system, or null where nobody has said: on Linux what the experiment says, elsewhere
 * what the system's model says of its binds, what is known to hold there as on Linux, and what differs there. `kernel`
 * is the version of the kernel, on Linux; the newest known behaviour without it.
 */
export function expectationFor(
  cell: Pick<Cell, 'registered' | 'values'>,
  system: System,
  kernel?: string,
): Resolved | null {
  const { experiment } = cell.registered;
  const grounds = [
    ...(system === 'linux' ? [onLinux(experiment, cell.values)] : elsewhere(experiment, cell.values, system)),
    ...differenceFor(experiment, cell.values, system, kernel),
  ];
  return grounds.length === 0 ? null : together(grounds);
}

function onLinux(experiment: Experiment, values: Cell['values']): Resolved {
  return { expect: resolve(experiment.expect, values), known: experiment.known, cite: experiment.cite };
}

/** What is known of another system than Linux, but for the differences. */
function elsewhere(experiment: Experiment, values: Cell['values'], system: System): Resolved[] {
  const holding = (experiment.holds ?? [])
    .filter(({ where }) => where?.(values) ?? true)
    .flatMap(({ grounds, expect = experiment.expect }) =>
      grounds
        .filter(({ on }) => on.includes(system))
        .map(({ known, cite }) => ({ expect: resolve(expect, values), known, cite })),
    );
  const modelled = modelledFor(experiment, values, system);
  if (modelled === null) return holding;
  const { because, ...ground } = modelled;
  const linux = resolve(experiment.expect, values);
  const differs = JSON.stringify(merge(linux, modelled.expect)) !== JSON.stringify(linux);
  return [...holding, { ...ground, ...(differs ? { because } : {}) }];
}

/** The first difference that is for the system, the kernel and the cell; none or one. */
function differenceFor(experiment: Experiment, values: Cell['values'], system: System, kernel?: string): Resolved[] {
  const found = experiment.differs?.find(
    ({ on, where, kernels }) =>
      on.includes(system) && (where?.(values) ?? true) && (kernels === undefined || isAmong(kernels, kernel)),
  );
  if (found === undefined) return [];
  const { expect, known, cite, because } = found;
  return [{ expect: resolve(expect, values), known, cite, because }];
}

/** Whether a kernel is within one of several ranges. */
function isAmong(ranges: readonly KernelRange[], version: string | undefined): boolean {
  const kernel = parseKernel(version);
  return ranges.some(
    ({ from, before }) =>
      (from === undefined || !isBefore(kernel, parseKernel(from))) &&
      (before === undefined || isBefore(kernel, parseKernel(before))),
  );
}

function resolve(expect: Experiment['expect'], values: Cell['values']): unknown {
  return typeof expect === 'function' ? expect(values) : expect;
}

/**
 * Several grounds as one expectation, each laid over those before. It is known no better than the weakest of them; the
 * last of their reasons is the one that is told, and the last of their texts comes first.
 */
function together(grounds: readonly Resolved[]): Resolved {
  const because = grounds.findLast((ground) => ground.because !== undefined)?.because;
  const ranks = grounds.map(({ known }) => PROVENANCES.indexOf(known));
  const texts = new Map(
    grounds
      .toReversed()
      .flatMap(({ cite }) => cite)
      .map((one) => [`${one.source} ${one.where}`, one]),
  );
  return {
    expect: grounds.map(({ expect }) => expect).reduce(merge),
    known: PROVENANCES[Math.max(...ranks)] ?? 'reported',
    cite: [...texts.values()],
    ...(because === undefined ? {} : { because }),
  };
}

/**
 * Judges an observation: `pass`, or `differs` where a documented difference held, or `fail`; `unjudged` where nobody has
 * said what to expect.
 */
export function judge(
  resolved: Resolved | null,
  observation: unknown,
): { verdict: 'pass' | 'differs' | 'fail' | 'unjudged'; disagreements: Disagreement[] } {
  if (resolved === null) return { verdict: 'unjudged', disagreements: [] };
  const found = disagreements(resolved.expect, observation);
  if (found.length > 0) return { verdict: 'fail', disagreements: found };
  return { verdict: resolved.because === undefined ? 'pass' : 'differs', disagreements: [] };
}

/** Lays a partial expectation over a whole one, key by key; what is no plain object replaces. */
function merge(base: unknown, over: unknown): unknown {
  if (!isPlain(base) || !isPlain(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = key in merged ? merge(merged[key], value) : value;
  return merged;
}

const MATCHERS = ['oneOf', 'not', 'atLeast', 'atMost'];

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !MATCHERS.some((key) => key in value);
}
