import type { Family, RuleId } from '../model/types.ts';
import type { Simulation } from '../model/world.ts';
import type { Operation } from '../protocol/messages.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { paced } from '../process/pace.ts';
import { isWildcard, unmapped } from '../model/address.ts';
import { nameFromTerse } from '../protocol/terse-name.ts';
import { familyReached, reached } from './addresses.ts';
import { Follower, type Present } from './follow.ts';
import { formatPlan } from './notation.ts';
import { callOf, makingCalls, typeOf, type Devices } from './operations.ts';
import { BadPlan } from './bad-plan.ts';
import { isPossible } from './possible.ts';
import {
  makingOf,
  protocolOf,
  usedBy,
  usesOtherEnd,
  type Leaving,
  type Making,
  type Owner,
  type Plan,
  type ProbeStep,
  type SocketStep,
  type Step,
} from './plan.ts';
import { NOT_KNOWN } from './probe.ts';
import type { DeviceAddresses } from './script-network.ts';
import type { Receiving, Probed, ProbeRound } from './probing.ts';

/** The users of the two owners of the machine; if there is one user, both owners are processes of it. */
export type Uids = Readonly<Record<1 | 2, number>>;

/** Whether the processes of the two owners may bind low ports, as far as that is known. */
export type Privileged = Readonly<Partial<Record<1 | 2, boolean>>>;

/**
 * The operations that a step needs, in this order. The last of the owner's operations decides; a question at the end does
 * not.
 */
export interface Move {
  readonly owner: Owner;
  /** The operations that the peers do first. */
  readonly peer: readonly Operation[];
  readonly operations: readonly Operation[];
  /** The operations that the peers do afterwards, when everything that is on its way has arrived. */
  readonly after?: readonly Operation[];
  /** Probes in place of operations: all that follow one another in the plan, because they change nothing. */
  readonly probes?: ProbeRound;
}

/** The outcomes of a step that the model allows. There is no rule where the model assumes that a step works. */
export interface AllowedOutcomes {
  readonly outcomes: readonly string[];
  readonly rule?: RuleId;
}

/** A step that was done: what the model predicted and what happened. */
export interface Played {
  readonly step: Step;
  readonly prediction: AllowedOutcomes;
  readonly outcome: string;
}

/** A peer to connect to: a port, and the listeners that accept connections to it, where there are any. */
export interface PlayPeer {
  readonly port: number;
  readonly listeners?: Readonly<Record<Family, string>>;
}

export interface PlaySettings {
  readonly port: number;
  readonly uids: Uids;
  /** Whether the processes of an owner may bind low ports, where that is known; else only root may. */
  readonly privileged?: Privileged;
  /** The simulation of a port with no socket on it: of the machine, or of the neighbour. */
  readonly simulate: (host: 'machine' | 'neighbour') => Simulation;
  /** The device by which a probe comes in, where the model could not know it from the address. */
  readonly arrivesBy?: (step: ProbeStep) => string | undefined;
  /** The call that a disconnect is: connect() to AF_UNSPEC unless named. */
  readonly disconnects?: 'disconnectx';
  /** Whether the system can be made to acknowledge at once that the other end of a connection has closed. */
  readonly quickAck?: boolean;
  /** The interfaces of the machine by their names, for joining groups. */
  readonly devices?: Devices;
  /** The addresses of each interface; without them, every address is on every interface. */
  readonly addressesOf?: DeviceAddresses;
  /** The peers that it connects to, one for each connection of a plan. */
  readonly peers: readonly PlayPeer[];
  /** The beginning of the names of its sockets, so that the agents can tell apart the sockets of several plays. */
  readonly prefix: string;
}

/** The user of a socket. */
function uidOf({ owner, uid }: Making, uids: Uids): number {
  return uid ?? uids[owner === 'neighbour' ? 1 : owner];
}

/**
 * The plan with owners in place of the users that it names.
 * @throws BadPlan when it names a user that is not the user of an owner
 */
export function withOwners({ protocol, steps }: Plan, uids: Uids): Plan {
  const owned = (making: Making): Making => {
    const { uid, ...rest } = making;
    if (uid === undefined || uidOf(rest, uids) === uid) return rest;
    const owner = ([1, 2] as const).find((one) => uids[one] === uid);
    if (owner !== undefined && making.owner !== 'neighbour') return { ...rest, owner };
    const known = [...new Set([uids[1], uids[2]])].join(' and ');
    throw new BadPlan(`there is no user ${uid} here: sockets are made by ${known}; leave out uid=${uid}, or write @2`);
  };
  const all = steps.map((step): Step => {
    if (makingOf(step)?.uid === undefined) return step;
    if (step.op === 'open') return { op: step.op, socket: step.socket, ...owned(step) };
    return step.op === 'bind' && step.makes !== undefined ? { ...step, makes: owned(step.makes) } : step;
  });
  return { protocol, steps: all };
}

/**
 * One plan, played on one port of the real system and of the model, in lockstep: the model goes on with what happened.
 * The play makes no call itself; it says which calls to make, and the caller passes in what they returned.
 */
export class Play {
  readonly played: Played[] = [];
  /** The ports that the system chose for its sockets, and for the other ends of their connections. */
  readonly chosenPorts = new Set<number>();
  readonly #plan: Plan;
  readonly #settings: PlaySettings;
  /** The other ends of connections, by the sockets that have them: the operations that get each, its name and address. */
  readonly #others = new Map<
    number,
    { readonly taken: readonly Operation[]; readonly name: string; readonly at: string }
  >();
  #follower: Follower;
  /** The port of the plan, and whether a step has used it. */
  #port: number;
  #portUsed = false;
  #place = 0;
  #connections = 0;
  #clients = 0;
  #mismatch = false;

  constructor(plan: Plan, settings: PlaySettings) {
    this.#plan = plan;
    this.#settings = settings;
    const { port, uids, privileged: known = {}, simulate, arrivesBy, disconnects } = settings;
    this.#port = port;
    const userOf = (making: Making) => {
      const privileged = making.owner === 'neighbour' ? undefined : known[making.owner];
      return { uid: uidOf(making, uids), ...(privileged === undefined ? {} : { privileged }) };
    };
    const asking = {
      protocol: plan.protocol,
      port,
      userOf,
      simulate,
      ...(arrivesBy === undefined ? {} : { arrivesBy }),
      ...(disconnects === undefined ? {} : { disconnects }),
    };
    this.#follower = new Follower(asking);
  }

  /** Whether the model does not allow what happened last; nothing is played after that. */
  get mismatch(): boolean {
    return this.#mismatch;
  }

  /** The error for something that went wrong while this plan was played. */
  failure(what: string): HarnessError {
    return new HarnessError(`${what}, while playing '${formatPlan(this.#plan)}'`);
  }

  /** The operations of the next step that is possible now; undefined when there is none left. */
  next(): Move | undefined {
    while (!this.#mismatch && this.#place < this.#plan.steps.length) {
      const step = this.#plan.steps[this.#place];
      const move = step === undefined ? undefined : this.#move(step);
      if (move !== undefined) return move;
      this.#place += 1;
    }
    return undefined;
  }

  /**
   * Takes what the owner's operations of a move returned.
   * @throws HarnessError when a call failed that only prepares.
   */
  settle(move: Move, outcomes: readonly string[]): void {
    const step = this.#plan.steps[this.#place];
    if (step === undefined || step.op === 'probe') throw new Error('no step on a socket was being played');
    this.#place += 1;
    const asks = move.operations.at(-1)?.op === 'getsockname';
    const decisive = move.operations.length - (asks ? 2 : 1);
    for (const [index, outcome] of outcomes.slice(0, decisive).entries()) {
      if (outcome !== 'ok') throw this.failure(`${move.operations[index]?.op} returned ${outcome}`);
    }
    const returned = outcomes[decisive] ?? 'nothing';
    // A connect() that is not answered has told its caller that it goes on.
    const outcome = step.op === 'connect' && returned === 'silence' ? 'EINPROGRESS' : returned;
    const { address: local, port: localPort } = asks ? nameFromTerse(outcomes[decisive + 1] ?? '') : {};
    const peerPort = step.op === 'connect' ? portOf(move) : undefined;
    const autobinds = step.op === 'connect' && this.#sockets.get(step.socket)?.state === 'unbound';
    const { allowed, after } = this.#follower.step(step, outcome, { local, localPort, peerPort });
    this.#follower = after;
    if (step.op === 'bind' && step.port === undefined) this.#portUsed = true;
    const hasPort = autobinds && this.#sockets.get(step.socket)?.state !== 'unbound';
    if (hasPort && localPort !== undefined) {
      this.chosenPorts.add(localPort);
      if (!this.#portUsed) this.#usePort(localPort);
    }
    this.#note({ step, prediction: allowed, outcome });
  }

  /** Takes who received the probes of a move, in the order of the probes. */
  settleProbes({ probes }: Pick<ProbeRound, 'probes'>, outcomes: readonly Probed[]): void {
    for (const [index, { step, prediction }] of probes.entries()) {
      this.#place += 1;
      this.#note({ step, prediction, outcome: outcomes[index] ?? 'nothing' });
      if (this.#mismatch) return;
    }
  }

  /** Takes the failure of the other end, without which the step of the owner cannot be done, for the outcome of that step. */
  settlePeer(what: string): void {
    const step = this.#plan.steps[this.#place];
    if (step === undefined || step.op === 'probe') throw new Error('no step on a socket was being played');
    this.#place += 1;
    const { allowed } = this.#follower.step(step);
    this.#note({ step, prediction: allowed, outcome: what });
  }

  /** Takes the name of the other end of a connection. */
  settleClient(name: string): void {
    const { port } = nameFromTerse(name);
    if (port !== undefined) this.chosenPorts.add(port);
  }

  /** Takes a failure of the other end after the owner's call for the outcome of that step. */
  settleEnd(what: string): void {
    const last = this.played.pop();
    if (last === undefined) throw new Error('no step was played');
    this.#note({ ...last, outcome: what });
  }

  /** The port that connect() chose is that of the plan, if no step has used another one before. */
  #usePort(port: number): void {
    this.#portUsed = true;
    this.#port = port;
    this.#follower = this.#follower.at(port);
  }

  #note(played: Played): void {
    this.#mismatch = !isAllowed(played.prediction, played.outcome);
    this.played.push(played);
  }

  /** The operations that are needed before its sockets are closed, so that nothing is left on the port, by owner. */
  cleaning(): { readonly owner: Owner; readonly operation: Operation }[] {
    return [...this.#sockets]
      .filter(([, socket]) => this.#isConnection(socket))
      .map(([number, { making }]) => ({
        owner: making.owner,
        operation: { op: 'close', on: this.#name(number), reset: true },
      }));
  }

  get #sockets(): ReadonlyMap<number, Present> {
    return this.#follower.sockets;
  }

  #move(step: Step): Move | undefined {
    const { protocol } = this.#plan;
    if (!isPossible(step, this.#sockets, protocol) || this.#isCutOff(step)) return undefined;
    if (step.op === 'probe') return { owner: 1, peer: [], operations: [], probes: this.#probes() };
    const on = this.#name(step.socket);
    const making = makingOf(step);
    if (making !== undefined) {
      const operations = [...makingCalls(on, making, protocol), ...(step.op === 'bind' ? [this.#bind(step)] : [])];
      return { owner: making.owner, peer: [], operations };
    }
    const present = this.#sockets.get(step.op === 'accept' ? step.listener : step.socket);
    if (present === undefined) return undefined;
    const move = (...operations: Operation[]): Move => ({ owner: present.making.owner, peer: [], operations });
    switch (step.op) {
      case 'open':
        return undefined;
      case 'bind':
        return move(this.#bind(step));
      case 'set':
      case 'join':
      case 'leave':
      case 'listen':
      case 'shutdown':
        return move(callOf(on, step, this.#settings.devices));
      case 'disconnect': {
        const { disconnects: by } = this.#settings;
        return move({ op: 'disconnect', on, ...(by === undefined ? {} : { by }) });
      }
      case 'connect':
        return this.#connect(step, present);
      case 'accept':
        return this.#accept(step, present);
      case 'peer-close':
        return this.#peerClose(step, present);
      case 'close':
        if (step.leaves !== undefined) return this.#leave(step, present);
        // Resets a connection, so that close() leaves no FIN_WAIT or TIME_WAIT on the port.
        return move({ op: 'close', on, ...(this.#isConnection(present) ? { reset: true } : {}) });
    }
  }

  /**
   * Whether a TCP connection of a tied socket would never be established, or never end: the packets to an address of the
   * machine come in by the interface that has the address.
   */
  #isCutOff(step: Step): boolean {
    const to = this.#otherAddress(step);
    const used = usedBy(step);
    const present = used === undefined ? undefined : this.#sockets.get(used);
    const { addressesOf } = this.#settings;
    if (to === undefined || present?.device === undefined || addressesOf === undefined) return false;
    if (protocolOf(present.making, this.#plan.protocol) === 'udp') return false;
    const own = addressesOf[present.device] ?? [];
    // It may keep the address that an earlier connect() has given it, and the answers go there.
    const local = unmapped(present.local ?? '');
    return !own.includes(to) || (local !== '' && !isWildcard(local) && !own.includes(local));
  }

  /** The address at which the other end of a connection is, for a step that needs an answer from there. */
  #otherAddress(step: Step): string | undefined {
    if (step.op === 'connect' || step.op === 'accept') return step.to;
    return usesOtherEnd(step) ? this.#others.get(step.socket)?.at : undefined;
  }

  /** The probes from this place on, up to the next step that changes something, and the sockets that may receive. */
  #probes(): ProbeRound {
    const { protocol, steps } = this.#plan;
    const from = steps.slice(this.#place);
    const end = from.findIndex(({ op }) => op !== 'probe');
    const probes = from
      .slice(0, end < 0 ? from.length : end)
      .flatMap((step) => (step.op === 'probe' ? [{ step, prediction: this.#follower.probe(step) }] : []));
    const receiving = [...this.#sockets].flatMap(([socket, { making, state, child }]): Receiving[] => {
      const own = protocolOf(making, protocol);
      if (child || (own === 'tcp' ? state !== 'listening' : state === 'unbound')) return [];
      return [{ socket, owner: making.owner, name: this.#name(socket), protocol: own }];
    });
    return { port: this.#port, protocol, probes, receiving };
  }

  #bind(step: Extract<SocketStep, { op: 'bind' }>): Operation {
    const port = step.port ?? this.#port;
    return { op: 'bind', on: this.#name(step.socket), address: step.address, port };
  }

  #connect(step: Extract<SocketStep, { op: 'connect' }>, { making }: Present): Move | undefined {
    const on = this.#name(step.socket);
    const peer = this.#settings.peers[this.#connections];
    if (peer === undefined) return undefined;
    this.#connections += 1;
    const address = reached(making, step.to);
    const isHopeless = this.#follower.step(step).allowed.outcomes[0] === 'ETIMEDOUT';
    const other = `${this.#settings.prefix}other${this.#connections}`;
    if (peer.listeners !== undefined && step.port === undefined) {
      const listener = peer.listeners[familyReached(address)];
      const taken: Operation[] = [{ op: 'accept', on: listener, as: other, within: paced(PATIENCE) }];
      this.#others.set(step.socket, { taken, name: other, at: step.to });
    }
    return {
      owner: making.owner,
      peer: [],
      operations: [
        {
          op: 'connect',
          on,
          address,
          port: step.port ?? peer.port,
          within: isHopeless ? BRIEFLY : paced(PATIENCE),
          // Someone may not listen at a port that the plan names.
          ...(step.port === undefined ? {} : { ends: true }),
        },
        { op: 'getsockname', on },
      ],
    };
  }

  #accept(step: Extract<SocketStep, { op: 'accept' }>, listener: Present): Move {
    this.#clients += 1;
    const client = `${this.#settings.prefix}client${this.#clients}`;
    const as = this.#name(step.socket);
    const port = listener.name?.port ?? this.#port;
    this.#others.set(step.socket, { taken: [], name: client, at: step.to });
    return {
      owner: listener.making.owner,
      peer: [
        { op: 'socket', as: client, family: familyReached(step.to), type: typeOf('tcp') },
        { op: 'connect', on: client, address: step.to, port, within: paced(PATIENCE) },
        { op: 'getsockname', on: client },
      ],
      operations: [
        { op: 'accept', on: this.#name(step.listener), as, within: paced(PATIENCE) },
        { op: 'getsockname', on: as },
      ],
    };
  }

  #peerClose(step: Extract<SocketStep, { op: 'peer-close' }>, { making }: Present): Move | undefined {
    const other = this.#others.get(step.socket);
    if (other === undefined) return undefined;
    return {
      owner: making.owner,
      peer: [...other.taken, { op: 'close', on: other.name }],
      // The socket becomes readable when the end of the connection has arrived.
      operations: [{ op: 'poll', on: [this.#name(step.socket)], within: paced(PATIENCE) }],
    };
  }

  /**
   * A close() that leaves a state. The side that closes first gets the state; it is TIME_WAIT once the other end has
   * closed too.
   */
  #leave(step: Extract<SocketStep, { op: 'close' }>, present: Present): Move | undefined {
    const other = this.#others.get(step.socket);
    // FIN_WAIT_1 ends before the next step could be tried.
    const { leaves } = step;
    if (other === undefined || leaves === undefined || leaves === 'fin-wait-1') return undefined;
    return {
      owner: present.making.owner,
      peer: other.taken,
      operations: [{ op: 'close', on: this.#name(step.socket) }],
      after: [
        // The other end becomes readable when it has heard of the close.
        { op: 'poll', on: [other.name], within: paced(PATIENCE) },
        ...this.#endOf(other.name, leaves),
      ],
    };
  }

  /** What the other end does after a socket was closed. */
  #endOf(on: string, leaves: Extract<Leaving, 'time-wait' | 'fin-wait-2'>): Operation[] {
    if (leaves === 'time-wait') return [{ op: 'close', on }];
    return this.#settings.quickAck === true ? [{ op: 'setsockopt', on, option: 'TCP_QUICKACK', value: 1 }] : [];
  }

  #isConnection({ making, state }: Present): boolean {
    const isTcp = protocolOf(making, this.#plan.protocol) === 'tcp';
    return isTcp && (state === 'connecting' || state === 'connected' || state === 'close-wait');
  }

  #name(socket: number): string {
    return `${this.#settings.prefix}s${socket}`;
  }
}

/** The port that a move connects to. */
function portOf({ operations }: Move): number | undefined {
  const connect = operations.find((operation) => operation.op === 'connect');
  return connect?.port;
}

/** Whether a model allows an outcome. */
export function isAllowed({ outcomes }: AllowedOutcomes, outcome: string): boolean {
  return outcomes.some((one) => one === NOT_KNOWN || plain(one) === plain(outcome));
}

/** Windows has its own names for the same errors. They count as the same when the model of another system is asked. */
function plain(outcome: string): string {
  return outcome.replace(/^WSA/, '');
}

/** Milliseconds to wait for a connection that the model says is never made. */
const BRIEFLY = 250;

/** Milliseconds to wait for a connection inside one machine; on a quiet machine it takes less than one. */
const PATIENCE = 5000;
