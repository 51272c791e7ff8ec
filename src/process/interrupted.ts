import { setTimeout as after } from 'node:timers/promises';
import { paced } from './pace.ts';

/** The user interrupted what was waited for. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** Waits for something, but no longer than until a signal is aborted. @throws Interrupted then */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // If it fails after the interruption, that is not an error.
  work.catch(() => undefined);
  if (signal.aborted) throw new Interrupted();
  let interrupt: () => void = () => undefined;
  const interruption = new Promise<never>((_, reject) => {
    interrupt = () => reject(new Interrupted());
  });
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([work, interruption]);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** Does nothing about an interruption. @throws any other error */
export function onlyInterrupted(error: unknown): void {
  if (!(error instanceof Interrupted)) throw error;
}

/**
 * How long tidying up may take once the user has interrupted, in milliseconds, the second on a quiet machine. The kernel
 * takes back what is on this machine; an engine's containers, and agents on other hosts, have to be asked to end.
 */
const GOODBYE = 500;
const FAR_GOODBYE = 10_000;
/** However slow the machine is, who has interrupted waits no longer for either. */
const LONGEST_GOODBYE = 60_000;

/** Waits until everything is tidied up; after an interruption only as long as users wait, `far` for what may outlive us. */
export async function tidied(work: Promise<unknown>, signal: AbortSignal, far: boolean): Promise<void> {
  if (!signal.aborted) {
    await Promise.race([work, abortedOnce(signal)]);
    if (!signal.aborted) return;
  }
  const done = new AbortController();
  const late = after(far ? Math.min(paced(FAR_GOODBYE), LONGEST_GOODBYE) : GOODBYE, undefined, {
    signal: done.signal,
  }).catch(() => undefined);
  await Promise.race([work, late]);
  done.abort();
}

function abortedOnce(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
