import { setTimeout as after } from 'node:timers/promises';
import { clock } from './clock.ts';
import type { Native, Returned } from './native/types.ts';
import { Waiter } from './waiter.ts';

/** How long to wait, in milliseconds, before trying again to hand something to a process that does not take it yet. */
const PAUSE = 2;
/** The errors that the system returns for a mailbox that is not there, by its name or by its file. */
const NOT_YET: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT']);

/** Hands a descriptor to the process that takes it under a name; null where the system can't do that. */
export async function give(native: Native, fd: number, name: string, within: number): Promise<Returned | null> {
  const deadline = clock() + within;
  for (;;) {
    const posted = native.post(fd, name);
    if (posted === null || posted >= 0) return posted;
    if (!NOT_YET.has(native.errnoName(-posted)) || clock() > deadline) return posted;
    await after(PAUSE);
  }
}

/**
 * Takes a descriptor that another process gives under a name. Returns the call's result, `silence` when none came in time,
 * null where the system can't do that.
 */
export async function take(native: Native, name: string, within: number): Promise<Returned | 'silence' | null> {
  const mailbox = native.mailbox(name);
  if (mailbox === null || typeof mailbox === 'number') return mailbox;
  const waiter = new Waiter(mailbox.fd);
  try {
    const ended = await waiter.begin('readable', within).ended;
    return ended === 'ready' ? native.collect(mailbox.fd) : 'silence';
  } finally {
    waiter.close();
    native.close(mailbox.fd);
    mailbox.remove();
  }
}
