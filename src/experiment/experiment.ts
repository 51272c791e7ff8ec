import type { ClaimId } from '../documents/claims.ts';
import type { SourceId } from '../documents/sources.ts';
import type { Need } from '../lab/lab.ts';
import type { Expectation } from './expectation.ts';
import type { Came, PlannedSocket } from './planned.ts';
import type { ReceivingScene } from './receiving/scene.ts';
import type { Trial } from './trial.ts';

/** The systems that bindspec knows rules for. */
export const SYSTEMS = ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'windows', 'gvisor', 'wine'] as const;
export type System = (typeof SYSTEMS)[number];

/**
 * How a fact is known, the strongest first: observed on the system; observed when the system's own source was compiled
 * and run outside of it; read in that source; read in the vendor's documentation; read in the system's own tests; told by
 * others.
 */
export const PROVENANCES = ['observed', 'source-run', 'source', 'vendor', 'test-suite', 'reported'] as const;
export type Provenance = (typeof PROVENANCES)[number];

/** A place in a published text. */
export interface Citation {
  source: SourceId;
  /** The section, page or function. */
  where: string;
}

/** The values that an experiment runs with; there is one cell for each combination. */
export type Axes = Readonly<Record<string, readonly string[]>>;
export type CellOf<A extends Axes> = { readonly [Axis in keyof A]: A[Axis][number] };

/** The observation that a document says would be made here. */
interface Saying<O> {
  says: Expectation<O>;
  /**
   * The condition that this cell adds to what the document states, in words that follow "when". Without one, the
   * cell is the document's own case.
   */
  when?: string;
}

/**
 * The sockets of an experiment in which binding is the question. With them, the model of a system other than Linux gives
 * what is expected there, and the rule that decides is the reason; `suites/known/` gives the rest. A rule that no one has
 * checked says nothing. An option that a system does not have can't be set there; the expected outcome of that socket is
 * then `not available here`.
 */
interface Binds<A extends Axes, O> {
  /** In bind order; a TCP socket listens as soon as it is bound. */
  sockets: (cell: CellOf<A>) => readonly PlannedSocket[];
  /** The observation that follows from what became of the sockets; it has only what binding decides. */
  observed: (came: readonly Came[], cell: CellOf<A>) => Expectation<O>;
}

export interface Experiment<A extends Axes = Axes, O = unknown> {
  /** A short title. `asks` is the question in one sentence. */
  title: string;
  asks: string;
  tags: readonly string[];
  /** The claims of documents that the experiment tests, each with what the document says would be observed. */
  claims: Partial<Record<ClaimId, Saying<NoInfer<O>> | ((cell: CellOf<A>) => Saying<NoInfer<O>> | null)>>;
  axes: A;
  /** Combinations that make no sense are left out. */
  only?: (cell: CellOf<A>) => boolean;
  needs?: (cell: CellOf<A>) => readonly Need[];
  /** Whether the experiment waits for silence. If so, it starts early, and others run beside it. */
  waits?: boolean | ((cell: CellOf<A>) => boolean);
  binds?: Binds<A, NoInfer<O>>;
  /**
   * The scene of an experiment in which it is the question who receives; `receiving` declares such an experiment. With it,
   * the model of a system other than Linux gives what is expected there. What the model does not know is not judged.
   */
  receives?: (cell: CellOf<A>) => ReceivingScene;
  /** Makes it happen and returns what happened. It judges nothing. */
  run: (cell: CellOf<A>, trial: Trial) => Promise<O>;
  /**
   * What is right on Linux, and how that is known. On other systems, only `binds`, the files in `suites/known/` and the
   * committed records say what is expected; where they say nothing, what happened is recorded and not judged.
   */
  expect: Expectation<NoInfer<O>> | ((cell: CellOf<A>) => Expectation<NoInfer<O>>);
  known: Provenance;
  cite: readonly Citation[];
  /**
   * Whether the names of errors are the question. If not, another name for the same error is the same outcome on every
   * system but Linux; the expectation has the names of Linux.
   */
  names?: boolean;
}

/** An experiment as its file declares it. `run` also gets the sockets of `binds`, so that the run uses exactly those. */
interface Declaration<A extends Axes, O> extends Omit<Experiment<A, O>, 'run'> {
  run: (cell: CellOf<A>, trial: Trial, sockets: readonly PlannedSocket[]) => Promise<O>;
}

/** Declares an experiment. Its id follows from where its file lies. */
export function experiment<const A extends Axes, O>(declaration: Declaration<A, O>): Experiment<A, O> {
  const { run, binds } = declaration;
  return { ...declaration, run: (cell, trial) => run(cell, trial, binds?.sockets(cell) ?? []) };
}

/**
 * An experiment as data. Inside its own file, and in what is known of it, everything has the types of its own axes and
 * observation; outside, axes and observation are plain data.
 */
export function erased<A extends Axes, O>(declared: Experiment<A, O>): Experiment {
  return declared as unknown as Experiment;
}
