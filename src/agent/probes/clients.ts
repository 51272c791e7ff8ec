import { setTimeout as after } from 'node:timers/promises';
import type { Operation, Result, SocketName } from '../../protocol/messages.ts';
import { clock } from '../clock.ts';
import { POLLED, type Native, type Returned } from '../native/types.ts';
import { runsOf } from './runs.ts';
import { callersOf, makerOf, type Connect, type Maker } from './sources.ts';
import type { Words } from './words.ts';

/** How long to wait before looking again at a connection that is being made, in milliseconds. */
const PAUSE = 1;
/** How many clients are kept for the next connections; each takes a descriptor. */
const MOST_IDLE = 2000;

/** Client connections that are kept until they are settled; a descriptor is -1 where the connection could not be begun. */
interface Clients {
  readonly fds: number[];
  /** The source of each. */
  readonly sources: SocketName[];
}

/** The clients of probes of TCP: thousands of connections in one message. */
export class BatchClients {
  readonly #native: Native;
  readonly #words: Words;
  readonly #clients = new Map<string, Clients>();
  /** By a source, the clients whose connections are dissolved, so that the next ones need no new sockets. */
  readonly #idle = new Map<string, number[]>();
  #idleCount = 0;
  /** Whether this system dissolves connections by connect(): only some do so for TCP. */
  #dissolves = true;

  constructor(native: Native, words: Words) {
    this.#native = native;
    this.#words = words;
  }

  /** Makes the connections, see `batch-connect`. @throws Error where a listener that must answer does not */
  async connect({ as, open, within, ...named }: Extract<Operation, { op: 'batch-connect' }>): Promise<Probed> {
    if (this.#clients.has(as)) throw new Error(`there are connections '${as}' already`);
    const native = this.#native;
    const connects = callersOf(native, named.targets);
    const makers = named.sources.map((source) => this.#makerOf(source));
    const begin = (source: number, target: number, port: number): Returned => {
      const fd = (makers[source] as Maker)();
      const returned = (connects[target] as Connect)(fd, port);
      if (returned >= 0 || native.inProgress(returned)) return fd;
      native.close(fd);
      return returned;
    };
    const clients: Clients = { fds: [], sources: [] };
    const { fds } = clients;
    this.#clients.set(as, clients);
    const runs = [...runsOf(named)];
    for (const { source, target, ports } of runs) {
      for (const port of ports) {
        fds.push(begin(source, target, port));
        clients.sources.push(named.sources[source] as SocketName);
      }
    }
    const states = this.#states(fds);
    let paths = 0;
    if (states.includes('silence')) {
      const places = [...runs.flatMap((run) => run.ports.map(() => run)).entries()];
      const slow = places.filter(([place]) => states[place] === 'silence');
      for (const { source, target } of new Map(slow.map(([, run]) => [`${run.source} ${run.target}`, run])).values()) {
        await this.#wait(begin(source, target, open), within);
        paths += 1;
      }
      for (const [place] of slow) states[place] = this.#state(fds[place] ?? -1);
    }
    // Only a client that may be accepted is looked for by its port.
    const isOpen = (state = '') => state === 'ok' || state === 'silence';
    return {
      value: paths,
      got: fds.map((fd, place) => (isOpen(states[place]) ? Math.max(0, native.localPort(fd)) : 0)),
      codes: states.map((state) => this.#words.code(state)),
      legend: this.#words.legend,
    };
  }

  /** What became of some connections since; dissolves them all. @throws Error for a name that was not given */
  settle(on: string, ask: readonly number[]): Probed {
    const clients = this.#clients.get(on);
    if (!clients) throw new Error(`there are no connections '${on}'`);
    const codes = ask.map((place) => this.#words.code(this.#state(clients.fds[place] ?? -1)));
    this.#clients.delete(on);
    for (const [place, fd] of clients.fds.entries()) {
      if (fd >= 0) this.#dissolve(fd, clients.sources[place] as SocketName);
    }
    return { codes, legend: this.#words.legend };
  }

  /** Closes everything. */
  reset(): void {
    for (const { fds } of this.#clients.values()) for (const fd of fds) if (fd >= 0) this.#native.abort(fd);
    this.#clients.clear();
    for (const source of this.#idle.keys()) this.#forget(source);
  }

  /** Makes clients on a source, or takes those that are idle. */
  #makerOf(source: SocketName): Maker {
    const make = makerOf(this.#native, source, 'stream');
    const idle = this.#idle.get(keyOf(source));
    return () => {
      const fd = idle?.pop();
      if (fd === undefined) return make();
      this.#idleCount -= 1;
      return fd;
    };
  }

  /**
   * Resets a connection and keeps the socket with its address, as connect() to an address of no family does on Linux. Then
   * connect() chooses a port again.
   */
  #dissolve(fd: number, source: SocketName): void {
    if (!this.#dissolves || source.port !== 0 || this.#native.disconnect(fd) < 0) {
      this.#dissolves &&= source.port !== 0;
      this.#native.abort(fd);
      return;
    }
    const key = keyOf(source);
    if (this.#idleCount >= MOST_IDLE) {
      const oldest = [...this.#idle.keys()].find((other) => other !== key);
      if (oldest !== undefined) this.#forget(oldest);
    }
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    idle.push(fd);
    this.#idleCount += 1;
  }

  #forget(source: string): void {
    const fds = this.#idle.get(source) ?? [];
    this.#idle.delete(source);
    this.#idleCount -= fds.length;
    for (const fd of fds) this.#native.close(fd);
  }

  /** Waits for a connection to a listener that answers, and resets it. @throws Error when it does not work in time */
  async #wait(fd: number, within: number): Promise<void> {
    let state = this.#state(fd);
    for (const deadline = clock() + within; state === 'silence' && clock() <= deadline; state = this.#state(fd)) {
      await after(PAUSE);
    }
    if (fd >= 0) this.#native.abort(fd);
    if (state !== 'ok') throw new Error(`a listener that answers could not be reached: ${state} after ${within} ms`);
  }

  /** The states of all: one call finds those that are there, and only the others are asked one by one. */
  #states(fds: readonly number[]): string[] {
    const ready = this.#native.ready(fds);
    return fds.map((fd, place) => {
      const found = ready?.[place];
      if (fd < 0 || found === undefined || (found & POLLED.failed) !== 0) return this.#state(fd);
      return (found & POLLED.writable) === 0 ? 'silence' : 'ok';
    });
  }

  /** `ok` for a connection that is there, `silence` while it is being made, or the error that it ended with. */
  #state(fd: number): string {
    if (fd < 0) return this.#words.of(fd);
    const error = this.#native.takeError(fd);
    if (error < 0) return this.#words.of(error);
    return this.#native.hasPeer(fd) ? 'ok' : 'silence';
  }
}

type Probed = Pick<Result, 'value' | 'got' | 'codes' | 'legend'>;

function keyOf({ address, port }: SocketName): string {
  return `${address} ${port}`;
}
