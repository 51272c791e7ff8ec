import type { howKnown } from '../words.ts';

/** How an answer stands to that of Linux. On Linux: whether its kernels give the same one. */
export type Likeness = 'same' | 'differs' | 'deviates' | 'none';

/** Whether an answer was observed in the records, is known from elsewhere, or is not known. */
type Basis = 'observed' | 'known' | 'none';

/** How a fact is known, as `howKnown` takes it. */
export type Knowing = Parameters<typeof howKnown>[0];

/** The answer on one platform, of those that were recorded. */
export interface PlatformAnswer {
  readonly platform: string;
  readonly word: string;
  readonly likeness: Likeness;
}

/** The answer of one system to a question, or to one case of it. */
export interface SystemAnswer {
  /** One word, or two; empty where no one knows. */
  readonly word: string;
  readonly likeness: Likeness;
  readonly basis: Basis;
  /** In how many cases: that have an answer, that were observed, and that have this likeness. */
  readonly cases: { readonly answered: number; readonly observed: number; readonly alike: number };
  /** What was observed on each platform of the system, the newest last. */
  readonly on: readonly PlatformAnswer[];
  /** How it is known, where it was not observed; the strongest first. */
  readonly known: readonly Knowing[];
  readonly cite: readonly { readonly source: string; readonly where: string }[];
  /** Why the system differs from Linux; empty where no one has said. */
  readonly because: readonly string[];
}

/** No one knows. */
export const NO_ANSWER: SystemAnswer = {
  word: '',
  likeness: 'none',
  basis: 'none',
  cases: { answered: 0, observed: 0, alike: 0 },
  on: [],
  known: [],
  cite: [],
  because: [],
};

/**
 * The sign of an answer: round where it is the same as on Linux, a diamond where it differs, a triangle where it is not
 * what is expected there; filled where it was observed, hollow where it is known from elsewhere; empty where no one knows.
 */
export function signOf({ likeness, basis }: Pick<SystemAnswer, 'likeness' | 'basis'>): string {
  if (basis === 'none' || likeness === 'none') return '';
  return SIGNS[likeness][basis];
}

const SIGNS = {
  same: { observed: '●', known: '○' },
  differs: { observed: '◆', known: '◇' },
  deviates: { observed: '▲', known: '△' },
} as const;

/** What the signs mean, in the order of a legend. */
export const SIGN_MEANINGS: readonly { readonly sign: string; readonly means: string }[] = [
  { sign: '●', means: 'observed, the same as on Linux' },
  { sign: '◆', means: 'observed, differs from Linux; for Linux: its kernels differ' },
  { sign: '▲', means: 'observed, not what is expected there' },
  { sign: '○', means: "known from source, documents or the vendor's tests, the same as on Linux" },
  { sign: '◇', means: "known from source, documents or the vendor's tests, differs from Linux" },
  { sign: '', means: 'no sign: no one knows' },
];
