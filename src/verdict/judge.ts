import type { Cell } from '../experiment/cells.ts';
import type { Citation, Experiment, Provenance, System } from '../experiment/experiment.ts';
import { modelledFor } from './modelled.ts';
import { disagreements, type Disagreement } from './expectation.ts';

/** What is held to be right for a cell on a platform, and how that is known. */
export interface Resolved {
  expect: unknown;
  /** `assumed` where nobody has looked, and the platform is taken to be like Linux until somebody does. */
  known: Provenance | 'assumed';
  cite: readonly Citation[];
  /** Why this platform differs from the others; absent where it does not. */
  because?: string;
}

/**
 * What is expected of a cell on a system: the experiment's expectation, changed by what the system's model says of its
 * binds, and by the difference that names the system.
 */
export function expectationFor(cell: Pick<Cell, 'registered' | 'values'>, system: System): Resolved {
  const { experiment } = cell.registered;
  const onLinux = resolve(experiment.expect, cell.values);
  const resolved =
    system === 'linux'
      ? { expect: onLinux, known: experiment.known, cite: experiment.cite }
      : elsewhere(experiment, onLinux, cell.values, system);
  const difference = differenceFor(experiment, cell.values, system);
  if (!difference) return resolved;
  const { known, cite, because } = difference;
  return { expect: merge(resolved.expect, resolve(difference.expect, cell.values)), known, cite, because };
}

/** On another system than Linux its model decides about binds; the rest is assumed to be the same. */
function elsewhere(experiment: Experiment, onLinux: unknown, values: Cell['values'], system: System): Resolved {
  const modelled = modelledFor(experiment, values, system);
  if (modelled === null) return { expect: onLinux, known: 'assumed', cite: experiment.cite };
  const { known, cite, because } = modelled;
  const expect = merge(onLinux, modelled.expect);
  const differs = JSON.stringify(expect) !== JSON.stringify(onLinux);
  return { expect, known, cite, ...(differs ? { because } : {}) };
}

function resolve(expect: Experiment['expect'], values: Cell['values']): unknown {
  return typeof expect === 'function' ? expect(values) : expect;
}

function differenceFor(experiment: Experiment, values: Cell['values'], system: System) {
  return experiment.differs?.find(({ on, where }) => on.includes(system) && (where?.(values) ?? true));
}

/** Judges an observation: `pass`, or `differs` where a documented difference held, or `fail`. */
export function judge(
  resolved: Resolved,
  observation: unknown,
): { verdict: 'pass' | 'differs' | 'fail'; disagreements: Disagreement[] } {
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
