import type { Operation, SourceName, Result } from '../../protocol/messages.ts';
import { POLLED, type Native } from '../native/types.ts';
import { ProbeClients } from './clients.ts';
import { runsOf } from './runs.ts';
import { Senders } from './senders.ts';
import { callersOf, SourceFailure } from './sources.ts';
import { Words } from './words.ts';

type ProbeAnswer = Omit<Result, 'at' | 'took'>;
type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

const OK: ProbeAnswer = { outcome: 'ok' };
/** The bytes of a mark. */
const MARK = 4;
/** How many errors in a row a receiver may have: a connected one has those of its own datagrams. */
const MOST_ERRORS = 8;

/** Thousands of datagrams and connections in one message, and who got them. */
export class Probes {
  readonly #native: Native;
  readonly #words: Words;
  readonly #senders: Senders;
  readonly #clients: ProbeClients;
  readonly #room = Buffer.alloc(MARK);

  constructor(native: Native) {
    this.#native = native;
    this.#words = new Words(native);
    this.#senders = new Senders(native);
    this.#clients = new ProbeClients(native, this.#words);
  }

  /**
   * Sends the datagrams, each from a socket that is connected to its destination, so that an error of ICMP comes back to it.
   * An error that comes later than the next connect() of that socket is lost: a probe whose outcome is unknown then is done
   * again with `closed`.
   */
  async send(operation: Of<'probe-send'>): Promise<ProbeAnswer> {
    try {
      return { ...OK, codes: await this.#send(operation), legend: this.#words.legend };
    } catch (error) {
      return this.#failure(error);
    }
  }

  /** Reads all datagrams of some sockets. A descriptor is -1 where there is no socket. */
  drain(fds: readonly number[]): ProbeAnswer {
    const got: number[] = [];
    for (const place of this.#waiting(fds, [...fds.keys()])) {
      let errors = 0;
      for (;;) {
        const returned = this.#native.receive(fds[place] ?? -1, this.#room);
        // Anything else was sent by another program.
        if (returned === MARK) got.push(place, this.#room.readUInt32LE(0));
        if (returned >= 0) continue;
        errors += 1;
        if (this.#native.wouldBlock(returned)) break;
        if (errors === MOST_ERRORS) throw new Error(`a receiver got ${this.#words.of(returned)} again and again`);
      }
    }
    return { ...OK, got };
  }

  /** Accepts all connections of some listeners. A socket that does not listen has none. */
  answer(fds: readonly number[]): ProbeAnswer {
    const got: number[] = [];
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
  async connect(operation: Of<'probe-connect'>): Promise<ProbeAnswer> {
    try {
      return { ...OK, ...(await this.#clients.connect(operation)) };
    } catch (error) {
      return this.#failure(error);
    }
  }

  /** What became of some connections since; ends them all. */
  settle(on: string, ask: readonly number[]): ProbeAnswer {
    return { ...OK, ...this.#clients.settle(on, ask) };
  }

  /** Closes everything. */
  reset(): void {
    this.#senders.reset();
    this.#clients.reset();
  }

  async #send({ mark, closed, within = 0, proofs, ...named }: Of<'probe-send'>): Promise<number[]> {
    const senders = this.#senders;
    const sockets = named.sources.map((source) => senders.of(source));
    const connects = callersOf(this.#native, named.targets);
    const provers = closed === undefined ? [] : named.sources.map((source) => senders.proverOf(source));
    const provings = proofs === undefined ? connects : callersOf(this.#native, proofs);
    /** The paths by which nothing comes back: the same is not waited for again. */
    const dead = new Set<string>();
    const prove = async (source: number, target: number): Promise<boolean> => {
      const path = `${source} ${(proofs ?? named.targets)[target]}`;
      if (closed === undefined || dead.has(path)) return false;
      const [fd, connect] = [provers[source], provings[target]];
      if (fd === undefined || connect === undefined) throw new Error(`there is no proof for target ${target}`);
      const came = await senders.prove(fd, connect, closed, within);
      if (!came) dead.add(path);
      return came;
    };
    const codes: number[] = [];
    for (const { source, target, ports } of runsOf(named)) {
      const [fd, connect, address] = [sockets[source] ?? -1, connects[target], named.targets[target] ?? ''];
      const { many = false } = named.sources[source] as SourceName;
      for (const port of ports) {
        const number = mark + codes.length;
        let returned =
          many || connect === undefined
            ? senders.sendToMany(fd, address, port, number)
            : senders.send(fd, connect, port, number);
        let nothing = 'ok';
        if (closed !== undefined && returned === 0) {
          nothing = (await prove(source, target)) ? 'silence' : 'no proof';
          returned = senders.pending(fd);
        }
        codes.push(this.#words.code(returned < 0 ? this.#words.of(returned) : nothing));
      }
    }
    return codes;
  }

  /** @throws Error that is not of a source */
  #failure(error: unknown): ProbeAnswer {
    if (!(error instanceof SourceFailure)) throw error;
    const { returned, message } = error;
    return { outcome: this.#words.of(returned), errno: -returned, data: message };
  }

  /** Those of some sockets, by their places, at which something waits; all of them where the system can't say so at once. */
  #waiting(fds: readonly number[], places: readonly number[]): number[] {
    const made = places.filter((place) => (fds[place] ?? -1) >= 0);
    const ready = this.#native.ready(made.map((place) => fds[place] ?? -1));
    return ready === null ? made : made.filter((_, index) => ((ready[index] ?? 0) & POLLED.readable) !== 0);
  }
}
