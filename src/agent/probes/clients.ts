import { setTimeout as after } from 'node:timers/promises';
import type { Operation, SourceName, Result } from '../../protocol/messages.ts';
import { clock } from '../clock.ts';
import { POLLED, type Native, type Returned } from '../native/types.ts';
import { runsOf } from './runs.ts';
import { callersOf, makerOf, type Connect } from './sources.ts';
import type { Words } from './words.ts';

/** How long to wait before looking again at a connection that is being made, in milliseconds. */
const PAUSE = 1;
/** How many clients are kept for the next connections; each takes a descriptor. */
const MOST_IDLE = 2000;
/** How often a client is made again whose port another client has. */
const ATTEMPTS = 50;

type Make = () => number;

/** Client connections that are kept until they are settled; a descriptor is -1 where the connection could not be begun. */
interface Clients {
  readonly fds: number[];
  /** The source of each. */
  readonly sources: SourceName[];
}

/** The clients of probes of TCP: thousands of connections in one message. */
export class ProbeClients {
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

  /** Makes the connections, see `probe-connect`. @throws SourceFailure */
  async connect({ as, open, within, apart, ...named }: Extract<Operation, { op: 'probe-connect' }>): Promise<Probed> {
    if (this.#clients.has(as)) throw new Error(`there are connections '${as}' already`);
    const native = this.#native;
    const connects = callersOf(native, named.targets);
    const taken = apart === true ? new Set<number>() : null;
    const makers = named.sources.map((source) =>
      taken === null ? this.#makerOf(source) : separate(native, source, taken),
    );
    const begin = (source: number, target: number, port: number): Returned => {
      const fd = (makers[source] as Make)();
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
        clients.sources.push(named.sources[source] as SourceName);
      }
    }
    const states = this.#states(fds);
    const proofs = new Map<string, string>();
    if (states.includes('silence')) {
      const pathOf = runs.flatMap(({ source, target, ports }) => ports.map(() => ({ source, target })));
      const slow = [...pathOf.entries()].filter(([place]) => states[place] === 'silence');
      for (const [, { source, target }] of slow) {
        const path = `${source} ${target}`;
        if (!proofs.has(path)) proofs.set(path, await this.#prove(begin(source, target, open), within));
      }
      for (const [place, { source, target }] of slow) {
        const state = this.#state(fds[place] ?? -1);
        states[place] = state === 'silence' ? (proofs.get(`${source} ${target}`) ?? state) : state;
      }
    }
    // Only a client that may be accepted is looked for by its port.
    const isOpen = (state = '') => state === 'ok' || state === 'silence';
    return {
      value: proofs.size,
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
      if (fd >= 0) this.#dissolve(fd, clients.sources[place] as SourceName);
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
  #makerOf(source: SourceName): Make {
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
  #dissolve(fd: number, source: SourceName): void {
    if (!this.#dissolves || isNamed(source) || this.#native.disconnect(fd) < 0) {
      this.#dissolves &&= isNamed(source);
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

  /** Waits for the answer to a connection, and resets it. Returns what the others mean that have none: `silence`, or `no proof`. */
  async #prove(fd: number, within: number): Promise<string> {
    let state = this.#state(fd);
    for (const deadline = clock() + within; state === 'silence' && clock() <= deadline; state = this.#state(fd)) {
      await after(PAUSE);
    }
    if (fd >= 0) this.#native.abort(fd);
    return state === 'silence' ? 'no proof' : 'silence';
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

function keyOf({ address, port = 0 }: SourceName): string {
  return `${address} ${port}`;
}

function isNamed({ port = 0 }: SourceName): boolean {
  return port !== 0;
}

/** Makes clients of a source. None has a port that is taken by another. */
function separate(native: Native, source: SourceName, taken: Set<number>): Make {
  const make = makerOf(native, source, 'stream', false);
  return () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const fd = make();
      const port = native.localPort(fd);
      if (!taken.has(port)) {
        taken.add(port);
        return fd;
      }
      native.close(fd);
    }
    throw new Error(`no client at ${source.address} gets a port of its own`);
  };
}
