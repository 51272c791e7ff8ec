import process from 'node:process';
import { EXIT } from './exit.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal that is aborted when the user interrupts, until `end`. */
export function interruptible(): { signal: AbortSignal; end: () => void } {
  const interruption = new AbortController();
  const interrupt = () => {
    // Asked a second time, nothing is waited for; the kernel takes the labs back.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return {
    signal: interruption.signal,
    end() {
      for (const signal of SIGNALS) process.off(signal, interrupt);
    },
  };
}
