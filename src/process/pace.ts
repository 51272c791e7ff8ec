import { readFileSync } from 'node:fs';
import os from 'node:os';

/**
 * How slow this machine is: the one measure by which every deadline of bindspec is stretched. A deadline is there for what
 * never comes, and says of a quiet machine what is far too long; on a machine that is busy or slow the same is longer.
 * What is *measured*, such as how long silence takes, is not stretched by it: that would be another measurement.
 */

/** By what it is seen that a machine is slow. */
export interface Signs {
  /** Processes that want a processor, as the average of the last minute or now; 0 where the system does not tell. */
  readonly load: number;
  /** Processors that this process may use, at least 1. */
  readonly processors: number;
  /** How long Node.js took to start this process, in milliseconds. */
  readonly start: number;
  /** How many times slower than usual the machine is said to be by BINDSPEC_PACE; 1 where nothing is said. */
  readonly said: number;
}

/** Tells bindspec how many times slower than usual its machine is, where that can't be seen from within: a number from 1. */
const PACE_VARIABLE = 'BINDSPEC_PACE';
/** How long Node.js takes to start on a machine that is neither slow nor busy, in milliseconds: from 20 to 60. */
const USUAL_START = 50;
/** No deadline is stretched by more: a wait that would never end must be reported at some time. */
const MOST = 30;

/** How many times longer than usual things take, from 1 to 30. */
export function pace({ load, processors, start, said }: Signs = signs()): number {
  const seen = Math.max(1, load / processors, start / USUAL_START);
  return Math.min(MOST, seen * Math.max(1, said));
}

/** A time that is far too long on a quiet machine, as it is on this one now; in whole milliseconds. */
export function paced(usual: number, measure: () => number = pace): number {
  return Math.round(usual * measure());
}

/**
 * A time that something may take, which is looked at again when it is over: a machine that became slow after it had begun
 * gives more of it.
 */
export class Deadline {
  readonly #usual: number;
  readonly #beside: number;
  readonly #measure: () => number;
  readonly #began = performance.now();
  #allowed: number;

  /** `usual` is the time on a quiet machine, and `beside` what is added to it however slow the machine is; milliseconds. `measure` says how slow it is. */
  constructor(usual: number, beside = 0, measure: () => number = pace) {
    this.#usual = usual;
    this.#beside = beside;
    this.#measure = measure;
    this.#allowed = paced(usual, measure) + beside;
  }

  /** How long it is as far as has been seen, in milliseconds. */
  get allowed(): number {
    return this.#allowed;
  }

  /** Whether it is over. */
  get passed(): boolean {
    if (this.#left > 0) return false;
    this.#allowed = Math.max(this.#allowed, paced(this.#usual, this.#measure) + this.#beside);
    return this.#left <= 0;
  }

  /** Calls back once it is over. Returns what takes that back. */
  whenPassed(callback: () => void): () => void {
    let timer: NodeJS.Timeout;
    const look = () => {
      if (this.passed) callback();
      else timer = setTimeout(look, this.#left);
    };
    timer = setTimeout(look, this.#left);
    return () => clearTimeout(timer);
  }

  get #left(): number {
    return Math.ceil(this.#began + this.#allowed - performance.now());
  }
}

/** Deadlines are set by the thousand, and the system is asked no more often than this, in milliseconds. */
const LOOK_EVERY = 200;
let lastLook = { at: Number.NEGATIVE_INFINITY, load: 0, processors: 1 };

function signs(): Signs {
  const at = performance.now();
  if (Math.abs(at - lastLook.at) > LOOK_EVERY) {
    const load = Math.max(os.loadavg()[0] ?? 0, running());
    lastLook = { at, load, processors: os.availableParallelism() };
  }
  const { load, processors } = lastLook;
  // How long it took to start this process: until none of its modules was loaded.
  return { load, processors, start: performance.nodeTiming.bootstrapComplete, said: saidPace() };
}

/**
 * How many processes run or want to now, this one left out; the average tells of it only after a while. It is the fourth of
 * the words in /proc/loadavg, for example `3/120`; see proc_loadavg(5).
 */
function running(): number {
  if (process.platform !== 'linux') return 0;
  try {
    const [, , , now = ''] = readFileSync('/proc/loadavg', 'latin1').split(' ');
    return Math.max(0, Number.parseInt(now, 10) - 1) || 0;
  } catch {
    return 0;
  }
}

/** What BINDSPEC_PACE says; 1 where it says nothing that is a number. */
export function saidPace(text = process.env[PACE_VARIABLE]): number {
  const said = Number(text ?? 1);
  return Number.isFinite(said) ? said : 1;
}
