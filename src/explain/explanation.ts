import type { SystemName } from '../model/types.ts';
import type { Also } from './also.ts';
import type { Otherwise } from './alternatives.ts';
import type { Answer } from './answer.ts';
import type { Assumed } from './assumed.ts';
import type { Finder } from './find.ts';
import type { Advice } from './judge.ts';
import type { Reading } from './reader/reading.ts';
import type { Settings } from './reader/settings.ts';
import type { Caution } from './cautions.ts';
import type { Sent } from './receives.ts';
import type { Stops } from './stops.ts';
import type { Supposed } from './supposed.ts';

/** What is asked for beside the sockets. All of it may be left out. */
export interface Wanted {
  /** The systems to ask; when left out, all that have models, or those whose error message was given. */
  readonly systems?: readonly SystemName[];
  /** The version of the Linux kernel; the newest known behaviour when left out. */
  readonly kernel?: string;
  /** The releases of the systems, for example `{ freebsd: '14.3' }`; what today's releases do when left out. */
  readonly releases?: Readonly<Partial<Record<SystemName, string>>>;
  /** The settings of the machine; the usual ones when left out. */
  readonly settings?: Settings;
  /** What is sent, to say who receives it; to every address when left out. */
  readonly sent?: Sent;
}

/** A socket as it was read, in bind order; the question is about the last one. */
export interface Taken extends Reading {
  /** In bindspec's own spelling. */
  readonly spelled: string;
}

/** The complete explanation of some sockets. */
export interface Explanation {
  /** The answer in sentences; together at most three lines of 80 characters. */
  readonly answer: readonly string[];
  readonly sockets: readonly Taken[];
  /** The other errors of the texts, each with its own answer; the first answer is about the one that decides. */
  readonly also: readonly Also[];
  /** Why only some systems are asked, as a clause, where the texts can be of no other. */
  readonly onlyBecause?: string;
  /** What was left out of pasted lines, in words. */
  readonly leftOut: readonly string[];
  /** The settings of the machine that were given or found among the lines. */
  readonly settings: readonly string[];
  /** What is sent, where one case was asked about. */
  readonly sent?: Sent;
  /** The same sockets as a plan, which `bindspec explore --replay` plays. */
  readonly plan: string;
  /** What each system does with the last socket. */
  readonly answers: readonly Answer[];
  /** Where who receives may surprise: one socket gets everything, no one does, or it depends on something. */
  readonly cautions: readonly Caution[];
  /** What would make it work where it does not. */
  readonly advice: readonly Advice[];
  /** What would help where an error says that the name is in use, and no other socket is named. */
  readonly supposed?: Supposed;
  /** What would have it refused where it works although the names overlap. */
  readonly refusals: readonly Advice[];
  /** What is taken for granted, where that decides. */
  readonly assumed: readonly Assumed[];
  /** What else the texts may mean, where that decides. */
  readonly otherwise: readonly Otherwise[];
  /** For one socket alone: which other sockets would stop it. */
  readonly stops: readonly Stops[];
  /** For a socket whose rival is not known: the commands that show who has the port. */
  readonly find: readonly Finder[];
}
