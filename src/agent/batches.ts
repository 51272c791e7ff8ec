import { setTimeout as after } from 'node:timers/promises';
import type { BatchKind, NotAvailable, Result } from '../protocol/messages.ts';
import { clock } from './clock.ts';
import type { Native, Returned } from './native/types.ts';

/** How long to wait before looking again at sockets that are not there yet, in milliseconds. */
const PAUSE = 1;

type BatchAnswer = Omit<Result, 'at' | 'took'>;
const OK: BatchAnswer = { outcome: 'ok' };

/**
 * The calls of one kind, encoded once. Each returns minus the errno, as the native layer does; null for a call that needs
 * a number which this system does not have.
 */
type Step = readonly [call: string, make: ((fd: number, port: number) => Returned) | null];

/** Sockets that are kept; a descriptor is -1 where the socket could not be made. */
interface Batch {
  fds: number[];
  readonly ports: number[];
  /** Its descriptors are closed. Only the state that the system still keeps of the sockets matters. */
  left: boolean;
}

/** The batches of one agent, by the names that the harness gave them. */
export class Batches {
  readonly #native: Native;
  readonly #batches = new Map<string, Batch>();
  /** The outcomes of sockets. The code of an outcome is its place in this list; a new outcome is added at the end. */
  readonly #legend: string[] = ['ok'];
  readonly #codes = new Map<string, number>();

  constructor(native: Native) {
    this.#native = native;
  }

  /** Makes sockets, and keeps them under a name or closes each at once. @throws Error for a name that is in use. */
  open(as: string | undefined, kinds: readonly BatchKind[], sockets: readonly number[]): BatchAnswer {
    if (as !== undefined) this.#unused(as);
    const native = this.#native;
    const steps = kinds.map((kind) => stepsOf(native, kind));
    const count = sockets.length / 2;
    const codes: number[] = [];
    const batch: Batch = { fds: [], ports: [], left: false };
    // Kept from the beginning: if the message has a mistake, a reset still finds the sockets that were made before it.
    if (as !== undefined) this.#batches.set(as, batch);
    for (let index = 0; index < count; index += 1) {
      const place = sockets[index * 2] ?? -1;
      const port = sockets[index * 2 + 1] ?? -1;
      const kind = kinds[place];
      const calls = steps[place];
      if (!kind || !calls) throw new Error(`there is no kind ${place} in the batch`);
      const fd = native.socket(kind.family, kind.type);
      let code = fd < 0 ? this.#code('socket', fd) : 0;
      for (let next = 0; code === 0 && next < calls.length; next += 1) {
        const [call, make] = calls[next] as Step;
        const returned = make === null ? null : make(fd, port);
        if (returned === null || returned < 0) code = this.#code(call, returned);
      }
      codes.push(code);
      if (fd >= 0 && (as === undefined || code !== 0)) native.close(fd);
      if (as !== undefined) {
        batch.fds.push(code === 0 ? fd : -1);
        batch.ports.push(port);
      }
    }
    return { ...OK, codes, legend: [...this.#legend] };
  }

  /** Takes a connection from each listener, puts it in the listener's place, and closes the listener. */
  async accept(on: string, within: number): Promise<BatchAnswer> {
    const batch = this.#batch(on);
    const waiting = new Set(batch.fds.keys());
    return this.#until(on, within, () => {
      for (const index of waiting) {
        const listener = batch.fds[index] ?? -1;
        const fd = listener < 0 ? -1 : this.#native.accept(listener);
        if (listener >= 0 && fd < 0) {
          return this.#native.wouldBlock(fd) ? `port ${batch.ports[index]} had no connection to accept` : fd;
        }
        waiting.delete(index);
        if (listener < 0) continue;
        batch.fds[index] = fd;
        this.#native.close(listener);
      }
      return null;
    });
  }

  /** Takes a number of connections from one listener. @throws Error for a name that is in use. */
  async take(listener: number, as: string, count: number, within: number): Promise<BatchAnswer> {
    this.#unused(as);
    const batch: Batch = { fds: [], ports: [], left: false };
    this.#batches.set(as, batch);
    return this.#until(as, within, () => {
      while (batch.fds.length < count) {
        const fd = this.#native.accept(listener);
        if (fd < 0) {
          return this.#native.wouldBlock(fd) ? `only ${batch.fds.length} of ${count} connections came` : fd;
        }
        batch.fds.push(fd);
      }
      return null;
    });
  }

  /** Waits until all sockets of a batch that could be made are in a state. */
  async await(on: string, state: string, within: number): Promise<BatchAnswer> {
    const batch = this.#batch(on);
    return this.#until(on, within, () =>
      batch.left ? missing(this.#native, batch, state) : this.#straggler(batch, state),
    );
  }

  close(on: string, how: 'close' | 'reset' | 'leave'): BatchAnswer {
    const batch = this.#batch(on);
    if (how !== 'leave') this.#batches.delete(on);
    let failed: Returned = 0;
    for (const fd of batch.fds) {
      if (fd < 0 || batch.left) continue;
      const returned = how === 'reset' ? this.#native.abort(fd) : this.#native.close(fd);
      if (returned < 0 && failed === 0) failed = returned;
    }
    batch.left = true;
    return this.#answer(failed);
  }

  /** The descriptors of a batch; -1 where a socket could not be made. @throws Error for a name that was never given */
  descriptors(on: string): readonly number[] {
    return this.#batch(on).fds;
  }

  /** Closes everything. */
  reset(): void {
    for (const name of this.#batches.keys()) this.close(name, 'close');
  }

  #straggler({ fds, ports }: Batch, state: string): string | null {
    const made = [...fds.keys()].filter((index) => (fds[index] ?? -1) >= 0);
    const states = this.#native.tcpStates(made.map((index) => fds[index] ?? -1));
    const place = states.findIndex((found) => found !== state);
    if (place < 0) return null;
    const found = states[place] ?? 'in no state that the system tells';
    return `port ${ports[made[place] ?? -1]} is ${found}, not ${state}`;
  }

  /**
   * Looks until there is nothing to complain about, or until the time is up; then the complaint is in `data`. A call that
   * fails, other than because it would have to wait, ends this with its error.
   */
  async #until(name: string, within: number, complaint: () => string | Returned | null): Promise<BatchAnswer> {
    const batch = this.#batch(name);
    const deadline = clock() + within;
    for (;;) {
      if (this.#batches.get(name) !== batch) throw new Error(`'${name}' was closed while something waited on it`);
      const found = complaint();
      if (found === null) return OK;
      if (typeof found === 'number') return this.#answer(found);
      if (clock() > deadline) return { outcome: 'silence', data: found };
      await after(PAUSE);
    }
  }

  #answer(returned: Returned): BatchAnswer {
    return returned >= 0 ? OK : { outcome: this.#native.errnoName(-returned), errno: -returned };
  }

  #code(call: string, returned: Returned | null): number {
    const outcome =
      returned === null ? ('not available here' satisfies NotAvailable) : this.#native.errnoName(-returned);
    const what = `${call} ${outcome}`;
    const known = this.#codes.get(what);
    if (known !== undefined) return known;
    const code = this.#legend.push(what) - 1;
    this.#codes.set(what, code);
    return code;
  }

  #unused(name: string): void {
    if (this.#batches.has(name)) throw new Error(`there is a batch '${name}' already`);
  }

  #batch(name: string): Batch {
    const batch = this.#batches.get(name);
    if (!batch) throw new Error(`there is no batch '${name}'`);
    return batch;
  }
}

/** The first port of a batch that was left on which the system has another state than this one, or more states, or none. */
function missing(native: Native, { fds, ports }: Batch, state: string): string | null {
  const states = native.statesByPort();
  if (!states) return 'the system has no table of TCP states';
  for (const [index, fd] of fds.entries()) {
    if (fd < 0) continue;
    const port = ports[index] ?? 0;
    const there = states.get(port) ?? [];
    if (there.length !== 1 || there[0] !== state) return `port ${port} is ${there.join(', ') || 'free'}, not ${state}`;
  }
  return null;
}

function stepsOf(native: Native, kind: BatchKind): Step[] {
  const steps: Step[] = kind.options.map(([option, value]) => [option, native.setter(option, value)]);
  if (kind.bind !== undefined) steps.push(['bind', native.caller('bind', kind.family, kind.bind)]);
  const { listen, connect } = kind;
  if (listen !== undefined) steps.push(['listen', (fd) => native.listen(fd, listen)]);
  if (connect !== undefined) {
    const make = native.caller('connect', kind.family, connect.address);
    // A connection that is under way is not a failure; whether it was established is asked later.
    const begin = (fd: number, port: number) => {
      const returned = make(fd, connect.port ?? port);
      return returned < 0 && native.inProgress(returned) ? 0 : returned;
    };
    steps.push(['connect', begin]);
  }
  return steps;
}
