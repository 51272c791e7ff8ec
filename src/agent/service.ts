import type { Served } from '../protocol/messages.ts';
import { clock } from './clock.ts';
import type { Handle } from './handle.ts';
import type { Native } from './native/types.ts';
import { Waiter } from './waiter.ts';

/** Requests are short; one read takes a whole one. */
const REQUEST_ROOM = 2048;
/** More requests than any experiment sends to one server; if more arrive, they are not kept. */
const MOST_SERVED = 10_000;

/**
 * A server that runs by itself: it answers every request with its name and the number of bytes it got, and keeps a
 * list of who asked. Over TCP it accepts connections and lets the client close them, so that no TIME_WAIT stays on its port.
 */
export class Service {
  readonly served: Served[] = [];
  readonly #native: Native;
  readonly #handle: Handle;
  readonly #name: string;
  readonly #drop: readonly boolean[];
  readonly #connections = new Map<number, Waiter>();

  constructor(native: Native, handle: Handle, name: string, drop: readonly boolean[]) {
    this.#native = native;
    this.#handle = handle;
    this.#name = name;
    this.#drop = drop;
    handle.waiter.watch(handle.type === 'dgram' ? () => this.#datagrams() : () => this.#accept());
  }

  close(): void {
    for (const fd of this.#connections.keys()) this.#hangUp(fd);
  }

  #datagrams(): void {
    for (;;) {
      const { fd, family } = this.#handle;
      const got = this.#native.recv(fd, REQUEST_ROOM);
      if (got.bytes < 0 || !got.from) return;
      const from = got.from;
      this.#answer(got.bytes, from, got.to, (reply) => this.#native.sendto(fd, reply, family, from));
    }
  }

  #accept(): void {
    for (;;) {
      const fd = this.#native.accept(this.#handle.fd);
      if (fd < 0) return;
      const waiter = new Waiter(fd);
      this.#connections.set(fd, waiter);
      waiter.watch(() => this.#read(fd));
    }
  }

  #read(fd: number): void {
    const got = this.#native.recv(fd, REQUEST_ROOM);
    if (got.bytes <= 0) {
      this.#hangUp(fd);
      return;
    }
    const from = this.#native.getpeername(fd);
    const to = this.#native.getsockname(fd);
    if (typeof from === 'number') return;
    this.#answer(got.bytes, from, typeof to === 'number' ? null : to.address, (reply) => this.#native.send(fd, reply));
  }

  #answer(bytes: number, from: Served['from'], to: string | null, send: (reply: Buffer) => number): void {
    if (this.served.length >= MOST_SERVED) return;
    const at = clock();
    let answered = 'dropped';
    if (!this.#drop[this.served.length]) {
      const sent = send(Buffer.from(`${this.#name}: Your data was ${bytes} bytes`));
      answered = sent < 0 ? this.#native.errnoName(-sent) : 'ok';
    }
    this.served.push({ at, bytes, from, answered, ...(to === null ? {} : { to }) });
  }

  #hangUp(fd: number): void {
    this.#connections.get(fd)?.close();
    this.#connections.delete(fd);
    this.#native.close(fd);
  }
}
