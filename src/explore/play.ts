import { OPTIONS } from '../model/options.ts';
import type { Simulation } from '../model/world.ts';
import type { NextSocket, Operation as ModelOperation, Options, Outcome, RuleId } from '../model/types.ts';
import type { Operation } from '../protocol/messages.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { formatSequence } from './notation.ts';
import { isInet, type Owner, type Sequence, type Step } from './sequence.ts';
import { paced } from '../process/pace.ts';

/** The users that own sockets; with one user, both owners are processes of it. */
export type Uids = Readonly<Record<Owner, number>>;

/** What a step takes: first what the peers do, then what the owner does. The last operation but a question decides. */
export interface Move {
  readonly owner: Owner;
  readonly peer: readonly Operation[];
  readonly operations: readonly Operation[];
}

/** What the model allows; without a rule where it takes for granted that a step works. */
interface Expected {
  readonly outcomes: readonly Outcome[];
  readonly rule?: RuleId;
}

/** A step that was done: what the model predicted and what happened. */
export interface Played {
  readonly step: Step;
  readonly prediction: Expected;
  readonly outcome: string;
}

interface Present {
  readonly step: Extract<Step, { op: 'bind' }>;
  readonly owner: Owner;
  readonly child: boolean;
  /** Whether it had a peer once: what a disconnect leaves of its name may no longer be what it was bound to. */
  wasConnected: boolean;
  state: 'unbound' | 'bound' | 'listening' | 'shut-down' | 'connected';
  options: Options;
}

export interface PlaySettings {
  readonly port: number;
  readonly uids: Uids;
  /** The simulation of a port with no socket on it. */
  readonly simulation: Simulation;
  /** The ports to which it connects, one for each connection of a sequence. */
  readonly peers: readonly number[];
  /** What the names of its sockets begin with, so that the agents can tell those of several plays apart. */
  readonly prefix: string;
}

/**
 * One sequence, played on one port of the real system and of the model, in lockstep: the model goes on with what
 * happened. It makes no call itself; it says what is to be called, and is told what came of it.
 */
export class Play {
  readonly played: Played[] = [];
  readonly #sequence: Sequence;
  readonly #settings: PlaySettings;
  readonly #sockets = new Map<number, Present>();
  #simulation: Simulation;
  #place = 0;
  #connections = 0;
  #clients = 0;
  #mismatch = false;

  constructor(sequence: Sequence, settings: PlaySettings) {
    this.#sequence = sequence;
    this.#settings = settings;
    this.#simulation = settings.simulation;
  }

  /** Whether what happened last is not among what the model allows; nothing is played after that. */
  get mismatch(): boolean {
    return this.#mismatch;
  }

  /** Of what went wrong while it was played. */
  failure(what: string): HarnessError {
    return new HarnessError(`${what}, while playing '${formatSequence(this.#sequence)}'`);
  }

  /** What the next step takes that can be done now; undefined when there is none left. */
  next(): Move | undefined {
    while (!this.#mismatch && this.#place < this.#sequence.steps.length) {
      const step = this.#sequence.steps[this.#place];
      const move = step === undefined ? undefined : this.#move(step);
      if (move !== undefined) return move;
      this.#place += 1;
    }
    return undefined;
  }

  /**
   * Takes what the owner's operations of a move came to.
   * @throws HarnessError when a call failed that is only there to prepare.
   */
  settle(move: Move, outcomes: readonly string[]): void {
    const step = this.#sequence.steps[this.#place];
    if (step === undefined) throw new Error('nothing was being played');
    this.#place += 1;
    const asks = move.operations.at(-1)?.op === 'getsockname';
    const decisive = move.operations.length - (asks ? 2 : 1);
    for (const [index, outcome] of outcomes.slice(0, decisive).entries()) {
      if (outcome !== 'ok') throw this.failure(`${move.operations[index]?.op} returned ${outcome}`);
    }
    const outcome = outcomes[decisive] ?? 'nothing';
    if (outcome === 'silence') throw this.failure(`${step.op} was not answered`);
    const prediction = this.#follow(step, outcome, asks ? (outcomes[decisive + 1] ?? '') : '');
    this.#mismatch = !prediction.outcomes.some((allowed) => plain(allowed) === plain(outcome));
    this.played.push({ step, prediction, outcome });
  }

  /** What has to be done before its sockets are closed, so that nothing is left on the port, by owner. */
  cleaning(): { readonly owner: Owner; readonly operation: Operation }[] {
    if (this.#sequence.protocol === 'udp') return [];
    return [...this.#sockets]
      .filter(([, { state }]) => state === 'connected')
      .map(([socket, { owner }]) => ({ owner, operation: { op: 'close', on: this.#name(socket), reset: true } }));
  }

  #move(step: Step): Move | undefined {
    const on = this.#name(step.socket);
    const { protocol } = this.#sequence;
    if (step.op === 'bind') return { owner: step.owner, peer: [], operations: this.#open(step) };
    if (step.op === 'accept') return this.#accept(step);
    const present = this.#sockets.get(step.socket);
    if (present === undefined) return undefined;
    const { owner, state, child } = present;
    const move = (...operations: Operation[]): Move => ({ owner, peer: [], operations });
    switch (step.op) {
      case 'rebind':
        return child ? undefined : move(this.#bind(step.socket, present));
      case 'set':
        return move({ op: 'setsockopt', on, option: OPTIONS[step.option].name, value: step.value ? 1 : 0 });
      case 'listen':
        // listen() on an unbound TCP socket takes a port of the system's choice, which is another subject.
        return state === 'unbound' ? undefined : move({ op: 'listen', on });
      case 'connect': {
        if (state !== 'bound' || child || !meets(present.step, step.to)) return undefined;
        const port = this.#settings.peers[this.#connections];
        if (port === undefined) return undefined;
        this.#connections += 1;
        const address = present.step.family === 'inet6' && isInet(step.to) ? `::ffff:${step.to}` : step.to;
        return move({ op: 'connect', on, address, port, within: paced(PATIENCE) }, { op: 'getsockname', on });
      }
      case 'disconnect':
        return state === 'connected' && !child ? move({ op: 'disconnect', on }) : undefined;
      case 'shutdown':
        return protocol === 'tcp' && state === 'listening' ? move({ op: 'shutdown', on, how: 'both' }) : undefined;
      case 'close':
        // A connection is reset, so that closing leaves no FIN_WAIT or TIME_WAIT behind.
        return move({ op: 'close', on, ...(state === 'connected' && protocol === 'tcp' ? { reset: true } : {}) });
    }
  }

  #open(step: Extract<Step, { op: 'bind' }>): Operation[] {
    const on = this.#name(step.socket);
    const type = this.#sequence.protocol === 'udp' ? 'dgram' : 'stream';
    const operations: Operation[] = [{ op: 'socket', as: on, family: step.family, type }];
    if (step.family === 'inet6') {
      operations.push({ op: 'setsockopt', on, option: 'IPV6_V6ONLY', value: step.v6only ? 1 : 0 });
    }
    for (const option of step.options) {
      operations.push({ op: 'setsockopt', on, option: OPTIONS[option].name, value: 1 });
    }
    operations.push({ op: 'bind', on, address: step.address, port: this.#settings.port });
    return operations;
  }

  #bind(socket: number, { step }: Present): Operation {
    return { op: 'bind', on: this.#name(socket), address: step.address, port: this.#settings.port };
  }

  /** Only where there is one listener, because which of several is chosen is another subject. */
  #accept(step: Extract<Step, { op: 'accept' }>): Move | undefined {
    const listener = this.#sockets.get(step.listener);
    const listening = [...this.#sockets.values()].filter(({ state }) => state === 'listening');
    if (listener?.state !== 'listening' || listening.length !== 1) return undefined;
    if (listener.wasConnected || !meets(listener.step, step.to) || !isAt(listener.step, step.to)) return undefined;
    if (this.#sockets.has(step.socket)) return undefined;
    this.#clients += 1;
    const client = `${this.#settings.prefix}client${this.#clients}`;
    const as = this.#name(step.socket);
    return {
      owner: listener.owner,
      peer: [
        { op: 'socket', as: client, family: isInet(step.to) ? 'inet' : 'inet6', type: 'stream' },
        { op: 'connect', on: client, address: step.to, port: this.#settings.port, within: paced(PATIENCE) },
      ],
      operations: [
        { op: 'accept', on: this.#name(step.listener), as, within: paced(PATIENCE) },
        { op: 'getsockname', on: as },
      ],
    };
  }

  /** Takes the step in the model and in what is known of the sockets. */
  #follow(step: Step, outcome: string, local: string): Expected {
    const happened = outcome as Outcome;
    const ok = outcome === 'ok';
    if (step.op === 'bind') {
      const present: Present = {
        step,
        owner: step.owner,
        child: false,
        wasConnected: false,
        state: ok ? 'bound' : 'unbound',
        options: Object.fromEntries(step.options.map((option) => [option, true])),
      };
      this.#sockets.set(step.socket, present);
      return this.#take({ op: 'bind', socket: step.socket, ...this.#next(present) }, happened);
    }
    const present = this.#sockets.get(step.op === 'accept' ? step.listener : step.socket);
    if (present === undefined) throw new Error(`there is no socket ${step.socket}`);
    const unbound = present.state === 'unbound';
    switch (step.op) {
      case 'rebind': {
        if (ok) present.state = 'bound';
        return this.#take({ op: 'bind', socket: step.socket, ...this.#next(present) }, happened);
      }
      case 'set': {
        const options = { [step.option]: step.value };
        if (ok) present.options = { ...present.options, ...options };
        return unbound ? GIVEN : this.#take({ op: 'set', socket: step.socket, options }, happened);
      }
      case 'listen': {
        const prediction = this.#take({ op: 'listen', socket: step.socket }, happened);
        if (ok) present.state = 'listening';
        return prediction;
      }
      case 'connect': {
        if (!ok) return GIVEN;
        present.state = 'connected';
        present.wasConnected = true;
        return this.#take({ op: 'connect', socket: step.socket, local }, happened);
      }
      case 'disconnect': {
        if (ok) present.state = 'bound';
        return this.#take({ op: 'disconnect', socket: step.socket }, happened);
      }
      case 'accept': {
        if (!ok) return GIVEN;
        this.#sockets.set(step.socket, { ...present, child: true, wasConnected: true, state: 'connected' });
        const uid = this.#settings.uids[present.owner];
        return this.#take({ op: 'accept', socket: step.socket, listener: step.listener, local, uid }, happened);
      }
      case 'shutdown': {
        if (ok) present.state = 'shut-down';
        return this.#take({ op: 'shutdown', socket: step.socket }, happened);
      }
      case 'close': {
        this.#sockets.delete(step.socket);
        return unbound ? GIVEN : this.#take({ op: 'close', socket: step.socket }, happened);
      }
    }
  }

  #next({ step, options, owner }: Present): NextSocket {
    const { family, address, v6only } = step;
    const { port, uids } = this.#settings;
    return { protocol: this.#sequence.protocol, family, address, v6only, port, options, uid: uids[owner] };
  }

  #take(operation: ModelOperation, happened: Outcome): Expected {
    const { prediction, after } = this.#simulation.step(operation, happened);
    this.#simulation = after;
    return prediction;
  }

  #name(socket: number): string {
    return `${this.#settings.prefix}s${socket}`;
  }
}

/** What the models take for granted: a connection inside one machine, an option, the close of a socket without a name. */
const GIVEN: Expected = { outcomes: ['ok'] };

/** Windows has names of its own for the same errors; they are the same when another system's model is asked. */
function plain(outcome: string): string {
  return outcome.replace(/^WSA/, '');
}

/** Milliseconds to wait for a connection inside one quiet machine, which takes less than one. */
const PATIENCE = 5000;

/** Whether a socket of that name can have to do with an address of that form at all. */
function meets({ family, address, v6only }: Extract<Step, { op: 'bind' }>, to: string): boolean {
  if (isInet(to)) return family === 'inet' || address.startsWith('::ffff:') || (address === '::' && !v6only);
  return family === 'inet6' && !address.startsWith('::ffff:');
}

/** Whether a socket of that name is found at the address. */
function isAt({ address }: Extract<Step, { op: 'bind' }>, to: string): boolean {
  const own = address.replace(/^::ffff:/, '');
  return own === '0.0.0.0' || own === '::' || own === to;
}
