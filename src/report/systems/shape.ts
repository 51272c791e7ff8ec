import type { SystemAnswer } from './answer.ts';
import type { SystemColumn } from './order.ts';

/** Cases of a question that have the same answers on every system. */
export interface QuestionCases {
  /** The ids of the cells; for container engines, of the configurations. */
  readonly cells: readonly string[];
  /** Which they are, in words. */
  readonly which: string;
  /** In the order of the columns. */
  readonly answers: readonly SystemAnswer[];
}

/** A row of the table of systems. */
export interface SystemsQuestion {
  /** The id of the experiment; `containers/…` for what is asked of engines. */
  readonly id: string;
  readonly title: string;
  readonly asks: string;
  /** The values by which its cells differ, such as protocols and options, each once. */
  readonly values: readonly string[];
  /** In the order of the columns. */
  readonly answers: readonly SystemAnswer[];
  readonly cases: readonly QuestionCases[];
}

/** The questions by what a system's answer is; together they are all that are asked of it. */
export interface SystemScore {
  readonly asked: number;
  readonly same: number;
  readonly differs: number;
  readonly deviates: number;
  /** Without an answer. */
  readonly none: number;
  /** Those with an answer that was observed in at least one case. */
  readonly observed: number;
}

/** A system, or the container engines, with what was recorded there. */
export interface ScoredColumn extends SystemColumn {
  /** The platforms, the newest last: their names as in the records, and in words. */
  readonly platforms: readonly { readonly name: string; readonly title: string }[];
  readonly score: SystemScore;
  /** The score in a sentence. */
  readonly sentence: string;
}

/** Systems across, questions down: what each of them does, and how that is known. */
export interface SystemsTable {
  readonly columns: readonly ScoredColumn[];
  readonly questions: readonly SystemsQuestion[];
}
