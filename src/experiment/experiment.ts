import type { ClaimId } from '../../suites/claims.ts';
import type { SourceId } from '../../suites/sources.ts';
import type { Need } from '../lab/lab.ts';
import type { Expectation } from '../verdict/expectation.ts';
import type { Trial } from './trial.ts';

/** The systems that bindspec knows rules for. */
export const SYSTEMS = ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'windows', 'gvisor', 'wine'] as const;
export type System = (typeof SYSTEMS)[number];

/** How a fact is known. */
export type Provenance = 'observed' | 'source' | 'vendor' | 'test-suite' | 'reported';

/** A place in a published text. */
export interface Citation {
  source: SourceId;
  /** The section, page or function. */
  where: string;
}

/** The values that an experiment is done for; one cell for each combination. */
export type Axes = Readonly<Record<string, readonly string[]>>;
export type CellOf<A extends Axes> = { readonly [Axis in keyof A]: A[Axis][number] };

/** What a document says would be observed here. */
interface Saying<O> {
  says: Expectation<O>;
  /**
   * The condition that this cell adds to what the document states, in words that follow "when". Without one, the
   * cell is the document's own case.
   */
  when?: string;
}

/** A platform on which something else is right than elsewhere. */
export interface Difference<A extends Axes, O> {
  on: readonly System[];
  /** For which cells; without it, for all. */
  where?: (cell: CellOf<A>) => boolean;
  /** Laid over what is expected elsewhere; it names only what is different. */
  expect: Expectation<O> | ((cell: CellOf<A>) => Expectation<O>);
  because: string;
  known: Provenance;
  cite: readonly Citation[];
}

export interface Experiment<A extends Axes = Axes, O = unknown> {
  /** A short title, and the question in one sentence. */
  title: string;
  asks: string;
  tags: readonly string[];
  /** The documents' claims that this puts to the test, each with what it says would be observed. */
  claims: Partial<Record<ClaimId, Saying<NoInfer<O>> | ((cell: CellOf<A>) => Saying<NoInfer<O>> | null)>>;
  axes: A;
  /** Combinations that make no sense are left out. */
  only?: (cell: CellOf<A>) => boolean;
  needs?: (cell: CellOf<A>) => readonly Need[];
  /** Whether it waits for silence, so that it is started early and others run beside it. */
  waits?: boolean | ((cell: CellOf<A>) => boolean);
  /** Makes it happen and says what happened. It judges nothing. */
  run: (cell: CellOf<A>, trial: Trial) => Promise<O>;
  /** What is right on Linux, how that is known, and what is assumed of every platform that `differs` does not name. */
  expect: Expectation<NoInfer<O>> | ((cell: CellOf<A>) => Expectation<NoInfer<O>>);
  known: Provenance;
  cite: readonly Citation[];
  differs?: readonly Difference<A, NoInfer<O>>[];
}

/** Declares an experiment. What it is called follows from where its file lies. */
export function experiment<const A extends Axes, O>(declaration: Experiment<A, O>): Experiment {
  // Inside an experiment everything is typed by its own axes and observation; outside, both are just data.
  return declaration as unknown as Experiment;
}
