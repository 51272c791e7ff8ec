import type { ComparedEngine, ComparedPlatform } from '../../record/comparison.ts';
import type { ContainersRecord } from '../../record/containers.ts';
import type { BindRecord, CellRecord, ClaimRecord, TranscriptLine } from '../../record/record.ts';
import type { Singles } from '../../record/singles.ts';
import type { Quirk, TriplesRecord } from '../../record/triples.ts';
import type { PackedMatrices } from '../../matrix/pack.ts';
import type { PackedReceivers } from '../../matrix/receivers/pack.ts';
import type { ServerRow } from '../../programs/rows.ts';
import type { SystemAnswer } from '../systems/answer.ts';
import type { SystemsQuestion } from '../systems/shape.ts';
import type { SystemsTable } from '../systems/shape.ts';
import type { ToldOutcome } from '../outcomes.ts';
import type { Source } from '../../documents/sources.ts';

// What the page of a comparison is given: plain JSON. What is the same in many places is there once, in a list, and
// named by its place in that list; what is looked at only now and then is packed, and named by the number of its pack.

/** The number of a pack, for `unpack`. `T` is what is in it. */
export type Pack<T> = number & { readonly packed?: T };

/** A column. */
export interface PagePlatform extends Omit<ComparedPlatform, 'lab'> {
  lab: Pick<BindRecord['lab'], 'lab' | 'hosts' | 'addresses'>;
}

/** What is expected in a cell, with the grounds. */
export interface PageExpectation {
  leaves: { place: string; expected: string }[];
  known: NonNullable<CellRecord['expectation']>['known'];
  cite: { source: string; where: string }[];
  because?: string;
}

/** The result of a cell on a platform, except what is never the same twice. */
export interface Sight {
  verdict: CellRecord['verdict'];
  /** The outcome in a word, or a few. */
  word: string;
  outcomes: ToldOutcome[];
  reason?: string;
  enable?: string;
  /** Its place in `expectations`. */
  expectation?: number;
  disagreements?: { place: string; expected: string; observed: string }[];
}

export interface PageCell {
  id: string;
  values: Readonly<Record<string, string>>;
  /**
   * In the order of the platforms: its place in `sights`, and the number of the group of platforms that did the same, which
   * is null where nothing was observed. Null as a whole where the cell was not chosen.
   */
  on: ([sight: number, group: number | null] | null)[];
}

/** What is recorded of one cell on one platform, beside its sight. */
export interface Tape {
  observation: unknown;
  duration: number;
  attempts: number;
  transcript: TapeLine[];
  /** How many more lines the record has. */
  left: number;
}

/** A line of a transcript; its time counts from the line before, in tenths of a millisecond, which packs well. */
interface TapeLine extends Omit<TranscriptLine, 'at'> {
  after: number;
}

/** Systems with the same expectations in bindspec itself, whatever was recorded. */
export interface Declared {
  systems: string[];
  groups: {
    /** Which cells; null for all of the experiment. */
    cells: string | null;
    /** Empty where no one has said what is right. */
    leaves: PageExpectation['leaves'];
    because?: string;
  }[];
  grounds: { systems: string[]; known: PageExpectation['known']; cite: PageExpectation['cite'] }[];
}

export interface PageExperiment {
  id: string;
  title: string;
  asks: string;
  cells: PageCell[];
  /**
   * By cell, then by platform; null where there is none. A number is the place of a platform of the same system that did
   * the same, and whose calls are shown instead.
   */
  tapes: Pack<(Tape | number | null)[][]>;
  /** What is expected on every system, recorded here or not; null where this bindspec does not have the experiment. */
  declared: Pack<Declared[]> | null;
}

/** A claim's verdict on a platform, and the cells that it rests on. */
export type Ruling = Pick<ClaimRecord, 'verdict' | 'detail' | 'holds' | 'contradicts'>;

export interface PageClaim {
  id: string;
  claim: string;
  documents: string[];
  /** In the order of the platforms: its place in `rulings`. */
  on: (number | null)[];
}

/** A container engine; its record is packed. */
export interface PageEngine extends ComparedEngine {
  record: Pack<ContainersRecord>;
}

/** What the triples of a platform showed. */
export interface PageTriples {
  /** The platform's id, with its release. */
  name: string;
  complete: boolean;
  /** The blocks that were run, in words. */
  blocks: string[];
  counts: TriplesRecord['counts'];
  /** The triples that their pairs do not explain, in groups, each with what its rule says and an example. */
  quirks: (Pick<Quirk, 'protocol' | 'rule' | 'pairs' | 'kernel' | 'triples'> & { prose: string; plan: string })[];
}

/** The binds of one socket alone on a platform. */
export interface PageSingles {
  /** The platform's name, as in the columns. */
  name: string;
  singles: Singles;
}

/** A question in the table of systems, as far as the first view shows it. */
export interface PageQuestion extends Pick<SystemsQuestion, 'id' | 'title' | 'asks' | 'values'> {
  /** In the order of the columns. */
  answers: PageAnswer[];
}

/** An answer: word, likeness, basis; and how many cases have an answer, were observed, and are alike. */
type PageAnswer = [
  word: string,
  likeness: SystemAnswer['likeness'],
  basis: SystemAnswer['basis'],
  answered: number,
  observed: number,
  alike: number,
];

/** Systems side by side: what each of them does, and how that is known. */
export interface PageSystems {
  columns: SystemsTable['columns'];
  questions: PageQuestion[];
  /** The same questions with their cases, reasons and sources. */
  details: Pack<SystemsTable['questions']>;
}

/** What the first view needs; the rest is packed. */
export interface FirstData {
  bindspec: string;
  systems: PageSystems;
  /** The ids of the views that have nothing to show. */
  empty: string[];
  rest: Pack<PageData>;
}

export interface PageData {
  bindspec: string;
  /** The bind matrices of the platforms that have one; null where none has. */
  matrices: Pack<PackedMatrices> | null;
  /** The binds of one socket alone, on the platforms where those were run; null where on none. */
  singles: Pack<PageSingles[]> | null;
  triples: PageTriples[];
  /** Who received on the platforms where that was run; null where it was run on none. */
  receivers: Pack<PackedReceivers[]> | null;
  /** What well-known programs bind, contradictions with their documents first. */
  servers: ServerRow[];
  systems: PageSystems;
  platforms: PagePlatform[];
  experiments: PageExperiment[];
  sights: Sight[];
  expectations: PageExpectation[];
  claims: PageClaim[];
  rulings: Ruling[];
  engines: PageEngine[];
  /** The documents that are cited, by their ids. */
  sources: Readonly<Record<string, Source>>;
}
