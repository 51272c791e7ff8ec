import type { ClaimId } from '../documents/claims.ts';
import type { SourceId } from '../documents/sources.ts';
import type { Need } from '../lab/lab.ts';
import type { Expectation } from './expectation.ts';
import type { KernelRange } from './kernels.ts';
import type { Came, PlannedSocket } from './planned.ts';
import type { Trial } from './trial.ts';

/** The systems that bindspec knows rules for. */
export const SYSTEMS = ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'windows', 'gvisor', 'wine'] as const;
export type System = (typeof SYSTEMS)[number];

/**
 * How a fact is known, the strongest first: observed on the system; observed of the system's own source, compiled and run
 * outside of it; read in that source; read in the vendor's documentation; read in the system's own tests; told by others.
 */
export const PROVENANCES = ['observed', 'source-run', 'source', 'vendor', 'test-suite', 'reported'] as const;
export type Provenance = (typeof PROVENANCES)[number];

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

/** That something is known of systems, and how. */
export interface Ground {
  on: readonly System[];
  known: Provenance;
  cite: readonly Citation[];
}

/** Systems on which what is right on Linux is known to be right too. */
export interface Holding<A extends Axes, O> {
  /** The systems, and how it is known of each. */
  grounds: readonly Ground[];
  /** For which cells; without it, for all. */
  where?: (cell: CellOf<A>) => boolean;
  /** As much of what is right on Linux as is known to hold there; all of it, without. */
  expect?: Expectation<O> | ((cell: CellOf<A>) => Expectation<O>);
}

/** Systems on which something else is right than on Linux, or kernels of Linux on which it is. */
export interface Difference<A extends Axes, O> extends Ground {
  /** For which cells; without it, for all. */
  where?: (cell: CellOf<A>) => boolean;
  /** Only on Linux: the kernels that are meant, such as those which have a bug. */
  kernels?: readonly KernelRange[];
  /**
   * What is right there, as far as anybody knows; what it does not name is not judged there, unless `binds` or `holds`
   * says what is right. On Linux it is laid over what is right on other kernels.
   */
  expect: Expectation<O> | ((cell: CellOf<A>) => Expectation<O>);
  because: string;
}

/**
 * The sockets of an experiment in which binding is the question. With these given, what a system other than Linux is
 * expected to do comes from its model, with the rule that decides as the reason; `holds` and `differs` are for the rest.
 * A rule that nobody has checked says nothing. An option that a system does not have makes setsockopt fail there, and
 * that is then what is expected.
 */
interface Binds<A extends Axes, O> {
  /** In bind order; a TCP socket listens as soon as it is bound. */
  sockets: (cell: CellOf<A>) => readonly PlannedSocket[];
  /** What is observed of what the sockets come to; no more than binding decides. */
  observed: (came: readonly Came[], cell: CellOf<A>) => Expectation<O>;
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
  binds?: Binds<A, NoInfer<O>>;
  /** Makes it happen and says what happened. It judges nothing. */
  run: (cell: CellOf<A>, trial: Trial) => Promise<O>;
  /**
   * What is right on Linux, and how that is known. Elsewhere nothing is expected but what `binds`, `holds` and `differs`
   * say; where they say nothing, what happened is recorded and not judged.
   */
  expect: Expectation<NoInfer<O>> | ((cell: CellOf<A>) => Expectation<NoInfer<O>>);
  known: Provenance;
  cite: readonly Citation[];
  holds?: readonly Holding<A, NoInfer<O>>[];
  differs?: readonly Difference<A, NoInfer<O>>[];
}

/** An experiment as its file declares it: `run` is also given the sockets of `binds`, so that they are what runs. */
interface Declaration<A extends Axes, O> extends Omit<Experiment<A, O>, 'run'> {
  run: (cell: CellOf<A>, trial: Trial, sockets: readonly PlannedSocket[]) => Promise<O>;
}

/** Declares an experiment. What it is called follows from where its file lies. */
export function experiment<const A extends Axes, O>(declaration: Declaration<A, O>): Experiment {
  const { run, binds } = declaration;
  const declared: Experiment<A, O> = {
    ...declaration,
    run: (cell, trial) => run(cell, trial, binds?.sockets(cell) ?? []),
  };
  // Inside an experiment everything is typed by its own axes and observation; outside, both are just data.
  return declared as unknown as Experiment;
}
