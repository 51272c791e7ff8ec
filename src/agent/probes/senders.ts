import { setTimeout as after } from 'node:timers/promises';
import type { SourceName } from '../../protocol/messages.ts';
import { clock } from '../clock.ts';
import type { Native, Returned } from '../native/types.ts';
import { familyOf, makerOf, type Connect } from './sources.ts';

/** How long to wait before looking again for what has not arrived, in milliseconds. */
const PAUSE = 1;
/** After so many pauses without an error the datagram is sent again: systems limit how many errors they send. */
const PATIENCE = 50;
/** How often a datagram is sent, when errors of earlier ones are in the way: each call reports one and sends nothing. */
const ATTEMPTS = 3;
/** The bytes of a mark. */
const MARK = 4;
/** The number of the source that proves that what another of its address sent has arrived. */
const PROVER = -1;

/** The UDP sockets that send probes. Each keeps its port until everything is closed. */
export class Senders {
  readonly #native: Native;
  readonly #sockets = new Map<string, number>();
  readonly #mark = Buffer.alloc(MARK);
  readonly #room = Buffer.alloc(MARK);

  constructor(native: Native) {
    this.#native = native;
  }

  /** The socket of a source, made when it is first needed. @throws SourceFailure */
  of(source: SourceName): number {
    const { address, port = 0, number = 0, many = false } = source;
    const key = `${address} ${port} ${number} ${many ? 'many' : 'one'}`;
    const known = this.#sockets.get(key);
    if (known !== undefined) return known;
    const fd = makerOf(this.#native, source, 'dgram')();
    this.#sockets.set(key, fd);
    return fd;
  }

  /** The socket that proves what a source sent, see `prove`. @throws SourceFailure */
  proverOf({ address }: SourceName): number {
    return this.of({ address, number: PROVER });
  }

  /** Sends a mark by a socket that is connected for it. Returns the error that it got back, or zero. */
  send(fd: number, connect: Connect, port: number, mark: number): Returned {
    const connected = connect(fd, port);
    return connected < 0 ? connected : this.#sendMark(fd, mark);
  }

  /** Sends a mark to many: the socket is not connected, which would tie it to the group's interface for IPv6. */
  sendToMany(fd: number, address: string, port: number, mark: number): Returned {
    this.#mark.writeUInt32LE(mark, 0);
    const sent = this.#native.sendto(fd, this.#mark, familyOf(address), { address, port });
    return Math.min(sent, 0);
  }

  /** The error that has come back to a connected socket, or zero. Windows reports it by a recv() only. */
  pending(fd: number): Returned {
    const returned = this.#native.receive(fd, this.#room);
    return returned >= 0 || this.#native.wouldBlock(returned) ? 0 : returned;
  }

  /** Waits for the error of a datagram to a port on which nothing is bound. Returns whether it came in time. */
  async prove(fd: number, connect: Connect, port: number, within: number): Promise<boolean> {
    const deadline = clock() + within;
    let returned = this.send(fd, connect, port, 0);
    for (let pauses = 1; returned === 0; pauses += 1) {
      if (clock() > deadline) return false;
      await after(PAUSE);
      returned = pauses % PATIENCE === 0 ? this.#sendMark(fd, 0) : this.pending(fd);
    }
    return true;
  }

  /** Closes everything. */
  reset(): void {
    for (const fd of this.#sockets.values()) this.#native.close(fd);
    this.#sockets.clear();
  }

  #sendMark(fd: number, mark: number): Returned {
    this.#mark.writeUInt32LE(mark, 0);
    // An error that was pending is of an earlier probe, and this one was not sent.
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      if (this.#native.send(fd, this.#mark) >= 0) return this.pending(fd);
    }
    const sent = this.#native.send(fd, this.#mark);
    return sent < 0 ? sent : this.pending(fd);
  }
}
