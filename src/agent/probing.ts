import { setTimeout as after } from 'node:timers/promises';
import type { Family, ProbeSender, Result, SocketName } from '../protocol/messages.ts';
import { clock } from './clock.ts';
import type { Native, Returned } from './native/types.ts';

type ProbeAnswer = Omit<Result, 'at' | 'took'>;
const OK: ProbeAnswer = { outcome: 'ok' };

/** How long to wait before looking again at connections that are being made, in milliseconds. */
const PAUSE = 1;
/** Room for a mark: the digits of a number. */
const MARK_ROOM = 16;
/** How many packets are sent before those that are under way are waited for: the system drops some of a long queue. */
const CHUNK = 64;
/** How long to wait for the packets that are under way, in milliseconds; they take less than one on a quiet machine. */
const ARRIVAL = 5000;
/** How often a datagram is sent again, when the error of an earlier one was in the way. */
const ATTEMPTS = 8;
/** The code of a probe without an outcome. */
const NOTHING = 0;

/** A socket that sends probes; it keeps its port, so that all its probes come from the same port. */
interface Sender {
  readonly fd: number;
  readonly family: Family;
}

/** A client that has begun to connect; the descriptor is -1 once it is closed. */
interface Client {
  fd: number;
  outcome: string;
}

/**
 * The two sides of probes, for batches of thousands: senders of marked datagrams, clients that connect, and the taking of
 * whatever arrived at given sockets.
 */
export class Probing {
  readonly #native: Native;
  readonly #senders = new Map<string, Sender>();
  readonly #clients = new Map<string, Client[]>();
  #sentinel: { fd: number; name: SocketName | undefined } | undefined;
  #sentinels = 0;

  constructor(native: Native) {
    this.#native = native;
  }

  /**
   * Sends datagrams. Each has its mark as data: a decimal number.
   * @param sends four numbers for each: the places of its sender and of its destination, the port, and the mark
   * @returns pairs of a mark and the place of an error in the legend, for what was refused or could not be sent
   */
  async send(
    senders: readonly ProbeSender[],
    destinations: readonly string[],
    sends: readonly number[],
  ): Promise<ProbeAnswer> {
    const native = this.#native;
    const found = new Findings();
    const opened = senders.map((sender) => this.#sender(sender));
    for (let index = 0; index < sends.length; index += 4) {
      const sender = opened[sends[index] ?? -1];
      const address = destinations[sends[index + 1] ?? -1];
      const [port, mark] = [sends[index + 2] ?? 0, sends[index + 3] ?? 0];
      if (sender === undefined || address === undefined) throw new Error('a probe has no sender or no destination');
      if (typeof sender === 'number') {
        found.note(mark, native.errnoName(-sender));
        continue;
      }
      const data = Buffer.from(String(mark));
      let sent: Returned = -1;
      for (let attempt = 0; attempt < ATTEMPTS && sent < 0; attempt += 1) {
        sent = native.sendto(sender.fd, data, sender.family, { address, port });
        // The error of an earlier datagram is reported by the next call, which then sends nothing.
        if (sent < 0 && !this.#takeErrors(sender, found)) break;
      }
      if (sent < 0) found.note(mark, native.errnoName(-sent));
      if ((index / 4) % CHUNK === CHUNK - 1) await this.#arrive();
    }
    await this.#arrive();
    for (const sender of opened) if (typeof sender !== 'number') this.#takeErrors(sender, found);
    return found.answer();
  }

  /** The errors of datagrams that were sent before. */
  errors(): ProbeAnswer {
    const found = new Findings();
    for (const sender of this.#senders.values()) this.#takeErrors(sender, found);
    return found.answer();
  }

  /** Takes every datagram from sockets. @returns pairs of the place of the socket and the mark */
  drain(fds: readonly number[]): ProbeAnswer {
    const codes: number[] = [];
    for (const [place, fd] of fds.entries()) {
      for (;;) {
        const { bytes, data } = this.#native.recv(fd, MARK_ROOM);
        if (bytes < 0) break;
        const mark = Number(data.toString());
        // Anything else was sent by another program.
        if (Number.isInteger(mark)) codes.push(place, mark);
      }
    }
    return { ...OK, codes };
  }

  /**
   * Begins to connect, each client from a port of its own.
   * @param connects three numbers for each: the places of its address and of its destination, and the port
   * @returns the local port of each, 0 where it could not be made
   */
  async connect(
    as: string,
    senders: readonly ProbeSender[],
    destinations: readonly string[],
    connects: readonly number[],
  ): Promise<ProbeAnswer> {
    if (this.#clients.has(as)) throw new Error(`there are clients '${as}' already`);
    const clients: Client[] = [];
    this.#clients.set(as, clients);
    const codes: number[] = [];
    for (let index = 0; index < connects.length; index += 3) {
      const sender = senders[connects[index] ?? -1];
      const address = destinations[connects[index + 1] ?? -1];
      if (sender === undefined || address === undefined) throw new Error('a client has no address or no destination');
      const client = this.#client(sender, address, connects[index + 2] ?? 0);
      clients.push(client);
      const name = client.fd < 0 ? undefined : this.#native.getsockname(client.fd);
      codes.push(typeof name === 'object' ? name.port : 0);
      if ((index / 3) % CHUNK === CHUNK - 1) await this.#arrive();
    }
    await this.#arrive();
    return { ...OK, codes };
  }

  /** Takes every connection from listeners, and resets it. @returns pairs of the listener's place and the client's name in the legend */
  collect(fds: readonly number[]): ProbeAnswer {
    const native = this.#native;
    const found = new Findings();
    for (const [place, fd] of fds.entries()) {
      for (;;) {
        const accepted = native.accept(fd);
        if (accepted < 0) break;
        const peer = native.getpeername(accepted);
        if (typeof peer === 'object') found.note(place, `${peer.address} ${peer.port}`);
        native.abort(accepted);
      }
    }
    return found.answer();
  }

  /**
   * What became of clients; closes them all.
   * @param patient the places of those that are waited for while they are still connecting
   * @param within for how long, in milliseconds
   * @returns the place of each one's outcome in the legend: the error, `connected` or `connecting`
   */
  async finish(as: string, patient: readonly number[], within: number): Promise<ProbeAnswer> {
    const clients = this.#clients.get(as);
    if (clients === undefined) throw new Error(`there are no clients '${as}'`);
    const deadline = clock() + within;
    for (;;) {
      for (const client of clients) if (client.outcome === 'connecting') client.outcome = this.#progress(client.fd);
      if (clock() >= deadline || patient.every((place) => clients[place]?.outcome !== 'connecting')) break;
      await after(PAUSE);
    }
    this.#clients.delete(as);
    const found = new Findings();
    for (const client of clients) {
      if (client.fd >= 0) this.#native.abort(client.fd);
      client.fd = -1;
      found.note(0, client.outcome);
    }
    const { codes = [], legend = [] } = found.answer();
    return { ...OK, codes: codes.filter((_, index) => index % 2 === 1), legend };
  }

  /** Closes everything. */
  reset(): void {
    for (const { fd } of this.#senders.values()) this.#native.close(fd);
    this.#senders.clear();
    for (const clients of this.#clients.values()) for (const { fd } of clients) if (fd >= 0) this.#native.abort(fd);
    this.#clients.clear();
    if (this.#sentinel !== undefined && this.#sentinel.fd >= 0) this.#native.close(this.#sentinel.fd);
    this.#sentinel = undefined;
  }

  /**
   * Waits until the packets that were sent, and the answers to them, have arrived. A processor of Linux takes packets in
   * the order in which they were sent, of all namespaces: when a datagram to this process has come, so have those before
   * it. The answers to them are before a second one.
   */
  async #arrive(): Promise<void> {
    const native = this.#native;
    this.#sentinel ??= this.#openSentinel();
    const { fd, name } = this.#sentinel;
    if (name === undefined) return;
    for (let round = 0; round < 2; round += 1) {
      this.#sentinels += 1;
      if (native.sendto(fd, Buffer.from(String(this.#sentinels)), 'inet', name) < 0) return;
      const deadline = clock() + ARRIVAL;
      while (clock() < deadline) {
        const { bytes, data } = native.recv(fd, MARK_ROOM);
        if (bytes >= 0 && data.toString() === String(this.#sentinels)) break;
        if (bytes < 0) await after(PAUSE);
      }
    }
  }

  #openSentinel(): { fd: number; name: SocketName | undefined } {
    const native = this.#native;
    const fd = native.socket('inet', 'dgram');
    const bound = fd < 0 ? fd : native.bind(fd, 'inet', { address: '127.0.0.1', port: 0 });
    const name = bound < 0 ? undefined : native.getsockname(fd);
    return { fd, name: typeof name === 'object' ? name : undefined };
  }

  /** The sender of that name, which is made when it is first needed; or minus the errno. */
  #sender({ family, address, port = 0, device }: ProbeSender): Sender | Returned {
    const key = `${address} ${port}`;
    const known = this.#senders.get(key);
    if (known !== undefined) return known;
    const native = this.#native;
    const fd = native.socket(family, 'dgram');
    if (fd < 0) return fd;
    const set = (setter: ((fd: number) => Returned) | null) => setter?.(fd);
    // Refusals are queued with the data of the datagram, so that its mark tells which it was.
    set(native.setter(family === 'inet' ? 'IP_RECVERR' : 'IPV6_RECVERR', 1));
    set(native.setter('SO_BROADCAST', 1));
    if (family === 'inet') set(native.setter('IP_MULTICAST_IF', address));
    else if (device !== undefined) set(native.setter('IPV6_MULTICAST_IF', device));
    const bound = native.bind(fd, family, { address, port });
    if (bound < 0) {
      native.close(fd);
      return bound;
    }
    const sender = { fd, family };
    this.#senders.set(key, sender);
    return sender;
  }

  /** Takes the errors that are queued. @returns whether there was one */
  #takeErrors({ fd }: Sender, found: Findings): boolean {
    let any = false;
    for (;;) {
      const message = this.#native.recvmsg(fd, MARK_ROOM, ['MSG_ERRQUEUE']);
      if (message === null || message.bytes < 0) return any;
      any = true;
      found.note(Number(message.data.toString()), message.error?.outcome ?? 'unknown error');
    }
  }

  #client({ family, address, port = 0 }: ProbeSender, to: string, toPort: number): Client {
    const native = this.#native;
    const fd = native.socket(family, 'stream');
    if (fd < 0) return { fd, outcome: native.errnoName(-fd) };
    // Several clients may have one port, if their destinations differ.
    if (port !== 0) native.setter('SO_REUSEADDR', 1)?.(fd);
    let returned = native.bind(fd, family, { address, port });
    if (returned >= 0) returned = native.connect(fd, family, { address: to, port: toPort });
    if (returned >= 0 || native.inProgress(returned)) return { fd, outcome: 'connecting' };
    return { fd, outcome: native.errnoName(-returned) };
  }

  #progress(fd: number): string {
    const error = this.#native.takeError(fd);
    if (error < 0) return this.#native.errnoName(-error);
    return typeof this.#native.getpeername(fd) === 'object' ? 'connected' : 'connecting';
  }
}

/** Pairs of a number and a text, which is given by its place in a legend. */
class Findings {
  readonly #codes: number[] = [];
  readonly #legend: string[] = ['nothing'];
  readonly #places = new Map<string, number>();

  note(number: number, text: string): void {
    let place = this.#places.get(text) ?? NOTHING;
    if (place === NOTHING) {
      place = this.#legend.push(text) - 1;
      this.#places.set(text, place);
    }
    this.#codes.push(number, place);
  }

  answer(): ProbeAnswer {
    return { ...OK, codes: this.#codes, legend: this.#legend };
  }
}
