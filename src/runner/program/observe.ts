import type { DeclaredProgram, ProgramQuestion } from '../../program/program.ts';
import type { ProgramObservation, ProgramRecord } from '../../record/program.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** How to observe a program. */
export interface ObserveOptions {
  /** Its sockets are always looked at. */
  readonly questions: readonly ProgramQuestion[];
  /** How many of its starts are at a time; 3 unless given. */
  readonly jobs?: number;
  readonly signal: AbortSignal;
  /** Called when a question has been answered. */
  readonly progress?: (done: string) => void;
}

/** What was seen, and the conditions under which. */
export interface Observed {
  readonly observation: ProgramObservation;
  readonly surroundings: ProgramRecord['surroundings'];
  readonly cannot: readonly string[];
  readonly user: string;
  readonly stdin: ProgramRecord['program']['stdin'];
  readonly version?: string;
  /** False where it was interrupted. */
  readonly complete: boolean;
}

/**
 * Starts a program in namespaces and files of its own, several times, and looks at it from outside.
 * @throws Unavailable where namespaces can't be made here
 * @throws Interrupted before anything was seen
 * @public
 */
export async function observeProgram(program: DeclaredProgram, options: ObserveOptions): Promise<Observed> {
  await Promise.resolve([program, options]);
  throw new Unavailable('programs can not be observed yet', 'wait');
}
