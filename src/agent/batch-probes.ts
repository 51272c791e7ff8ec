import { setTimeout as after } from 'node:timers/promises';
import type { Family, Operation, Result, SocketName } from '../protocol/messages.ts';
import type { Batches } from './batches.ts';
import { clock } from './clock.ts';
import type { Native, Returned } from './native/types.ts';

type ProbeAnswer = Omit<Result, 'at' | 'took'>;
type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

const OK: ProbeAnswer = { outcome: 'ok' };
/** How long to wait before looking again for what has not arrived, in milliseconds. */
const PAUSE = 1;
/** After so many pauses without an error the datagram is sent again: systems limit how many errors they send. */
const PATIENCE = 50;
/** The bytes of a mark. */
const MARK = 4;

/** What names probes, see `batch-send`. */
type Named = Pick<Of<'batch-send'>, 'sources' | 'targets' | 'ports' | 'probes'>;

/** Client connections that are kept until they are settled; a descriptor is -1 where the socket could not be made. */
type Clients = readonly number[];

/**
 * Thousands of datagrams and connections in one message, and who got them. The sockets that get them belong to the batches
 * of an agent.
 */
export class BatchProbes {
  readonly #native: Native;
  readonly #batches: Batches;
  readonly #clients = new Map<string, Clients>();
  readonly #mark = Buffer.alloc(MARK);
  readonly #room = Buffer.alloc(MARK);
  readonly #legend: string[] = ['ok', 'silence'];

  constructor(native: Native, batches: Batches) {
    this.#native = native;
    this.#batches = batches;
  }

  /**
   * Sends the datagrams, each from a socket that is connected to its destination, so that an error of ICMP comes back to it.
   * An error that comes later than the next connect() of that socket is lost: a probe whose outcome is unknown then is done
   * again with `closed`.
   */
  async send({ mark, closed, within = 0, ...named }: Of<'batch-send'>): Promise<ProbeAnswer> {
    const sockets: number[] = [];
    const last: number[] = [];
    try {
      for (const source of named.sources) {
        sockets.push(this.#bound(source, 'dgram'));
        if (closed !== undefined) last.push(this.#bound({ ...source, port: 0 }, 'dgram'));
      }
      const connects = callersOf(this.#native, named.targets);
      const codes: number[] = [];
      for (const { source, target, ports } of runsOf(named)) {
        const [fd, connect] = [sockets[source] as number, connects[target] as Connect];
        for (const port of ports) {
          let returned = this.#sendMark(fd, connect(fd, port), mark + codes.length);
          if (closed !== undefined && returned >= 0) {
            await this.#refusal(last[source] ?? -1, connect, closed, within);
            returned = this.#pending(fd);
          }
          codes.push(this.#code(returned));
        }
      }
      return { ...OK, codes, legend: [...this.#legend] };
    } finally {
      for (const fd of [...sockets, ...last]) this.#native.close(fd);
    }
  }

  /** Reads all datagrams of a batch. */
  drain(on: string): ProbeAnswer {
    const got: number[] = [];
    for (const [place, fd] of this.#batches.descriptors(on).entries()) {
      if (fd < 0) continue;
      for (;;) {
        const returned = this.#native.receive(fd, this.#room);
        if (returned < 0 && this.#native.wouldBlock(returned)) break;
        if (returned !== MARK) throw new Error(`a receiver got ${this.#word(returned)} where a mark was expected`);
        got.push(place, this.#room.readUInt32LE(0));
      }
    }
    return { ...OK, got };
  }

  /** Accepts all connections of a batch. A socket of it that does not listen has none. */
  answer(on: string): ProbeAnswer {
    const got: number[] = [];
    for (const [place, listener] of this.#batches.descriptors(on).entries()) {
      if (listener < 0) continue;
      for (;;) {
        const { fd, port } = this.#native.acceptFrom(listener);
        if (fd < 0) break;
        this.#native.abort(fd);
        got.push(place, port);
      }
    }
    return { ...OK, got };
  }

  /** Makes the connections. */
  async connect({ as, open, within, ...named }: Of<'batch-connect'>): Promise<ProbeAnswer> {
    if (this.#clients.has(as)) throw new Error(`there are connections '${as}' already`);
    const native = this.#native;
    const connects = callersOf(native, named.targets);
    const makers = named.sources.map((source) => this.#maker(source, 'stream'));
    const begin = (source: number, target: number, port: number): Returned => {
      const fd = (makers[source] as Maker)();
      const returned = (connects[target] as Connect)(fd, port);
      if (returned >= 0 || native.inProgress(returned)) return fd;
      native.close(fd);
      return returned;
    };
    const fds: number[] = [];
    this.#clients.set(as, fds);
    const runs = [...runsOf(named)];
    for (const { source, target, ports } of runs) for (const port of ports) fds.push(begin(source, target, port));
    const states = fds.map((fd) => this.#state(fd));
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
    return {
      ...OK,
      value: paths,
      got: fds.map((fd) => (fd < 0 ? 0 : Math.max(0, native.localPort(fd)))),
      codes: states.map((state) => this.#place(state)),
      legend: [...this.#legend],
    };
  }

  /** What became of some connections since; closes them all. */
  settle(on: string, ask: readonly number[]): ProbeAnswer {
    const fds = this.#clients.get(on);
    if (!fds) throw new Error(`there are no connections '${on}'`);
    const codes = ask.map((place) => this.#place(this.#state(fds[place] ?? -1)));
    this.#clients.delete(on);
    for (const fd of fds) if (fd >= 0) this.#native.abort(fd);
    return { ...OK, codes, legend: [...this.#legend] };
  }

  /** Closes everything. */
  reset(): void {
    for (const name of this.#clients.keys()) this.settle(name, []);
  }

  /** A socket on a source. @throws Error when it can't be made: a probe without a source proves nothing */
  #bound(source: SocketName, type: 'dgram' | 'stream'): number {
    return this.#maker(source, type)();
  }

  /** Makes such sockets, thousands of them: the calls are encoded once. */
  #maker({ address, port }: SocketName, type: 'dgram' | 'stream'): Maker {
    const native = this.#native;
    const family = familyOf(address);
    const bind = native.caller('bind', family, address);
    // Where there is this option, connect() chooses the port, which is quicker and lets a port serve many destinations.
    const choosesLate = type === 'stream' && port === 0 ? native.setter('IP_BIND_ADDRESS_NO_PORT', 1) : null;
    return () => {
      const fd = native.socket(family, type);
      if (fd < 0) throw new Error(`a source can't be made: ${this.#word(fd)}`);
      choosesLate?.(fd);
      const returned = bind(fd, port);
      if (returned >= 0) return fd;
      native.close(fd);
      throw new Error(`a source can't be bound to ${address} and port ${port}: ${this.#word(returned)}`);
    };
  }

  /** Sends a mark by a socket whose connect() returned so. Returns the error that it got back, or zero. */
  #sendMark(fd: number, connected: Returned, mark: number): Returned {
    if (connected < 0) return connected;
    this.#mark.writeUInt32LE(mark, 0);
    const sent = this.#native.send(fd, this.#mark);
    // An error that was pending is of an earlier probe, and this one was not sent.
    if (sent < 0) this.#native.send(fd, this.#mark);
    return this.#pending(fd);
  }

  /** The error that has come back to a connected socket, or zero. Windows reports it by a recv() only. */
  #pending(fd: number): Returned {
    const returned = this.#native.receive(fd, this.#room);
    return returned >= 0 || this.#native.wouldBlock(returned) ? 0 : returned;
  }

  /** Waits for the refusal of a datagram to a port on which nothing is bound. @throws Error when none comes */
  async #refusal(fd: number, connect: Connect, port: number, within: number): Promise<void> {
    const deadline = clock() + within;
    let returned = this.#sendMark(fd, connect(fd, port), 0);
    for (let pauses = 1; returned === 0; pauses += 1) {
      if (clock() > deadline) throw new Error(`no error came back from a closed port in ${within} ms`);
      await after(PAUSE);
      returned = pauses % PATIENCE === 0 ? this.#sendMark(fd, 0, 0) : this.#pending(fd);
    }
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

  /** `ok` for a connection that is there, `silence` while it is being made, or the error that it ended with. */
  #state(fd: number): string {
    if (fd < 0) return this.#word(fd);
    const error = this.#native.takeError(fd);
    if (error < 0) return this.#word(error);
    return this.#native.hasPeer(fd) ? 'ok' : 'silence';
  }

  #word(returned: Returned): string {
    return returned < 0 ? this.#native.errnoName(-returned) : `${returned} bytes`;
  }

  #code(returned: Returned): number {
    return returned < 0 ? this.#place(this.#word(returned)) : 0;
  }

  #place(word: string): number {
    const place = this.#legend.indexOf(word);
    return place < 0 ? this.#legend.push(word) - 1 : place;
  }
}

type Connect = (fd: number, port: number) => Returned;
/** Makes a socket on a source. @throws Error when it can't be made */
type Maker = () => number;

function callersOf(native: Native, targets: readonly string[]): Connect[] {
  return targets.map((address) => native.caller('connect', familyOf(address), address));
}

function familyOf(address: string): Family {
  return address.includes(':') ? 'inet6' : 'inet';
}

/** Probes to several ports, from one source to one target. */
interface Run {
  readonly source: number;
  readonly target: number;
  readonly ports: readonly number[];
}

/** The runs of an operation. @throws Error for one that has no source, target or port there */
function* runsOf({ sources, targets, ports, probes }: Named): Generator<Run> {
  for (let at = 0; at < probes.length; at += 4) {
    const [source = -1, target = -1, first = -1, count = 0] = probes.slice(at, at + 4);
    if (!(source in sources) || !(target in targets)) {
      throw new Error(`there is no source ${source}, or no target ${target}`);
    }
    const own = ports.slice(first, first + count);
    if (first < 0 || own.length !== count) throw new Error(`there are no ports ${first} to ${first + count - 1}`);
    yield { source, target, ports: own };
  }
}
