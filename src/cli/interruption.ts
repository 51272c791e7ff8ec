import process from 'node:process';
import { EXIT } from './exit.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long the interrupted work may take to end by itself after the last output, in milliseconds. */
const GOODBYE = 300;

/** What an interruption does now. One listener stays for good: between two of them a signal would be lost. */
let interrupt: () => void = leave;

/** Has every interruption end the process with the exit code for it, at once if nothing has to be saved. */
export function watchInterruptions(): void {
  for (const signal of SIGNALS) process.on(signal, () => interrupt());
}

/** A signal that is aborted when the user interrupts, until `end`. */
export function interruptible(): { signal: AbortSignal; end: () => void } {
  const interruption = new AbortController();
  interrupt = () => {
    // After a second signal nothing is waited for; the kernel removes the labs.
    if (interruption.signal.aborted) leave();
    interruption.abort();
  };
  return {
    signal: interruption.signal,
    end() {
      interrupt = leave;
    },
  };
}

/** Ends the process soon, though something that was interrupted may still be waited for. */
export function leaveSoon(): void {
  setTimeout(leave, GOODBYE).unref();
}

function leave(): void {
  process.exit(EXIT.interrupted);
}
