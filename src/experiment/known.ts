import type { Expectation } from './expectation.ts';
import type { Axes, CellOf, Citation, Experiment, Provenance, System } from './experiment.ts';
import type { VersionRange } from './versions.ts';

/** How something is known, where it is written, and for which versions of the system; without versions, it holds for all. */
export interface Ground {
  readonly known: Provenance;
  readonly cite: readonly Citation[];
  readonly versions?: readonly VersionRange[];
}

/** The places of an observation: `answer`, `answer.outcome`. Everything below a place belongs to it; a list is one place. */
export type Place<O> = [O] extends [readonly unknown[] | string | number | boolean | null | undefined]
  ? never
  : { [Key in keyof O & string]: Key | `${Key}.${Place<O[Key]>}` }[keyof O & string];

/** The cells of an experiment that a statement is about; without it, all cells. */
interface Where<A extends Axes> {
  readonly where?: (cell: CellOf<A>) => boolean;
}

/** What is known of one experiment on one system. */
export type Fact = Where<Axes> & { readonly about: Experiment } & (Holding | Difference | Unsettled);

/** Something that is the same as on Linux: the whole expectation of Linux, or only the values at some places. */
interface Holding extends Ground {
  readonly kind: 'holds';
  readonly places?: readonly string[];
}

/** Something that differs from Linux, or from other versions; it is laid over the other expectations. */
interface Difference extends Ground {
  readonly kind: 'differs';
  readonly expect: Experiment['expect'];
  readonly because: string;
}

/** Something that one record of the system can't settle; the record's observation is not used to judge it. */
interface Unsettled {
  readonly kind: 'unsettled';
  readonly places: readonly string[];
  readonly because: string;
}

/** Says that what is right on Linux is also right on another system: the whole of it, or the values at the `places`. */
export function holds<A extends Axes, O>(
  about: Experiment<A, O>,
  said: Ground & Where<NoInfer<A>> & { readonly places?: readonly Place<NoInfer<O>>[] },
): Fact {
  return { kind: 'holds', about, ...said } as unknown as Fact;
}

/**
 * Says that something else is right on a system, and why. Places that it does not name are not judged there, unless
 * something else says what is right. On Linux it is laid over what is right on other kernels.
 */
export function differs<A extends Axes, O>(
  about: Experiment<A, O>,
  said: Ground &
    Where<NoInfer<A>> & {
      readonly expect: Expectation<NoInfer<O>> | ((cell: CellOf<NoInfer<A>>) => Expectation<NoInfer<O>>);
      readonly because: string;
    },
): Fact {
  return { kind: 'differs', about, ...said } as unknown as Fact;
}

/** Says, with a reason, that at some places the observation of one record is not a reason to expect the same again. */
export function unsettled<A extends Axes, O>(
  about: Experiment<A, O>,
  said: Where<NoInfer<A>> & { readonly places: readonly Place<NoInfer<O>>[]; readonly because: string },
): Fact {
  return { kind: 'unsettled', about, ...said } as unknown as Fact;
}

/** The statements of the file of one system in `suites/known/`. */
export interface SystemFacts {
  readonly system: System;
  readonly facts: readonly Fact[];
}

/** Declares what is known of a system. */
export function knownOf(system: System, facts: readonly Fact[]): SystemFacts {
  return { system, facts };
}

/** The observations of a committed record of a system other than Linux, for each of its cells. */
export interface Recorded {
  /** The folder of the record in `reports/`. */
  readonly platform: string;
  readonly system: System;
  readonly version: string;
  /** By the id of the cell, the places where the observation differed from what is right on Linux. */
  readonly otherwise: Readonly<Record<string, readonly string[]>>;
}

/** What is known of one experiment on all systems. */
export interface Knowledge {
  readonly facts: readonly (Fact & { readonly system: System })[];
  readonly recorded: readonly Recorded[];
}

/** What all files together say of an experiment. */
export function knowledgeOf(
  experiment: Experiment,
  files: readonly SystemFacts[],
  recorded: readonly Recorded[],
): Knowledge {
  const facts = files.flatMap(({ system, facts: own }) =>
    own.filter(({ about }) => about === experiment).map((fact) => ({ ...fact, system })),
  );
  return { facts, recorded };
}
