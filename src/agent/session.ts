import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import type { MessageFlag, NotAvailable, Operation, OperationName, Result, SocketName } from '../protocol/messages.ts';
import { terseName } from '../protocol/terse-name.ts';
import type { Batches } from './batches.ts';
import type { Probes } from './probes/probes.ts';
import { clock } from './clock.ts';
import { give, take } from './handover.ts';
import { Handle } from './handle.ts';
import { inspect } from './inspect.ts';
import type { Native, Returned } from './native/types.ts';
import { endedWithin, loadSpawn, startProgram, type Program } from './programs.ts';
import { addressesOf } from './resolve.ts';
import { Service } from './service.ts';
import type { Wait } from './waiter.ts';

const DEFAULT_BACKLOG = 128;
const DEFAULT_ROOM = 2048;
/** No process has a descriptor of this number; INVALID_SOCKET on Windows. */
const NO_DESCRIPTOR = -1;
/** More than any socket of an experiment holds; a drain takes no more. */
const MOST_DRAINED = 10_000;

/** The result of a call, before its times are added. */
type Answer = Omit<Result, 'at' | 'took'>;
type Of<Name extends OperationName> = Extract<Operation, { op: Name }>;
type Handlers = { [Name in OperationName]: (operation: Of<Name>) => Answer | Promise<Answer> };

const OK: Answer = { outcome: 'ok' };
const SILENCE: Answer = { outcome: 'silence' };
const NOT_AVAILABLE: Answer = { outcome: 'not available here' satisfies NotAvailable };
/** A program that was to be killed had ended before, so that nothing was killed. */
const ENDED: Answer = { outcome: 'ended' };

/** The sockets and programs of one agent, and the operations on them. */
export class Session {
  readonly #native: Native;
  readonly #handles = new Map<string, Handle>();
  readonly #programs = new Map<string, Program>();
  #batches: Batches | null = null;
  #probes: Probes | null = null;
  #resets = 0;

  constructor(native: Native) {
    this.#native = native;
  }

  /**
   * Does the operations one after the other. With `halt` it stops after the first whose outcome is not `ok`.
   * @throws Error for what only a mistake in the harness can cause, for example an unknown name of a socket.
   */
  async run(operations: readonly Operation[], halt: boolean): Promise<Result[]> {
    const results: Result[] = [];
    for (const operation of operations) {
      const at = clock();
      const pending = this.#one(operation);
      // Most calls return at once. With a turn of the event loop for each, a long batch would spend most of its time on turns.
      const answer = pending instanceof Promise ? await pending : pending;
      results.push({ ...answer, at, took: Math.round((clock() - at) * 1000) / 1000 });
      if (halt && answer.outcome !== 'ok') break;
    }
    return results;
  }

  /** Does the operations as `run` does, and returns one text for each: its outcome, or the address and the port that it found. */
  async runTersely(operations: readonly Operation[]): Promise<string[]> {
    const words: string[] = [];
    for (const operation of operations) {
      const pending = this.#one(operation);
      const answer = pending instanceof Promise ? await pending : pending;
      words.push(answer.name === undefined ? answer.outcome : terseName(answer.name));
    }
    return words;
  }

  /**
   * Loads every module that is usually loaded when an operation first needs it: for an agent that becomes another user, who
   * may not be able to read the files of this package.
   */
  async loadAll(): Promise<void> {
    await Promise.all([this.#loadBatches(), this.#loadProbes(), loadSpawn()]);
  }

  /** Closes and ends everything. */
  reset(): void {
    this.#resets += 1;
    for (const name of this.#handles.keys()) this.#close(name, false);
    for (const name of this.#programs.keys()) this.#kill(name);
    this.#batches?.reset();
    this.#probes?.reset();
  }

  #one(operation: Operation): Answer | Promise<Answer> {
    if (!Object.hasOwn(this.#handlers, operation.op)) throw new Error(`unknown operation '${operation.op}'`);
    const handler = this.#handlers[operation.op] as (operation: Operation) => Answer | Promise<Answer>;
    return handler(operation);
  }

  readonly #handlers: Handlers = {
    socket: ({ as, family, type }) => {
      this.#unused(as);
      const fd = this.#native.socket(family, type);
      if (fd >= 0) this.#handles.set(as, new Handle(fd, family, type));
      return this.#answer(fd);
    },
    'stand-in': ({ as, of }) => {
      this.#unused(as);
      if (of === 'file' && process.platform === 'win32') return NOT_AVAILABLE;
      return ofFile(() => {
        const fd = of === 'file' ? openSync('/dev/null', 'r+') : NO_DESCRIPTOR;
        this.#handles.set(as, new Handle(fd, 'inet', 'dgram'));
        return OK;
      });
    },
    setsockopt: ({ on, option, value }) => {
      const { fd } = this.#socket(on);
      const set = this.#native.setter(option, value);
      return set === null ? NOT_AVAILABLE : this.#answer(set(fd));
    },
    getsockopt: ({ on, option }) => {
      const got = this.#native.getsockopt(this.#socket(on).fd, option);
      if (got === null) return NOT_AVAILABLE;
      const { returned, value } = got;
      return returned < 0 ? this.#answer(returned) : { ...OK, ...(value === undefined ? {} : { value }) };
    },
    bind: ({ on, address, port, scope, form }) => {
      const { fd, family } = this.#socket(on);
      const name = { address, port, ...(scope === undefined ? {} : { scope }) };
      return this.#answer(this.#native.bind(fd, family, name, form));
    },
    listen: ({ on, backlog }) => this.#answer(this.#native.listen(this.#socket(on).fd, backlog ?? DEFAULT_BACKLOG)),
    accept: (operation) => this.#accept(operation),
    connect: (operation) => this.#connect(operation),
    disconnect: ({ on, by }) => {
      const { fd } = this.#socket(on);
      if (by === undefined) return this.#answer(this.#native.disconnect(fd));
      const returned = this.#native.disconnectx(fd);
      return returned === null ? NOT_AVAILABLE : this.#answer(returned);
    },
    send: ({ on, data, to, from, flags = [] }) => {
      const { fd, family } = this.#socket(on);
      const bytes = Buffer.from(data);
      if (from !== undefined || flags.length > 0) {
        const told = this.#native.sendmsg(fd, bytes, { family, to, from, flags });
        return told === null || told < 0 ? this.#maybe(told) : { ...OK, bytes: told };
      }
      const sent = to ? this.#native.sendto(fd, bytes, family, to) : this.#native.send(fd, bytes);
      return sent < 0 ? this.#answer(sent) : { ...OK, bytes: sent };
    },
    recv: (operation) => this.#recv(operation),
    burst: (operation) => this.#burst(operation),
    drain: (operation) => this.#drain(operation),
    dup: ({ on, as }) => {
      const { fd } = this.#socket(on);
      this.#unused(as);
      return this.#keep(as, this.#native.dup(fd));
    },
    give: async ({ on, name, within }) => this.#maybe(await give(this.#native, this.#socket(on).fd, name, within)),
    take: async ({ as, name, within }) => {
      this.#unused(as);
      const taken = await take(this.#native, name, within);
      return taken === 'silence' ? SILENCE : this.#keep(as, taken);
    },
    descriptor: ({ on }) => ({ ...OK, value: this.#socket(on).fd, pid: process.pid }),
    fetch: ({ as, pid, descriptor }) => {
      this.#unused(as);
      return this.#keep(as, this.#native.fetch(pid, descriptor));
    },
    inspect: (operation) => inspect(this.#native, operation),
    'kernel-sockets': ({ protocol, family, port }) => {
      const sockets = this.#native.kernelSockets(protocol, family, port);
      return typeof sockets === 'number' || sockets === null ? this.#maybe(sockets) : { ...OK, sockets };
    },
    interface: ({ device }) => {
      const index = this.#native.interfaceIndex(device);
      return index === null || index < 0 ? this.#maybe(index) : { ...OK, value: index };
    },
    resolve: ({ name, family, configured }) => addressesOf(name, family, configured),
    getsockname: ({ on }) => this.#named(this.#native.getsockname(this.#socket(on).fd)),
    getpeername: ({ on }) => this.#named(this.#native.getpeername(this.#socket(on).fd)),
    shutdown: ({ on, how }) => this.#answer(this.#native.shutdown(this.#socket(on).fd, how)),
    close: ({ on, reset = false }) => this.#close(on, reset),
    poll: (operation) => this.#poll(operation),
    serve: ({ on, name, drop }) => {
      const handle = this.#socket(on);
      handle.service = new Service(this.#native, handle, name, drop ?? []);
      return OK;
    },
    served: ({ on }) => {
      const { service } = this.#socket(on);
      if (!service) throw new Error(`'${on}' does not serve`);
      return { ...OK, served: [...service.served] };
    },
    spawn: (operation) => this.#spawn(operation),
    output: (operation) => this.#output(operation),
    kill: ({ on }) => this.#kill(on),
    read: ({ path }) => ofFile(() => ({ ...OK, data: readFileSync(path, 'utf8') })),
    write: ({ path, data }) =>
      ofFile(() => {
        writeFileSync(path, data);
        return OK;
      }),
    batch: ({ as, kinds, sockets }) => this.#batching((batches) => batches.open(as, kinds, sockets)),
    'batch-accept': ({ on, within }) => this.#batching((batches) => batches.accept(on, within)),
    'batch-take': ({ on, as, count, within }) =>
      this.#batching((batches) => batches.take(this.#socket(on).fd, as, count, within)),
    'batch-await': ({ on, state, within }) => this.#batching((batches) => batches.await(on, state, within)),
    'batch-close': ({ on, how }) => this.#batching((batches) => batches.close(on, how)),
    'probe-send': (operation) => this.#probing((probes) => probes.send(operation)),
    'probe-drain': ({ on }) => this.#probing((probes) => probes.drain(this.#descriptors(on))),
    'probe-connect': (operation) => this.#probing((probes) => probes.connect(operation)),
    'probe-answer': ({ on }) => this.#probing((probes) => probes.answer(this.#descriptors(on))),
    'probe-settle': ({ on, ask }) => this.#probing((probes) => probes.settle(on, ask)),
    die: () => {
      for (const name of this.#programs.keys()) this.#kill(name);
      process.kill(process.pid, 'SIGKILL');
      throw new Error('the agent outlived SIGKILL');
    },
    reset: () => {
      this.reset();
      const open = this.#native.openSockets();
      return open === null ? OK : { ...OK, open };
    },
  };

  /**
   * Loads the module of batches when it is first needed: most agents make no batches, and every module makes them start
   * later. Once it is loaded, an operation begins at once, so that no operation of a later message is done before it.
   */
  #batching(use: (batches: Batches) => Answer | Promise<Answer>): Answer | Promise<Answer> {
    return this.#batches ? use(this.#batches) : this.#loadBatches().then(use);
  }

  async #loadBatches(): Promise<Batches> {
    const { Batches } = await import('./batches.ts');
    this.#batches ??= new Batches(this.#native);
    return this.#batches;
  }

  /** Loads the module of probes when it is first needed, as `#batching` does. */
  #probing(use: (probes: Probes) => Answer | Promise<Answer>): Answer | Promise<Answer> {
    return this.#probes ? use(this.#probes) : this.#loadProbes().then(use);
  }

  async #loadProbes(): Promise<Probes> {
    const { Probes } = await import('./probes/probes.ts');
    this.#probes ??= new Probes(this.#native);
    return this.#probes;
  }

  async #accept({ on, as, within = 0 }: Of<'accept'>): Promise<Answer> {
    const handle = this.#socket(on);
    this.#unused(as);
    const accepted = await this.#patiently(
      () => {
        this.#unused(as);
        return this.#native.accept(handle.fd);
      },
      (returned) => returned,
      on,
      within,
    );
    if (accepted === null) return SILENCE;
    if (accepted < 0) return this.#answer(accepted);
    this.#handles.set(as, new Handle(accepted, handle.family, 'stream'));
    const peer = this.#native.getpeername(accepted);
    return typeof peer === 'number' ? OK : { ...OK, from: peer };
  }

  async #connect({ on, address, port, scope, within = 0, ends = false, form }: Of<'connect'>): Promise<Answer> {
    const { fd, family, waiter } = this.#socket(on);
    const name: SocketName = { address, port, ...(scope === undefined ? {} : { scope }) };
    const returned = this.#native.connect(fd, family, name, form);
    if (returned >= 0 || !this.#native.inProgress(returned)) return this.#answer(returned);
    if (!(await this.#ready(on, waiter.begin('writable', within)))) return SILENCE;
    // On Linux only a further connect() does what a blocking one does at its end: it returns the result, and a failure
    // dissolves the connection (net/ipv4/af_inet.c, __inet_stream_connect). SO_ERROR leaves the local address.
    const ended = ends && process.platform === 'linux';
    return this.#answer(ended ? this.#native.connect(fd, family, name, form) : this.#native.takeError(fd));
  }

  /** Sends datagrams, each from a socket of its own, until one call fails; `value` is how many were sent. */
  #burst({ family, to, count, from, data: text = 'x' }: Of<'burst'>): Answer {
    const native = this.#native;
    const data = Buffer.from(text);
    for (let sent = 0; sent < count; sent += 1) {
      const fd = native.socket(family, 'dgram');
      if (fd < 0) return { ...this.#answer(fd), value: sent };
      const bound = from === undefined ? 0 : native.bind(fd, family, { address: from, port: 0 });
      const returned = bound < 0 ? bound : native.sendto(fd, data, family, to);
      native.close(fd);
      if (returned < 0) return { ...this.#answer(returned), value: sent };
    }
    return { ...OK, value: count };
  }

  #drain({ on }: Of<'drain'>): Answer {
    const { fd, type } = this.#socket(on);
    const counts = new Map<string, number>();
    for (let taken = 0; taken < MOST_DRAINED; taken += 1) {
      const found = type === 'dgram' ? this.#takeDatagram(fd) : this.#takeConnection(fd);
      if (typeof found === 'number') {
        // An error that had been queued at a UDP socket was taken by this call, and what waits is still there.
        if (type === 'dgram' && !this.#native.wouldBlock(found)) continue;
        if (!this.#native.wouldBlock(found)) return this.#answer(found);
        break;
      }
      counts.set(found, (counts.get(found) ?? 0) + 1);
    }
    return { ...OK, counts: Object.fromEntries(counts) };
  }

  #takeDatagram(fd: number): string | Returned {
    const { bytes, data } = this.#native.recv(fd, DEFAULT_ROOM);
    return bytes < 0 ? bytes : data.toString();
  }

  #takeConnection(fd: number): string | Returned {
    const accepted = this.#native.accept(fd);
    if (accepted < 0) return accepted;
    const peer = this.#native.getpeername(accepted);
    this.#native.abort(accepted);
    return typeof peer === 'number' ? 'gone' : `${peer.address} ${peer.port}`;
  }

  /** Keeps a descriptor that was not made by socket() or accept(), under a name. */
  #keep(as: string, fd: Returned | null): Answer {
    if (fd === null || fd < 0) return this.#maybe(fd);
    const kind = this.#native.kindOf(fd);
    if (typeof kind === 'number') {
      this.#native.close(fd);
      return this.#answer(kind);
    }
    this.#handles.set(as, new Handle(fd, kind.family, kind.type));
    return OK;
  }

  async #recv({ on, within = 0, size = DEFAULT_ROOM, flags = [] }: Of<'recv'>): Promise<Answer> {
    const { fd, type } = this.#socket(on);
    const got = await this.#patiently(
      () => (flags.length === 0 && type === 'stream' ? this.#native.recv(fd, size) : this.#message(fd, size, flags)),
      (message) => message?.bytes ?? 0,
      on,
      within,
    );
    if (got === null) return SILENCE;
    if (got === undefined) return NOT_AVAILABLE;
    if (got.bytes < 0) return this.#answer(got.bytes);
    if (got.bytes === 0 && type === 'stream') return { outcome: 'eof' };
    return {
      ...OK,
      data: got.data.toString(),
      bytes: got.bytes,
      ...(got.from === null ? {} : { from: got.from }),
      ...(got.to === null ? {} : { to: got.to }),
      ...(got.interface === undefined ? {} : { interface: got.interface }),
      ...(got.flags === undefined || got.flags.length === 0 ? {} : { flags: got.flags }),
      ...(got.error === undefined ? {} : { error: got.error }),
    };
  }

  /** The result of recvmsg(); undefined where the system can't do what is asked. */
  #message(fd: number, size: number, flags: readonly MessageFlag[]) {
    const message = this.#native.recvmsg(fd, size, flags);
    if (message !== null) return message;
    return flags.length === 0 ? this.#native.recv(fd, size) : undefined;
  }

  async #poll({ on, within }: Of<'poll'>): Promise<Answer> {
    const waits: { name: string; wait: Wait }[] = [];
    const stop = () => {
      for (const { wait } of waits) wait.stop();
    };
    try {
      for (const name of on) waits.push({ name, wait: this.#socket(name).waiter.begin('readable', within) });
    } catch (error) {
      stop();
      throw error;
    }
    // One socket is enough to stop, but after this turn of the event loop: in it, all sockets that can be read now report it.
    for (const { wait } of waits) void wait.ended.then(() => setImmediate(stop));
    const ready: string[] = [];
    for (const { name, wait } of waits) if (await this.#ready(name, wait)) ready.push(name);
    return ready.length === 0 ? SILENCE : { ...OK, ready };
  }

  async #spawn({ as, command, args, inherit = [] }: Of<'spawn'>): Promise<Answer> {
    if (inherit.length > 0 && process.platform === 'win32') return NOT_AVAILABLE;
    const inherited = inherit.map((name) => this.#socket(name).fd);
    const resets = this.#resets;
    const spawn = await loadSpawn();
    if (resets !== this.#resets) throw new Error(`'${as}' was not started: everything was reset`);
    if (this.#programs.has(as)) throw new Error(`there is a program '${as}' already`);
    const program = startProgram(spawn, command, args, inherited);
    // Kept from the moment it runs, so that a reset at any later moment ends it.
    this.#programs.set(as, program);
    const failure = await program.started;
    if (failure === null) return { ...OK, ...(program.child.pid === undefined ? {} : { pid: program.child.pid }) };
    if (this.#programs.get(as) === program) this.#programs.delete(as);
    return { outcome: failure };
  }

  async #output({ on, within = 0 }: Of<'output'>): Promise<Answer> {
    const program = this.#program(on);
    if (within > 0) await endedWithin(program, within);
    return { ...OK, data: program.output, ...(program.exit === null ? {} : { exit: program.exit }) };
  }

  /** Makes a call; if it would block, makes it again as soon as the socket is ready. Null when `within` ran out. */
  async #patiently<T>(call: () => T, code: (value: T) => Returned, on: string, within: number): Promise<T | null> {
    const { waiter } = this.#socket(on);
    const deadline = clock() + within;
    for (;;) {
      const value = call();
      const returned = code(value);
      if (returned >= 0 || !this.#native.wouldBlock(returned)) return value;
      const left = deadline - clock();
      const since = clock();
      if (left <= 0 || !(await this.#ready(on, waiter.begin('readable', left)))) return null;
      // The socket is ready, but not for this call: for example it has data, and the call waits for an error.
      if (clock() - since < 1) await after(1);
    }
  }

  /**
   * Whether a wait ended in time. @throws Error when its socket was closed first: no one knows what would have arrived,
   * so this must not count as silence.
   */
  async #ready(name: string, wait: Wait): Promise<boolean> {
    const ended = await wait.ended;
    if (ended === 'closed') throw new Error(`'${name}' was closed while something waited on it`);
    return ended === 'ready';
  }

  #maybe(returned: Returned | null): Answer {
    return returned === null ? NOT_AVAILABLE : this.#answer(returned);
  }

  #answer(returned: Returned): Answer {
    return returned >= 0 ? OK : { outcome: this.#native.errnoName(-returned), errno: -returned };
  }

  #named(name: SocketName | Returned): Answer {
    return typeof name === 'number' ? this.#answer(name) : { ...OK, name };
  }

  #close(name: string, reset: boolean): Answer {
    const handle = this.#socket(name);
    this.#handles.delete(name);
    handle.service?.close();
    handle.waiter.close();
    return this.#answer(reset ? this.#native.abort(handle.fd) : this.#native.close(handle.fd));
  }

  #kill(name: string): Answer {
    const killed = this.#program(name).child.kill('SIGKILL');
    this.#programs.delete(name);
    return killed ? OK : ENDED;
  }

  #unused(name: string): void {
    if (this.#handles.has(name)) throw new Error(`there is a socket '${name}' already`);
  }

  #socket(name: string): Handle {
    const handle = this.#handles.get(name);
    if (!handle) throw new Error(`there is no socket '${name}'`);
    return handle;
  }

  /** The descriptors of a batch, or of sockets by their names. @throws Error for a name that was never given */
  #descriptors(on: string | readonly string[]): readonly number[] {
    if (typeof on !== 'string') return on.map((name) => this.#socket(name).fd);
    if (!this.#batches) throw new Error(`there is no batch '${on}'`);
    return this.#batches.descriptors(on);
  }

  #program(name: string): Program {
    const program = this.#programs.get(name);
    if (!program) throw new Error(`there is no program '${name}'`);
    return program;
  }
}

/** The result of a call on a file. @throws Error that does not come from a call, for example for a text too long for Node */
function ofFile(call: () => Answer): Answer {
  try {
    return call();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    return { outcome: code };
  }
}
