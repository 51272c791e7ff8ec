import { koffi } from './native/koffi.ts';

/**
 * libuv's own poll, as koffi offers it: the event loop reports that a socket is ready, so that an agent can wait on many
 * sockets and still answer. koffi's published types lack the status; the real callback is `(status, events)`. The
 * events are not looked at: the system call that follows shows what happened.
 */
const poll = koffi.node.poll as unknown as (
  fd: number,
  what: { readable?: boolean; writable?: boolean },
  callback: (status: number) => void,
) => { close(): void };

/** How a wait ended: the descriptor is ready (or has an error to report), or was not ready in time, or was closed first. */
export type Ended = 'ready' | 'late' | 'closed';

/** A wait that has begun. `stop` ends it early, with the result `late`; it does nothing if the wait has ended. */
export interface Wait {
  ended: Promise<Ended>;
  stop: () => void;
}

/** Waiting on one descriptor, for one thing at a time (libuv allows no more). */
export class Waiter {
  readonly #fd: number;
  #stop: ((ended: Ended) => void) | null = null;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Waits for at most `within` milliseconds. @throws Error when something already waits on the descriptor. */
  begin(what: 'readable' | 'writable', within: number): Wait {
    let resolve: (ended: Ended) => void = () => undefined;
    const ended = new Promise<Ended>((settle) => {
      resolve = settle;
    });
    const stop = this.#start(what, () => stop('ready'), resolve);
    // Timers come before descriptors in a turn of the event loop. If the process did not get the processor in time,
    // the timer has run out and the data is there. So the descriptor is looked at once more before the result is `late`.
    // Two immediates, because the descriptor reports by an immediate too.
    const timer = setTimeout(() => setImmediate(() => setImmediate(() => stop('late'))), within);
    void ended.then(() => clearTimeout(timer));
    return { ended, stop: () => stop('late') };
  }

  /** Calls back whenever the descriptor can be read, until closed. @throws Error when something already waits on it. */
  watch(callback: () => void): void {
    const stop = this.#start(
      'readable',
      (status) => {
        callback();
        // libuv no longer watches a descriptor that had an error to report. The callback has taken that error.
        if (status >= 0 || this.#stop !== stop) return;
        stop('late');
        this.watch(callback);
      },
      () => undefined,
    );
  }

  /** Stops waiting. To be called before the descriptor is closed. */
  close(): void {
    this.#stop?.('closed');
  }

  #start(
    what: 'readable' | 'writable',
    callback: (status: number) => void,
    ended: (how: Ended) => void,
  ): (how: Ended) => void {
    if (this.#stop) throw new Error('two operations wait on one socket');
    const handle = poll(this.#fd, { [what]: true }, (status) => {
      // On Node 26 promises that are settled in koffi's callback wait until something else wakes the event loop, as
      // observed with koffi 3.3.4. An immediate wakes it, in the same turn of the loop.
      setImmediate(() => {
        if (this.#stop === stop) callback(status);
      });
    });
    const stop = (how: Ended) => {
      if (this.#stop !== stop) return;
      this.#stop = null;
      handle.close();
      ended(how);
    };
    this.#stop = stop;
    return stop;
  }
}
