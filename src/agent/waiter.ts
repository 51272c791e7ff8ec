import koffi from 'koffi';

/**
 * libuv's own poll, as koffi offers it: readiness arrives on the event loop, so that an agent can wait on many sockets
 * and still answer. koffi's published types lack the status; the real callback is `(status, events)`. Neither is
 * looked at here: whatever woke us, the system call that follows says what it was.
 */
const poll = koffi.node.poll as unknown as (
  fd: number,
  what: { readable?: boolean; writable?: boolean },
  callback: () => void,
) => { close(): void };

/** Waiting on one descriptor, for one thing at a time (libuv allows no more). */
export class Waiter {
  readonly #fd: number;
  #abandon: (() => void) | null = null;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Resolves to true once the descriptor is ready (or has an error to tell), to false after `within` milliseconds or
   * when it is closed first. @throws Error when something already waits on it.
   */
  ready(what: 'readable' | 'writable', within: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.close(), within);
      let woken = false;
      const callback = () => {
        woken = true;
        this.close();
      };
      this.#start(what, callback, () => {
        clearTimeout(timer);
        resolve(woken);
      });
    });
  }

  /** Calls back whenever the descriptor can be read, until closed. @throws Error when something already waits on it. */
  watch(callback: () => void): void {
    this.#start('readable', callback, () => undefined);
  }

  /** Stops waiting. To be called before the descriptor is closed. */
  close(): void {
    const abandon = this.#abandon;
    this.#abandon = null;
    abandon?.();
  }

  #start(what: 'readable' | 'writable', callback: () => void, ended: () => void): void {
    if (this.#abandon) throw new Error('two operations wait on one socket');
    const handle = poll(this.#fd, { [what]: true }, callback);
    this.#abandon = () => {
      handle.close();
      ended();
    };
  }
}
