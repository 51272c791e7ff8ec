import { setTimeout as after } from 'node:timers/promises';
import type { Operation, Result } from '../../protocol/messages.ts';
import type { Batches } from '../batches.ts';
import { clock } from '../clock.ts';
import { POLLED, type Native, type Returned } from '../native/types.ts';
import { BatchClients } from './clients.ts';
import { runsOf } from './runs.ts';
import { callersOf, makerOf, type Connect } from './sources.ts';
import { Words } from './words.ts';

type ProbeAnswer = Omit<Result, 'at' | 'took'>;
type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

const OK: ProbeAnswer = { outcome: 'ok' };
/** How long to wait before looking again for what has not arrived, in milliseconds. */
const PAUSE = 1;
/** After so many pauses without an error the datagram is sent again: systems limit how many errors they send. */
const PATIENCE = 50;
/** The bytes of a mark. */
const MARK = 4;

/**
 * Thousands of datagrams and connections in one message, and who got them. The sockets that get them belong to the batches
 * of an agent.
 */
export class BatchProbes {
  readonly #native: Native;
  readonly #batches: Batches;
  readonly #words: Words;
  readonly #clients: BatchClients;
  readonly #mark = Buffer.alloc(MARK);
  readonly #room = Buffer.alloc(MARK);

  constructor(native: Native, batches: Batches) {
    this.#native = native;
    this.#batches = batches;
    this.#words = new Words(native);
    this.#clients = new BatchClients(native, this.#words);
  }

  /**
   * Sends the datagrams, each from a socket that is connected to its destination, so that an error of ICMP comes back to it.
   * An error that comes later than the next connect() of that socket is lost: a probe whose outcome is unknown then is done
   * again with `closed`.
   */
  async send({ mark, closed, within = 0, ...named }: Of<'batch-send'>): Promise<ProbeAnswer> {
    const native = this.#native;
    const sockets: number[] = [];
    const last: number[] = [];
    try {
      for (const source of named.sources) {
        sockets.push(makerOf(native, source, 'dgram')());
        if (closed !== undefined) last.push(makerOf(native, { ...source, port: 0 }, 'dgram')());
      }
      const connects = callersOf(native, named.targets);
      const codes: number[] = [];
      for (const { source, target, ports } of runsOf(named)) {
        const [fd, connect] = [sockets[source] as number, connects[target] as Connect];
        for (const port of ports) {
          let returned = this.#sendMark(fd, connect(fd, port), mark + codes.length);
          if (closed !== undefined && returned >= 0) {
            await this.#refusal(last[source] ?? -1, connect, closed, within);
            returned = this.#pending(fd);
          }
          codes.push(returned < 0 ? this.#words.code(this.#words.of(returned)) : 0);
        }
      }
      return { ...OK, codes, legend: this.#words.legend };
    } finally {
      for (const fd of [...sockets, ...last]) native.close(fd);
    }
  }

  /** Reads all datagrams of a batch. */
  drain(on: string): ProbeAnswer {
    const got: number[] = [];
    const fds = this.#batches.descriptors(on);
    for (const place of this.#waiting(fds, [...fds.keys()])) {
      for (;;) {
        const returned = this.#native.receive(fds[place] ?? -1, this.#room);
        if (returned < 0 && this.#native.wouldBlock(returned)) break;
        if (returned !== MARK) throw new Error(`a receiver got ${this.#words.of(returned)} where a mark was expected`);
        got.push(place, this.#room.readUInt32LE(0));
      }
    }
    return { ...OK, got };
  }

  /** Accepts all connections of a batch. A socket of it that does not listen has none. */
  answer(on: string): ProbeAnswer {
    const got: number[] = [];
    const fds = this.#batches.descriptors(on);
    const accept = (place: number): boolean => {
      const { fd, port } = this.#native.acceptFrom(fds[place] ?? -1);
      if (fd < 0) return false;
      this.#native.abort(fd);
      got.push(place, port);
      return true;
    };
    let places = this.#waiting(fds, [...fds.keys()]);
    // Most listeners have one connection: to look at all at once is quicker than an accept() more at each.
    while (places.length > 0) places = this.#waiting(fds, places.filter(accept));
    return { ...OK, got };
  }

  /** Makes the connections. */
  async connect(operation: Of<'batch-connect'>): Promise<ProbeAnswer> {
    return { ...OK, ...(await this.#clients.connect(operation)) };
  }

  /** What became of some connections since; ends them all. */
  settle(on: string, ask: readonly number[]): ProbeAnswer {
    return { ...OK, ...this.#clients.settle(on, ask) };
  }

  /** Closes everything. */
  reset(): void {
    this.#clients.reset();
  }

  /** Those of some sockets, by their places, at which something waits; all of them where the system can't say so at once. */
  #waiting(fds: readonly number[], places: readonly number[]): number[] {
    const made = places.filter((place) => (fds[place] ?? -1) >= 0);
    const ready = this.#native.ready(made.map((place) => fds[place] ?? -1));
    return ready === null ? made : made.filter((_, index) => ((ready[index] ?? 0) & POLLED.readable) !== 0);
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
}
