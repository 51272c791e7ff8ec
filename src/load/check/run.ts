import type { BindRecord, CellRecord, ClaimRecord } from '../../record/record.ts';
import { firstWrong, twice } from './lists.ts';
import { wrongPlatform } from './platform.ts';

/**
 * How the parts of a run's record contradict each other, in words; null where they agree. The shape has been checked
 * before. Nothing is compared with what this version of bindspec has: an experiment or a claim that it does not know
 * belongs to another version.
 */
export function wrongInRun(record: BindRecord): string | null {
  return (
    wrongPlatform(record.platform) ??
    wrongCounts(record) ??
    twice(record.cells, 'cells', ({ id }) => id) ??
    firstWrong(record.cells, 'cells', wrongCell) ??
    twice(record.claims, 'claims', ({ id }) => id) ??
    firstWrong(record.claims, 'claims', (claim) => wrongClaim(claim, record.cells))
  );
}

function wrongCounts({ complete, settings, cells }: BindRecord): string | null {
  if (cells.length === 0) return 'it has no cells';
  if (cells.length > settings.cells) return `it has ${cells.length} cells, and settings.cells says ${settings.cells}`;
  if (complete && cells.length < settings.cells) {
    return `it says that it is complete, and has ${cells.length} of ${settings.cells} cells`;
  }
  return null;
}

/** Verdicts for which something speaks against the expectation, and verdicts for which nothing does. */
const AGAINST: ReadonlySet<string> = new Set(['fail', 'known']);
const NOT_AGAINST: ReadonlySet<string> = new Set(['pass', 'differs', 'unjudged', 'skipped']);

function wrongCell(cell: CellRecord): string | null {
  const { id, experiment, values, verdict, disagreements, attempts } = cell;
  const [segments, axes] = [id.slice(experiment.length).split('/').slice(1), Object.entries(values)];
  if (id !== experiment && !id.startsWith(`${experiment}/`)) return `'${id}' is not a cell of '${experiment}'`;
  const spelled = axes.map(([axis, value]) => `${axis}:${value}`);
  if (segments.toSorted().join('/') !== spelled.toSorted().join('/')) {
    return `'${id}' has other values than ${spelled.length === 0 ? 'none' : spelled.join(', ')}`;
  }
  if (AGAINST.has(verdict) && disagreements.length === 0) return `it is '${verdict}', and nothing disagrees`;
  if (NOT_AGAINST.has(verdict) && disagreements.length > 0) return `it is '${verdict}', and something disagrees`;
  const ran = verdict !== 'skipped' && verdict !== 'error';
  if (ran && attempts === 0) return `it is '${verdict}' after no attempt`;
  if (verdict === 'skipped' && (cell.observation !== undefined || cell.claims.length > 0)) {
    return 'it was skipped, and observed something';
  }
  const both = cell.claims.find(({ holds, against }) => holds && against.length > 0);
  if (both) return `the claim '${both.claim}' holds, and something is against it`;
  return twice(cell.claims, 'claims', ({ claim }) => claim);
}

/** The cells for and against a claim are those whose own evidence says so, and its verdict rests on them. */
function wrongClaim({ id, verdict, holds, contradicts }: ClaimRecord, cells: readonly CellRecord[]): string | null {
  for (const [said, list, name] of [
    [true, holds, 'holds'],
    [false, contradicts, 'contradicts'],
  ] as const) {
    const evident = cells
      .filter(({ claims }) => claims.some((one) => one.claim === id && one.holds === said))
      .map((cell) => cell.id);
    const odd = symmetric(evident, list);
    if (odd !== undefined) return `${name}: the cell '${odd}' and this list do not say the same of '${id}'`;
    if (list.length !== evident.length) return `${name} names a cell twice`;
  }
  const [ayes, noes] = [holds.length, contradicts.length];
  const can = {
    confirmed: ayes > 0 && noes === 0,
    refuted: noes > 0,
    qualified: ayes > 0 && noes > 0,
    untested: true,
  }[verdict];
  return can ? null : `'${id}' is '${verdict}' with ${ayes} cells for it and ${noes} against it`;
}

/** The entries that only one of two lists has. */
function symmetric(one: readonly string[], other: readonly string[]): string | undefined {
  const [a, b] = [new Set(one), new Set(other)];
  return one.find((item) => !b.has(item)) ?? other.find((item) => !a.has(item));
}
