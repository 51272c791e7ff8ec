import { type Claims, claimsAny, claimsOf } from './overlap.ts';
import { deliveries } from './receive/index.ts';
import type { Packet, Receivers } from './receive/types.ts';
import type { Rule } from './rules.ts';
import type {
  Family,
  NextSocket,
  Operation,
  Options,
  Outcome,
  Prediction,
  Protocol,
  RuleId,
  Setting,
  State,
  SystemName,
} from './types.ts';

/** One socket as the models see it: normalised, and immutable. */
export interface Socket {
  readonly id: number;
  readonly protocol: Protocol;
  readonly family: Family;
  readonly v6only: boolean;
  /** The address as bind() was given it. */
  readonly address: string;
  readonly port: number;
  /** What the name claimed when it was bound. */
  readonly bound: Claims;
  /** What the name claims now; connect() and accept() narrow a wildcard. */
  readonly local: Claims;
  readonly options: Options;
  readonly uid: number;
  readonly privileged: boolean;
  readonly device: string | undefined;
  readonly state: State;
  readonly autobound: boolean;
}

/** The sockets of one protocol on one port, in bind order, and what the system remembers besides. */
export interface World<Hidden> {
  readonly sockets: readonly Socket[];
  readonly hidden: Hidden;
  readonly setting: Setting;
}

/** A system: its rules for people, and its decisions. `Hidden` is the state that it keeps beside the sockets. */
export interface System<Hidden> {
  readonly name: SystemName;
  readonly title: string;
  /** The system's rule in two sentences. */
  readonly summary: string;
  readonly rules: readonly Rule[];
  readonly v6onlyByDefault: boolean;
  readonly hidden: Hidden;
  /** The sockets exist, and `next` is not among them unless it is already bound. */
  bind(world: World<Hidden>, next: Socket): Prediction;
  /** The socket is bound or was shut down; it is TCP. */
  listen(world: World<Hidden>, socket: Socket): Prediction;
  /** The answer to a listen() that is not a question of conflict. */
  readonly listenErrors: { readonly udp: Prediction; readonly state: Prediction; readonly again: Prediction };
  /** The id of the rule for steps that the model takes as given. */
  readonly free: RuleId;
  /** Bookkeeping after a step; `world` is the world after it. */
  remember?(world: World<Hidden>, step: Step): Hidden;
  /** What a disconnect leaves of the local name, and by which rule; by default what the socket was bound to. */
  disconnected?(socket: Socket): Disconnected;
}

/** What a disconnect leaves: the local name, or nothing when the port is released. */
interface Disconnected {
  readonly local: Claims | undefined;
  readonly rule: RuleId;
}

/** A step that happened, for the bookkeeping of hidden state. */
export interface Step {
  readonly kind: 'bind' | 'listen' | 'autobind' | 'accept' | 'rename' | 'close';
  readonly socket: Socket;
}

/** An immutable simulation of one port of one system. */
export interface Simulation {
  /**
   * Takes one operation: what the model predicts for it, and the simulation after it. The world goes on as if
   * `happened` were the result; when left out, the first outcome that the model allows.
   * Throws a RangeError for an operation on a socket that is not there.
   */
  step(operation: Operation, happened?: Outcome): { readonly prediction: Prediction; readonly after: Simulation };
  /** Who may receive a datagram or a connection that comes to the port now; undefined where that is not known. */
  receivers(packet: Packet): Receivers | undefined;
}

/** Starts a simulation of a port with no socket on it. */
export function simulate<Hidden>(system: System<Hidden>, setting: Setting): Simulation {
  return new Port(system, { sockets: [], hidden: system.hidden, setting }, deliveries[system.name].start);
}

/** A socket that is to be bound, normalised; the id is the caller's. */
function socketOf(next: NextSocket, id: number, v6onlyByDefault: boolean): Socket {
  const v6only = next.family === 'inet6' && (next.v6only ?? v6onlyByDefault);
  const claims = claimsOf(next.family, next.address, v6only);
  const uid = next.uid ?? 0;
  return {
    id,
    protocol: next.protocol,
    family: next.family,
    v6only,
    address: next.address,
    port: next.port,
    bound: claims,
    local: claims,
    options: next.options ?? NO_OPTIONS,
    uid,
    privileged: next.privileged ?? uid === 0,
    device: next.device,
    state: 'bound',
    autobound: false,
  };
}

const NO_OPTIONS: Options = {};

class Port<Hidden> implements Simulation {
  readonly #system: System<Hidden>;
  readonly #world: World<Hidden>;
  /** What the system keeps to choose who receives. */
  readonly #delivery: unknown;

  constructor(system: System<Hidden>, world: World<Hidden>, delivery: unknown) {
    this.#system = system;
    this.#world = world;
    this.#delivery = delivery;
  }

  receivers(packet: Packet): Receivers | undefined {
    return deliveries[this.#system.name].receivers(this.#delivery, packet, this.#world.setting);
  }

  step(operation: Operation, happened?: Outcome): { prediction: Prediction; after: Simulation } {
    const { prediction, after } = this.#step(operation, happened);
    if (after === this) return { prediction, after };
    const { setting } = this.#world;
    const delivery = deliveries[this.#system.name].after(this.#delivery, operation, setting);
    return { prediction, after: new Port(this.#system, after.#world, delivery) };
  }

  /** The step as far as it is about names; `after` is this port itself when the operation failed. */
  #step(operation: Operation, happened?: Outcome): { prediction: Prediction; after: Port<Hidden> } {
    switch (operation.op) {
      case 'bind':
        return this.#bind(operation, happened);
      case 'listen':
        return this.#listen(operation.socket, happened);
      case 'connect': {
        if (operation.as !== undefined) return this.#autobind(operation.socket, operation.as, operation.local);
        const socket = this.#find(operation.socket);
        const local = narrowed(socket, operation.local);
        return this.#become({ ...socket, local, state: 'connected' }, local === socket.local ? undefined : 'rename');
      }
      case 'accept':
        return this.#accept(operation);
      case 'peer-close':
        return this.#become({ ...this.#find(operation.socket), state: 'close-wait' });
      case 'close': {
        const socket = this.#find(operation.socket);
        return operation.leaves === undefined
          ? this.#gone(socket)
          : this.#become({ ...socket, state: operation.leaves });
      }
      case 'set': {
        const socket = this.#find(operation.socket);
        const device = operation.device === undefined ? socket.device : (operation.device ?? undefined);
        return this.#become({ ...socket, device, options: { ...socket.options, ...operation.options } });
      }
      case 'shutdown': {
        const socket = this.#find(operation.socket);
        return this.#become(socket.state === 'listening' ? { ...socket, state: 'shut-down' } : socket);
      }
      case 'disconnect':
        return this.#disconnect(this.#find(operation.socket));
      case 'join':
      case 'leave':
        return this.#become(this.#find(operation.socket));
    }
  }

  #bind(next: NextSocket & { readonly socket: number }, happened: Outcome | undefined) {
    const socket = socketOf(next, next.socket, this.#system.v6onlyByDefault);
    const prediction = this.#system.bind(this.#world, socket);
    if ((happened ?? prediction.outcomes[0]) !== 'ok' || this.#has(socket.id)) return { prediction, after: this };
    return { prediction, after: this.#go([...this.#world.sockets, socket], { kind: 'bind', socket }).after };
  }

  #listen(id: number, happened: Outcome | undefined) {
    const { listenErrors } = this.#system;
    const socket = this.#find(id);
    if (socket.protocol === 'udp') return { prediction: listenErrors.udp, after: this };
    if (socket.state === 'listening') return { prediction: listenErrors.again, after: this };
    if (socket.state !== 'bound' && socket.state !== 'shut-down') {
      return { prediction: listenErrors.state, after: this };
    }
    const prediction = this.#system.listen(this.#world, socket);
    if ((happened ?? prediction.outcomes[0]) !== 'ok') return { prediction, after: this };
    return { prediction, after: this.#become({ ...socket, state: 'listening' }, 'listen').after };
  }

  #autobind(id: number, next: NextSocket, local: string) {
    const named = socketOf(next, id, this.#system.v6onlyByDefault);
    const socket: Socket = { ...named, local: narrowed(named, local), state: 'connected', autobound: true };
    return this.#go([...this.#world.sockets, socket], { kind: 'autobind', socket });
  }

  #accept(operation: Operation & { readonly op: 'accept' }) {
    const listener = this.#find(operation.listener);
    const socket: Socket = {
      ...listener,
      id: operation.socket,
      uid: operation.uid ?? listener.uid,
      local: narrowed(listener, operation.local),
      state: 'accepted',
    };
    return this.#go([...this.#world.sockets, socket], { kind: 'accept', socket });
  }

  #disconnect(socket: Socket) {
    const left = this.#system.disconnected?.(socket) ?? { local: socket.bound, rule: this.#system.free };
    const { local } = left;
    const kind = local === socket.local ? undefined : 'rename';
    const { after } =
      local === undefined ? this.#gone(socket) : this.#become({ ...socket, local, state: 'bound' }, kind);
    return { prediction: { outcomes: OK, rule: left.rule }, after };
  }

  #gone(socket: Socket) {
    const sockets = this.#world.sockets.filter((other) => other !== socket);
    return this.#go(sockets, { kind: 'close', socket });
  }

  #become(socket: Socket, kind?: Step['kind']) {
    const sockets = this.#world.sockets.map((other) => (other.id === socket.id ? socket : other));
    return this.#go(sockets, kind === undefined ? undefined : { kind, socket });
  }

  #go(sockets: readonly Socket[], step: Step | undefined) {
    const system = this.#system;
    let world: World<Hidden> = { sockets, hidden: this.#world.hidden, setting: this.#world.setting };
    if (step !== undefined && system.remember !== undefined) {
      world = { sockets, hidden: system.remember(world, step), setting: world.setting };
    }
    return { prediction: { outcomes: OK, rule: system.free }, after: new Port(system, world, this.#delivery) };
  }

  #has(id: number): boolean {
    return this.#world.sockets.some((socket) => socket.id === id);
  }

  #find(id: number): Socket {
    const socket = this.#world.sockets.find((other) => other.id === id);
    if (socket === undefined) throw new RangeError(`socket ${id} is not bound`);
    return socket;
  }
}

const OK: readonly Outcome[] = ['ok'];

/** What a socket claims once a connection has given it a local address: a specific address stays as it is. */
function narrowed(socket: Socket, local: string): Claims {
  if (!claimsAny(socket.local)) return socket.local;
  // A connection of a dual-stack socket over IPv4 may be given in the plain or in the mapped form.
  return local.includes(':') ? claimsOf('inet6', local, false) : claimsOf('inet', local, false);
}
