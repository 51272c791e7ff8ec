import process from 'node:process';
import { EXIT } from './exit.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal that aborts when the user interrupts, until `off` is called. */
export function interruption(): { signal: AbortSignal; off: () => void } {
  const controller = new AbortController();
  const interrupt = () => {
    // Asked a second time, nothing is waited for; the kernel takes the labs back.
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return {
    signal: controller.signal,
    off: () => {
      for (const name of SIGNALS) process.off(name, interrupt);
    },
  };
}
