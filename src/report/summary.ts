import { VERDICTS, type BindRecord, type CellRecord, type ClaimRecord, type Verdict } from '../record/record.ts';
import { systemInWords } from '../record/system-title.ts';
import { byKey } from './by-key.ts';

/**
 * The verdicts, worst first. The harness's own errors come before the platform's failures, because nothing is known
 * then. What no one could judge comes before what went well. `skipped` is last, after `pass`: a cell that did not run
 * says nothing, so what ran decides for an experiment, and the number of skipped cells stands beside it.
 */
export const WORST_FIRST = [
  'error',
  'fail',
  'stale',
  'known',
  'unjudged',
  'differs',
  'pass',
  'skipped',
] as const satisfies Verdict[];

export type Counts = Record<Verdict, number>;

/** How many cells have each verdict. */
export function countVerdicts(cells: readonly Pick<CellRecord, 'verdict'>[]): Counts {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Counts;
  for (const { verdict } of cells) counts[verdict] += 1;
  return counts;
}

/** Counts in words, without those that are zero: `12 pass, 1 fail, 3 skipped`. */
export function countsInWords(counts: Partial<Counts>): string {
  return VERDICTS.filter((verdict) => (counts[verdict] ?? 0) > 0)
    .map((verdict) => `${counts[verdict]} ${verdict}`)
    .join(', ');
}

/** The worst verdict of several cells; `skipped` of none. */
export function worstVerdict(cells: readonly Pick<CellRecord, 'verdict'>[]): Verdict {
  return WORST_FIRST.find((verdict) => cells.some((cell) => cell.verdict === verdict)) ?? 'skipped';
}

/** Whether a cell did not go as expected, so that the run as a whole did not. */
export function isUnexpected({ verdict }: Pick<CellRecord, 'verdict'>): boolean {
  return verdict === 'fail' || verdict === 'stale' || verdict === 'error';
}

export interface ExperimentSummary {
  id: string;
  title: string;
  verdict: Verdict;
  cells: CellRecord[];
}

export interface SuiteSummary {
  name: string;
  experiments: ExperimentSummary[];
  cells: CellRecord[];
}

/** The cells by experiment, in the order of the record. */
export function experimentsOf(cells: readonly CellRecord[]): ExperimentSummary[] {
  return [...byKey(cells, ({ experiment }) => experiment)].map(([id, own]) => ({
    id,
    title: own[0]?.title ?? id,
    verdict: worstVerdict(own),
    cells: own,
  }));
}

/** The cells by suite, which is the first segment of an experiment's id, in the order of the record. */
export function suitesOf(cells: readonly CellRecord[]): SuiteSummary[] {
  return [...byKey(cells, ({ experiment }) => suiteOf(experiment))].map(([name, own]) => ({
    name,
    experiments: experimentsOf(own),
    cells: own,
  }));
}

/** The suite that an experiment is in. */
export function suiteOf(experiment: string): string {
  return experiment.split('/')[0] ?? experiment;
}

export interface SkipSummary {
  reason: string;
  /** The line that would let the cells run; absent when no one knows one. */
  enable?: string;
  cells: CellRecord[];
}

/** The skipped cells, together where the reason and the line that would enable them are the same. */
export function skipsOf(cells: readonly CellRecord[]): SkipSummary[] {
  const skipped = cells.filter(({ verdict }) => verdict === 'skipped');
  return [...byKey(skipped, ({ reason, enable }) => JSON.stringify([reason, enable]))].map(([, own]) => {
    const enable = own[0]?.enable;
    return {
      reason: own[0]?.reason ?? 'no reason was recorded',
      ...(enable === undefined ? {} : { enable }),
      cells: own,
    };
  });
}

/** How the claims came out, in words: `20 confirmed, 2 refuted`. */
export function claimCountsInWords(claims: readonly Pick<ClaimRecord, 'verdict'>[]): string {
  return (['confirmed', 'refuted', 'qualified', 'untested'] as const)
    .map((verdict) => ({ verdict, count: claims.filter((claim) => claim.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`)
    .join(', ');
}

/** What a run was, for a heading: the system, its release and architecture, and the lab. */
export function runInWords({ platform, lab }: Pick<BindRecord, 'platform' | 'lab'>): string {
  return `${systemInWords(platform)} (${platform.architecture}) in the ${lab.lab} lab`;
}
