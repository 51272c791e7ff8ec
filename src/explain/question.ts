import type { SystemName } from '../model/types.ts';
import type { AskedPlan } from './plan.ts';
import type { Reading } from './reader/reading.ts';
import type { Sent } from './receives.ts';
import type { Settings } from './reader/settings.ts';

/** The sockets, and the question: the last socket is bound (and listens), the others are there. */
export interface Question {
  readonly readings: readonly Reading[];
  /** The steps on them, where a plan was given; without a plan, each is brought to its state, one after the other. */
  readonly given?: AskedPlan;
  /** The version of the Linux kernel; the newest known behaviour when left out. */
  readonly kernel?: string;
  /** The releases of the systems; whatever releases of today do is allowed where one is left out. */
  readonly releases?: Readonly<Partial<Record<SystemName, string>>>;
  /** The settings of the machine, as far as they are known. */
  readonly settings?: Settings;
  /** What is sent, to say who receives it; to every address when left out. */
  readonly sent?: Sent;
  /** Addresses that the machine has beside those that are named, and addresses that it does not have. */
  readonly own?: readonly string[];
  readonly foreign?: readonly string[];
}
