import { canonical, isMapped } from './address.ts';
import { ANY, type Claims, NOTHING } from './overlap.ts';
import type { WorldDelivery } from './receive/delivery.ts';
import { deliveries } from './receive/index.ts';
import { Later } from './receive/later.ts';
import { plainPacket } from './receive/packet.ts';
import type { Packet, Receivers } from './receive/types.ts';
import type { Rule } from './rules.ts';
import { checkOperation } from './operations.ts';
import { sockname } from './socket-name.ts';
import { explicit, hasPeer, isReleased, narrowed, socketOf, targetOf, withoutPeer } from './socket.ts';
import type {
  Family,
  NextSocket,
  Operation,
  Options,
  Outcome,
  Peer,
  Prediction,
  Protocol,
  RuleId,
  Setting,
  State,
  SystemName,
} from './types.ts';

/** One socket in the form that the models use: normalised and immutable. */
export interface Socket {
  readonly id: number;
  readonly protocol: Protocol;
  readonly family: Family;
  readonly v6only: boolean;
  /** Whether the program set IPV6_V6ONLY itself, so that it is not the default. */
  readonly v6onlySaid: boolean;
  /** The address that the program gave to bind(), in its canonical form and without its scope. */
  readonly address: string;
  /** The device that the address's scope names, if it has a scope. */
  readonly scope: string | undefined;
  /** The scope that the program gave with an address that needs none; most systems do not look at it. */
  readonly idleScope: string | undefined;
  readonly port: number;
  /** The claims of the name when it was bound. */
  readonly bound: Claims;
  /** The present claims of the name; connect() and accept() narrow a wildcard. */
  readonly local: Claims;
  readonly options: Options;
  readonly uid: number;
  readonly privileged: boolean;
  readonly device: string | undefined;
  /** SO_SETFIB (FreeBSD), or the routing domain of SO_RTABLE (OpenBSD); 0 by default. */
  readonly domain: number;
  /** IP_LOCAL_PORT_RANGE (Linux). */
  readonly portRange: NextSocket['portRange'];
  /** Whether an option lets it be bound to an address that no interface has. */
  readonly anyAddress: boolean;
  /** Whether bind() to port 0, or listen(), left the choice of the port to the system. */
  readonly chosen: boolean;
  readonly state: State;
  readonly autobound: boolean;
  /** Whether accept() made it. */
  readonly accepted: boolean;
  /** Whether its connect() was refused, and the system has not yet given up that connection (Wine). */
  readonly refused: boolean;
  /** Whether sendto() chose its port. */
  readonly sent: boolean;
  /** The other end of its connection, if the caller gave it. */
  readonly peer: Peer | undefined;
  /** The groups that it has joined. */
  readonly memberships: readonly Membership[];
  /** Whether it has ever joined an IPv6 group; leaving the group does not change that. */
  readonly joined6: boolean;
  /** The claims with which the next connection starts, on a socket that lost its port when it was disconnected. */
  readonly formerly: Claims | undefined;
  /** Whether it has ever connected over IPv4, or was accepted over it, if it is an IPv6 TCP socket. */
  readonly overIPv4: boolean;
}

/** A group that a socket has joined on a device; if the device is not known, on any device. */
interface Membership {
  readonly group: string;
  readonly device: string | undefined;
}

/** The sockets of one protocol on one port, in bind order, and the other state that the system keeps. */
export interface World<Hidden> {
  readonly sockets: readonly Socket[];
  readonly hidden: Hidden;
  readonly setting: Setting;
}

/** A system: its rules for people, and its decisions. `Hidden` is the state that it keeps in addition to the sockets. */
export interface System<Hidden> {
  readonly name: SystemName;
  readonly title: string;
  /** The system's rule in two sentences. */
  readonly summary: string;
  readonly rules: readonly Rule[];
  readonly v6onlyByDefault: boolean;
  readonly hidden: Hidden;
  /**
   * Releases that represent all those in use today, the newest first. If a setting names no release, the model allows
   * the behaviour of each of them. Without this list, a setting that names no release means the newest known one.
   */
  readonly releases?: readonly string[];
  /** Whether a scope ties the socket to the device (Linux), instead of being a part of the address. */
  readonly scopeTies?: true;
  /** Whether every IPv6 socket has IPV6_V6ONLY=1, whatever the program asks for. */
  readonly alwaysV6only?: true;
  /** Whether a socket with IPV6_V6ONLY=1 can be bound to a v4-mapped address as an IPv6 address (FreeBSD, by IPV6_BINDANY). */
  readonly mappedIsV6?: true;
  /** Whether getsockname() says `::` for a socket on ::ffff:0.0.0.0. */
  readonly mappedAnyIsAny?: true;
  /** Whether the listener's owner also owns the accepted socket. Otherwise the user who calls accept() owns it. */
  readonly acceptsForListener?: true;
  /** Judges bind(). All sockets of `world` exist; `next` is not among them unless it is already bound. */
  bind(world: World<Hidden>, next: Socket): Prediction;
  /** Judges listen() of a TCP socket that is bound or was shut down. */
  listen(world: World<Hidden>, socket: Socket): Prediction;
  /** The results of listen() in the cases that do not depend on a conflict. */
  readonly listenErrors: {
    readonly udp: Prediction;
    /** The result for a connected UDP socket, if that differs. */
    readonly connectedUdp?: Prediction;
    readonly state: Prediction;
    readonly again: Prediction;
  };
  /** The result of setsockopt() for IPV6_V6ONLY on a socket that is bound already. */
  readonly lateV6only: Prediction;
  /** The id of the rule for steps that the model does not judge. */
  readonly free: RuleId;
  /** Bookkeeping after a step; `world` is the world after it. */
  remember?(world: World<Hidden>, step: Step): Hidden;
  /**
   * What connect() returns; undefined means that the call is assumed to succeed. The socket is in the state in which the
   * call begins its work, so after the disconnect if the call begins with one.
   */
  connect?(world: World<Hidden>, socket: Socket, to: Target): Prediction | undefined;
  /**
   * The rule by which connect() or sendto() of a socket without a port chooses the port before it looks at the target, so
   * that the socket keeps it if the call fails; undefined if it does not.
   */
  choosesFirst?(socket: Socket, target: Target, outcome: Outcome, op: 'connect' | 'send'): RuleId | undefined;
  /** The socket after a connect() that failed; without this function it is unchanged. */
  refused?(socket: Socket, to: Target, outcome: Outcome, world: World<Hidden>): Socket;
  /** The peer that connect() takes for the one that it is given; without this function the same. */
  peerOf?(to: Peer, socket: Socket, setting: Setting): Peer;
  /** Bookkeeping after a connect() that failed; `socket` is the one that called it. */
  rememberRefused?(world: World<Hidden>, socket: Socket, to: Target, outcome: Outcome): Hidden;
  /** A socket after a listen() that was refused for another socket; without this function it is unchanged. */
  listenRefused?(socket: Socket): Socket;
  /** The result of sendto() to this target; without this function it is `ok`. */
  send?(world: World<Hidden>, socket: Socket, to: Target): Prediction | undefined;
  /** The result of listen() on a TCP socket that is not bound, where the system does not choose a port for it. */
  readonly listenUnbound?: Prediction;
  /** What joining or leaving a multicast group returns; undefined, or without this function, if it takes effect. */
  membership?(socket: Socket, group: string): Prediction | undefined;
  /** What shutdown() of a socket without a connection returns; undefined if it takes effect. */
  shutDownUnconnected?(socket: Socket): Prediction | undefined;
  /** A TCP socket without a connection after shutdown(); without this function a listener is only no longer listening. */
  shutDown?(socket: Socket): Socket;
  /** A TCP socket after its peer has reset the connection; without this function it has the name that it was bound to. */
  reset?(socket: Socket): Socket;
  /**
   * The socket after a disconnect, and what the call returns. Without this function the socket has the name that it was
   * bound to, and the call returns `ok`.
   */
  disconnected?(socket: Socket, world: World<Hidden>, by: 'AF_UNSPEC' | 'disconnectx' | undefined): Disconnected;
  /** Whether connect() gives a socket with this bound name the address of the route, as it does for a wildcard. */
  takesRoute?(world: World<Hidden>, socket: Socket): boolean;
  /** Whether a second connect() of a UDP socket begins with a disconnect. */
  readonly reconnects?: true;
  /** How the system chooses who receives, if its own lists say it. Otherwise `deliveries` has it. */
  readonly delivery?: WorldDelivery<Hidden>;
  /** Whether IP_BIND_ADDRESS_NO_PORT exists. */
  readonly hasAddressOnly?: true;
  /** Whether a second connect() of a UDP socket that was bound to a wildcard chooses the local address again. */
  readonly rechooses?: true;
}

/** The target of a connect(), as far as the caller gave it. */
export interface Target {
  readonly to: Peer | undefined;
  /** The stack that the connection is in; undefined if it is not known. */
  readonly stack: 'v4' | 'v6' | undefined;
  /** The local address that the system chose, if the caller gives it for a call that failed. */
  readonly local: string | undefined;
  /** The claims that the socket has once it is connected. */
  readonly name: Claims;
}

/** The effect of a disconnect. */
interface Disconnected {
  /** The socket after the disconnect; undefined when it loses its port. */
  readonly left: Socket | undefined;
  readonly prediction: Prediction;
  /** The socket after a call that did not disconnect it; the same when left out. */
  readonly otherwise?: Socket | undefined;
}

/** A step that happened, for the bookkeeping of hidden state. `renamed` says that the local address has changed. */
export interface Step {
  readonly kind: 'bind' | 'listen' | 'autobind' | 'accept' | 'connect' | 'disconnect' | 'close';
  readonly socket: Socket;
  readonly renamed?: boolean;
  /** The listener of an accepted socket. */
  readonly listener?: number;
}

/** An immutable simulation of one port of one system. */
export interface Simulation {
  /**
   * Takes one operation. Returns the model's prediction for it, and the simulation after it. The simulation continues as
   * if `happened` were the result; when left out, the result is the first outcome that the model allows.
   * Throws a RangeError for an operation that there is not, that lacks something, or on a socket that does not exist.
   */
  step(operation: Operation, happened?: Outcome): { readonly prediction: Prediction; readonly after: Simulation };
  /** Whether a socket is on the port: it has a name there, or it left a state when it was closed. */
  has(socket: number): boolean;
  /**
   * Who may receive a datagram or a connection that arrives at the port now; undefined if that is not known. Throws a
   * RangeError for one of another protocol than the sockets'.
   */
  receivers(packet: Packet): Receivers | undefined;
  /**
   * What getsockname() returns for a socket now. Undefined for one that is not on the port or has lost it, and where the
   * releases that are allowed differ.
   */
  sockname(socket: number): Peer | undefined;
  /**
   * A text that is equal for two ports of the same model and setting only if `receivers` says the same of both, whatever
   * arrives; undefined where the model has no such text.
   */
  likeness(): string | undefined;
}

/**
 * Starts a simulation of a port with no socket on it. If the setting names no release, every release in the system's
 * list is simulated, and the behaviour of each of them is allowed.
 */
export function simulate<Hidden>(system: System<Hidden>, setting: Setting): Simulation {
  const start = (own: Setting): Simulation =>
    new Port(
      system,
      { sockets: [], hidden: system.hidden, setting: own },
      Later.of<unknown>(deliveries[system.name]?.start),
    );
  if (system.releases === undefined || setting.release !== undefined) return start(setting);
  return new AnyRelease(system.releases.map((release) => start({ ...setting, release })));
}

/**
 * The same port on several releases, the newest first. A release that does not allow what happened is not used for later
 * steps.
 */
class AnyRelease implements Simulation {
  readonly #ports: readonly Simulation[];

  constructor(ports: readonly Simulation[]) {
    this.#ports = ports;
  }

  step(operation: Operation, happened?: Outcome): { prediction: Prediction; after: Simulation } {
    const first = this.#ports.map((port) => port.step(operation, happened));
    const prediction = first.map((one) => one.prediction).reduce(merged);
    const outcome = happened ?? prediction.outcomes[0] ?? 'ok';
    const taken = happened === undefined ? this.#ports.map((port) => port.step(operation, outcome)) : first;
    const agreed = taken.filter((one) => one.prediction.outcomes.includes(outcome));
    return { prediction, after: new AnyRelease((agreed.length > 0 ? agreed : taken).map((one) => one.after)) };
  }

  has(socket: number): boolean {
    return this.#ports.some((port) => port.has(socket));
  }

  sockname(socket: number): Peer | undefined {
    const [first, ...others] = this.#ports.map((port) => port.sockname(socket));
    return others.every((other) => other?.address === first?.address) ? first : undefined;
  }

  receivers(packet: Packet): Receivers | undefined {
    const found = this.#ports.map((port) => port.receivers(packet));
    const [newest] = found;
    if (newest === undefined || found.includes(undefined)) return undefined;
    const outcomes = new Map(found.flatMap((one) => one?.outcomes ?? []).map((one) => [JSON.stringify(one), one]));
    return { outcomes: [...outcomes.values()], rule: newest.rule };
  }

  likeness(): string | undefined {
    return undefined;
  }
}

/** The outcomes that two releases allow together, with the rule of the one that allows more or differs. */
function merged(newer: Prediction, older: Prediction): Prediction {
  const more = older.outcomes.filter((outcome) => !newer.outcomes.includes(outcome));
  return more.length === 0 ? newer : { ...older, outcomes: [...newer.outcomes, ...more] };
}

class Port<Hidden> implements Simulation {
  readonly #system: System<Hidden>;
  readonly #world: World<Hidden>;
  /** The state that the system keeps to choose who receives. */
  readonly #delivery: Later<unknown>;
  /** The sockets that a disconnect has taken off the port, and that are open still. */
  readonly #off: readonly Socket[];

  constructor(system: System<Hidden>, world: World<Hidden>, delivery: Later<unknown>, off: readonly Socket[] = []) {
    this.#system = system;
    this.#world = world;
    this.#delivery = delivery;
    this.#off = off;
  }

  has(socket: number): boolean {
    return this.#world.sockets.some(({ id }) => id === socket);
  }

  sockname(socket: number): Peer | undefined {
    const own = this.#world.sockets.find(({ id }) => id === socket);
    return own === undefined ? undefined : sockname(own, this.#system.mappedAnyIsAny);
  }

  receivers(packet: Packet): Receivers | undefined {
    const { delivery, name } = this.#system;
    const [first] = this.#world.sockets;
    if (first !== undefined && first.protocol !== packet.protocol) {
      throw new RangeError(
        `receivers: this simulation is of ${first.protocol} port ${first.port}; ${packet.protocol} needs one of its own`,
      );
    }
    const plain = plainPacket(packet, this.#world.setting);
    if (delivery !== undefined) return delivery.receivers(this.#world, plain);
    return deliveries[name]?.receivers(this.#delivery.read(), plain, this.#world.setting);
  }

  likeness(): string | undefined {
    return deliveries[this.#system.name]?.likeness?.(this.#delivery.read());
  }

  /**
   * Updates who receives after every step that changed the port, even one that returned an error: on macOS a disconnect by
   * AF_UNSPEC takes effect and returns an error. `after` is this same port if nothing changed.
   */
  step(operation: Operation, happened?: Outcome): { prediction: Prediction; after: Port<Hidden> } {
    checkOperation(operation);
    const off = this.has(operation.socket) ? undefined : this.#off.find(({ id }) => id === operation.socket);
    if (off !== undefined && TAKES_NO_PORT.has(operation.op)) return this.#stepOff(operation, off);
    const { prediction, after } = this.#step(operation, happened);
    const known = deliveries[this.#system.name];
    if (after === this || known === undefined) return { prediction, after };
    const { setting } = this.#world;
    const id = operation.socket;
    const outcome = happened ?? prediction.outcomes[0];
    const failed = operation.op === 'connect' && outcome !== 'ok' && outcome !== inProgress(this.#system);
    const delivery = this.#delivery.followed((state) => {
      const was = this.#world.sockets.find((socket) => socket.id === id);
      const now = after.#world.sockets.find((socket) => socket.id === id);
      // A connect() that failed and yet changed something has dissolved the old connection, or only changed the name.
      const dissolved = was !== undefined && hasPeer(was) && was.protocol === 'udp';
      const done: Operation = failed ? withoutConnection(operation, dissolved) : operation;
      return known.after(state, explicit(done, this.#system, setting), setting, now);
    });
    return { prediction, after: new Port(this.#system, after.#world, delivery, after.#off) };
  }

  /** The part of the step that concerns names. */
  #step(operation: Operation, happened?: Outcome): { prediction: Prediction; after: Port<Hidden> } {
    switch (operation.op) {
      case 'bind':
        return this.#bind(operation, happened);
      case 'listen':
        return operation.as === undefined
          ? this.#listen(operation.socket, happened)
          : this.#listenUnbound(operation.socket, operation.as, happened);
      case 'connect':
        return operation.as === undefined
          ? this.#connect(operation, happened)
          : this.#autobind(operation, operation.as, happened);
      case 'accept':
        return this.#accept(operation);
      case 'peer-close':
        return this.#become({ ...this.#find(operation.socket, operation.op), state: 'close-wait' });
      case 'peer-reset': {
        const socket = this.#find(operation.socket, operation.op);
        const left = this.#system.reset?.(socket) ?? withoutPeer(socket, socket.bound);
        return this.#become(left, { kind: 'disconnect', renamed: left.local !== socket.local });
      }
      case 'close': {
        const socket = this.#find(operation.socket, operation.op);
        return operation.leaves === undefined
          ? this.#gone(socket)
          : this.#become({ ...socket, state: operation.leaves });
      }
      case 'set': {
        const socket = this.#find(operation.socket, operation.op);
        if (operation.v6only !== undefined) return { prediction: this.#system.lateV6only, after: this };
        const device = operation.device === undefined ? socket.device : (operation.device ?? undefined);
        return this.#become({ ...socket, device, options: { ...socket.options, ...operation.options } });
      }
      case 'shutdown': {
        const socket = this.#find(operation.socket, operation.op);
        const refused = hasPeer(socket) ? undefined : this.#system.shutDownUnconnected?.(socket);
        if (refused !== undefined) return { prediction: refused, after: this };
        const left = this.#shutDown(socket);
        return this.#become(left, isReleased(left) ? OFF : undefined);
      }
      case 'send':
        return operation.as === undefined
          ? this.#send(operation, happened)
          : this.#autobind(operation, operation.as, happened);
      case 'disconnect':
        return this.#disconnect(this.#find(operation.socket, 'disconnect'), operation.by, happened);
      case 'join':
      case 'leave': {
        const socket = this.#find(operation.socket, operation.op);
        const refused = this.#system.membership?.(socket, operation.group);
        return refused === undefined ? this.#become(membered(socket, operation)) : { prediction: refused, after: this };
      }
    }
  }

  /** A step of a socket that a disconnect has taken off the port. It changes nothing on the port. */
  #stepOff({ op }: Operation, socket: Socket): { prediction: Prediction; after: Port<Hidden> } {
    const judged = op === 'shutdown' ? this.#system.shutDownUnconnected?.(socket) : undefined;
    const off = op === 'close' ? this.#off.filter((other) => other !== socket) : this.#off;
    const prediction = judged ?? { outcomes: OK, rule: this.#system.free };
    return { prediction, after: new Port(this.#system, this.#world, this.#delivery, off) };
  }

  #bind(next: Asked, happened: Outcome | undefined) {
    const socket = this.#made(next, next.socket);
    if (!this.has(socket.id)) this.#checkPort(socket);
    if (next.addressOnly === true && next.chosen === true && this.#system.hasAddressOnly === true) {
      // The socket gets an address and no port, so the others do not matter.
      return { prediction: this.#system.bind({ ...this.#world, sockets: [] }, socket), after: this };
    }
    const prediction = this.#system.bind(this.#world, socket);
    const own = this.#world.sockets.find(({ id }) => id === socket.id);
    const isHeld = own !== undefined && !isReleased(own);
    if ((happened ?? prediction.outcomes[0]) !== 'ok' || isHeld) return { prediction, after: this };
    const others = this.#world.sockets.filter((other) => other !== own);
    return { prediction, after: this.#go([...others, socket], { kind: 'bind', socket }).after };
  }

  /** A socket that gets a name on this port. What it did on the port before still counts. */
  #made(next: NextSocket & { readonly chosen?: boolean }, id: number): Socket {
    const socket = socketOf(next, id, this.#system, this.#world.setting);
    const before = this.#off.find((other) => other.id === id);
    return before?.overIPv4 === true ? { ...socket, overIPv4: true } : socket;
  }

  #listen(id: number, happened: Outcome | undefined) {
    const { listenErrors } = this.#system;
    const socket = this.#find(id, 'listen');
    if (socket.protocol === 'udp') {
      const { connectedUdp = listenErrors.udp } = listenErrors;
      return { prediction: hasPeer(socket) ? connectedUdp : listenErrors.udp, after: this };
    }
    if (socket.state === 'listening') return { prediction: listenErrors.again, after: this };
    if (socket.state !== 'bound' && socket.state !== 'shut-down') {
      return { prediction: listenErrors.state, after: this };
    }
    const prediction = this.#system.listen(this.#world, socket);
    const outcome = happened ?? prediction.outcomes[0];
    if (outcome === 'ok') {
      return { prediction, after: this.#become({ ...socket, state: 'listening' }, { kind: 'listen' }).after };
    }
    const left = outcome === 'EADDRINUSE' ? this.#system.listenRefused?.(socket) : undefined;
    return { prediction, after: left === undefined ? this : this.#become(left, OFF).after };
  }

  /** listen() on a socket that is not bound: the system chooses the port, as for a bind() to port 0. */
  #listenUnbound(id: number, next: NextSocket, happened: Outcome | undefined) {
    const { listenUnbound, listenErrors } = this.#system;
    const refused = next.protocol === 'udp' ? listenErrors.udp : listenUnbound;
    if (refused !== undefined) return { prediction: refused, after: this };
    const bound = this.#bind({ ...next, socket: id, chosen: true }, happened);
    if (bound.after === this) return bound;
    const socket: Socket = { ...bound.after.#find(id, 'listen'), state: 'listening' };
    return { prediction: bound.prediction, after: bound.after.#become(socket, { kind: 'listen' }).after };
  }

  #shutDown(socket: Socket): Socket {
    const isConnected = socket.state !== 'bound' && socket.state !== 'listening';
    if (socket.protocol === 'udp' || isConnected) return socket;
    if (this.#system.shutDown !== undefined) return this.#system.shutDown(socket);
    return socket.state === 'listening' ? { ...socket, state: 'shut-down' } : socket;
  }

  /** sendto() on an unconnected UDP socket that is bound. */
  #send(operation: Operation & { readonly op: 'send' }, happened: Outcome | undefined) {
    const socket = this.#find(operation.socket, operation.op);
    const target = targetOf(operation, socket.local, this.#system);
    const prediction = this.#system.send?.(this.#world, socket, target) ?? { outcomes: OK, rule: this.#system.free };
    const isDone = (happened ?? prediction.outcomes[0]) === 'ok' && !hasPeer(socket);
    return { prediction, after: isDone ? this.#become({ ...socket }).after : this };
  }

  #connect(asked: Operation & { readonly op: 'connect' }, happened: Outcome | undefined) {
    const before = this.#find(asked.socket, asked.op);
    const operation = this.#meant(asked, before);
    const again = this.#system.reconnects === true && before.protocol === 'udp' && hasPeer(before);
    // If the second half of such a call (the connect) fails, the first half (the disconnect) still has its effect.
    const port = again ? this.#dissolved(before, undefined).after : this;
    const socket = port.#find(operation.socket, operation.op);
    const takesRoute = this.#system.takesRoute?.(port.#world, socket) === true && socket.local === socket.bound;
    const present = this.#system.rechooses === true && hasPeer(socket) ? socket.bound : socket.local;
    const from = takesRoute ? WHOLE : (socket.formerly ?? present);
    const target = targetOf(operation, from, this.#system);
    const judged = port.#judgeConnect(socket, target);
    const pending = inProgress(this.#system);
    const waits = operation.nonblocking !== true || socket.protocol === 'udp' || socket.state === 'connecting';
    const prediction = waits ? judged : atOnce(judged, pending);
    const outcome = happened ?? prediction.outcomes[0] ?? 'ok';
    if (outcome !== 'ok' && outcome !== pending) {
      const left = this.#system.refused?.(socket, target, outcome, port.#world) ?? socket;
      const known = port.#afterRefused(socket, target, outcome);
      return {
        prediction,
        after: left === socket ? known : known.#become(left, isReleased(left) ? OFF : undefined).after,
      };
    }
    const { name: local } = target;
    const connected: Socket = {
      ...socket,
      local,
      state: outcome === pending ? 'connecting' : 'connected',
      peer: operation.to ?? socket.peer,
      formerly: undefined,
      refused: false,
      overIPv4: socket.overIPv4 || speaksIPv4(socket, target),
    };
    return { prediction, after: port.#become(connected, { kind: 'connect', renamed: local !== socket.local }).after };
  }

  #judgeConnect(socket: Socket, target: Target): Prediction {
    if (socket.state === 'connecting') {
      const outcomes = isWinsock(this.#system) ? PENDING_WINSOCK : PENDING;
      return { outcomes, rule: this.#system.free };
    }
    return this.#system.connect?.(this.#world, socket, target) ?? { outcomes: OK, rule: this.#system.free };
  }

  #meant<Call extends { readonly to?: Peer }>(asked: Call, socket: Socket): Call {
    const to = asked.to === undefined ? undefined : this.#system.peerOf?.(asked.to, socket, this.#world.setting);
    return to === undefined ? asked : { ...asked, to };
  }

  #afterRefused(socket: Socket, target: Target, outcome: Outcome): Port<Hidden> {
    const hidden = this.#system.rememberRefused?.(this.#world, socket, target, outcome);
    if (hidden === undefined || hidden === this.#world.hidden) return this;
    return new Port(this.#system, { ...this.#world, hidden }, this.#delivery);
  }

  /** connect() or sendto() on a socket that is not bound: the system chose this port. */
  #autobind(operation: Operation & { readonly op: 'connect' | 'send' }, next: NextSocket, happened?: Outcome) {
    const { socket: id, op } = operation;
    const named = this.#made(next, id);
    const meant = op === 'connect' ? this.#meant(operation, named) : operation;
    const { to } = meant;
    const target = targetOf(meant, named.local, this.#system);
    // The system chose a port on which the other sockets do not matter.
    const alone = { ...this.#world, sockets: [] };
    const judged =
      op === 'connect' ? this.#system.connect?.(alone, named, target) : this.#system.send?.(alone, named, target);
    const found = judged ?? { outcomes: OK, rule: this.#system.free };
    const pending = inProgress(this.#system);
    const waits = op === 'send' || operation.nonblocking !== true || named.protocol === 'udp';
    const given = waits ? found : atOnce(found, pending);
    const outcome = happened ?? given.outcomes[0];
    const works = outcome === 'ok' || outcome === pending;
    const chosen: Socket = { ...named, autobound: true, sent: true };
    const keeps = works ? undefined : this.#system.choosesFirst?.(chosen, target, outcome ?? 'ok', op);
    if (!works && keeps === undefined) {
      const left = op === 'send' ? named : this.#system.refused?.(named, target, outcome ?? 'ok', this.#world);
      const off = left?.overIPv4 === true ? this.#withOff(left) : this.#off;
      return { prediction: given, after: new Port(this.#system, this.#world, this.#delivery, off) };
    }
    const connected: Socket = {
      ...named,
      local: target.name,
      state: outcome === pending ? 'connecting' : 'connected',
      autobound: true,
      peer: to,
      overIPv4: named.overIPv4 || speaksIPv4(named, target),
    };
    const failed = works ? chosen : (this.#system.refused?.(chosen, target, outcome ?? 'ok', this.#world) ?? chosen);
    const socket = op === 'send' || !works ? failed : connected;
    const others = this.#world.sockets.filter((other) => other.id !== id || !isReleased(other));
    const prediction = keeps === undefined || given.outcomes[0] !== 'ok' ? given : { ...given, rule: keeps };
    return { ...this.#go([...others, socket], { kind: 'autobind', socket }), prediction };
  }

  #accept(operation: Operation & { readonly op: 'accept' }) {
    const listener = this.#find(operation.listener, 'accept');
    const socket: Socket = {
      ...listener,
      id: operation.socket,
      uid: this.#system.acceptsForListener === true ? listener.uid : (operation.uid ?? listener.uid),
      local: narrowed(listener.local, operation.local, this.#system),
      overIPv4: listener.overIPv4 || speaksIPv4(listener, targetOf(operation, listener.local, this.#system)),
      state: 'accepted',
      accepted: true,
      peer: operation.from,
      memberships: [],
      joined6: false,
    };
    return this.#go([...this.#world.sockets, socket], { kind: 'accept', socket, listener: listener.id });
  }

  #disconnect(socket: Socket, by: 'AF_UNSPEC' | 'disconnectx' | undefined, happened: Outcome | undefined) {
    const { prediction, after, otherwise } = this.#dissolved(socket, by);
    // A TCP connection is dissolved only if the call returns success. For UDP, the errno of some systems tells nothing.
    const done = socket.protocol === 'udp' ? hasPeer(socket) || prediction.outcomes[0] === 'ok' : true;
    const outcome = happened ?? prediction.outcomes[0];
    if (done && (socket.protocol === 'udp' || outcome === 'ok')) return { prediction, after };
    return { prediction, after: otherwise === undefined ? this : this.#become(otherwise).after };
  }

  #dissolved(socket: Socket, by: 'AF_UNSPEC' | 'disconnectx' | undefined) {
    const done: Disconnected = this.#system.disconnected?.(socket, this.#world, by) ?? {
      left: withoutPeer(socket, socket.bound),
      prediction: { outcomes: OK, rule: this.#system.free },
    };
    const { left, prediction, otherwise } = done;
    const { after } =
      left === undefined
        ? this.#gone(socket, this.#withOff(socket))
        : this.#become(left, { kind: 'disconnect', renamed: left.local !== socket.local });
    return { prediction, after, otherwise };
  }

  #withOff(socket: Socket): readonly Socket[] {
    return [...this.#off.filter(({ id }) => id !== socket.id), withoutPeer(socket, NOTHING)];
  }

  #gone(socket: Socket, off = this.#off) {
    const sockets = this.#world.sockets.filter((other) => other !== socket);
    const { prediction, after } = this.#go(sockets, { kind: 'close', socket });
    return { prediction, after: new Port(this.#system, after.#world, this.#delivery, off) };
  }

  #become(socket: Socket, step?: Omit<Step, 'socket'>) {
    const sockets = this.#world.sockets.map((other) => (other.id === socket.id ? socket : other));
    return this.#go(sockets, step === undefined ? undefined : { ...step, socket });
  }

  #go(sockets: readonly Socket[], step: Step | undefined) {
    const system = this.#system;
    let world: World<Hidden> = { sockets, hidden: this.#world.hidden, setting: this.#world.setting };
    if (step !== undefined && system.remember !== undefined) {
      world = { sockets, hidden: system.remember(world, step), setting: world.setting };
    }
    const off = this.#off.filter(({ id }) => !sockets.some((socket) => socket.id === id));
    return { prediction: { outcomes: OK, rule: system.free }, after: new Port(system, world, this.#delivery, off) };
  }

  /** @throws RangeError for a socket of another port or protocol than those that are there */
  #checkPort({ protocol, port, chosen }: Socket): void {
    const [first] = this.#world.sockets;
    if (first === undefined || (first.protocol === protocol && (first.port === port || (chosen && port === 0)))) return;
    throw new RangeError(
      `bind: this simulation is of ${first.protocol} port ${first.port}; ${protocol} port ${port} needs one of its own`,
    );
  }

  #find(id: number, op: Operation['op']): Socket {
    const socket = this.#world.sockets.find((other) => other.id === id);
    if (socket !== undefined) return socket;
    const named = op === 'connect' || op === 'listen' || op === 'send';
    const way = named ? `bind it first, or give its name as 'as'` : 'bind it first';
    throw new RangeError(`${op}: socket ${id} is not on the port; ${way}`);
  }
}

/** The socket after it has joined or left a group. */
function membered(socket: Socket, { op, group, device }: Operation & { readonly op: 'join' | 'leave' }): Socket {
  const { address } = canonical(group);
  if (op === 'join') {
    const joined6 = socket.joined6 || (address.includes(':') && !isMapped(address));
    return { ...socket, joined6, memberships: [...socket.memberships, { group: address, device }] };
  }
  const stays = (one: Membership) => one.group !== address || (device !== undefined && one.device !== device);
  return { ...socket, memberships: socket.memberships.filter(stays) };
}

/** A connect() that failed, as what it did to who receives. `dissolved` says that it ended the connection before. */
function withoutConnection(operation: Operation, dissolved: boolean): Operation {
  const { socket } = operation;
  if ('as' in operation && operation.as !== undefined) return { op: 'send', socket, as: operation.as };
  return { op: dissolved ? 'disconnect' : 'set', socket };
}

/** Whether the connection makes an IPv6 TCP socket use IPv4. */
function speaksIPv4({ protocol, family }: Socket, { stack }: Target): boolean {
  return protocol === 'tcp' && family === 'inet6' && stack === 'v4';
}

/** What connect() returns to a caller that does not wait for the connection. */
function inProgress(system: Pick<System<unknown>, 'name'>): Outcome {
  return isWinsock(system) ? 'WSAEWOULDBLOCK' : 'EINPROGRESS';
}

function isWinsock({ name }: Pick<System<unknown>, 'name'>): boolean {
  return name === 'windows' || name === 'wine';
}

/** The prediction for a caller that does not wait: the answer of the peer, or that none comes, is not known yet. */
function atOnce(prediction: Prediction, pending: Outcome): Prediction {
  const outcomes = prediction.outcomes.map((outcome) => (LATER.has(outcome) ? pending : outcome));
  return { ...prediction, outcomes: [...new Set(outcomes)] };
}

/** The results of connect() that come after a packet was sent. */
const LATER: ReadonlySet<Outcome> = new Set(['ok', 'ECONNREFUSED', 'WSAECONNREFUSED', 'ETIMEDOUT']);

/** What connect() may return on a socket that is connecting: it may have a connection now, or none yet. */
const PENDING: readonly Outcome[] = ['EALREADY', 'ok', 'EISCONN'];
const PENDING_WINSOCK: readonly Outcome[] = ['WSAEALREADY', 'WSAEISCONN', 'ok'];

/** A bind() as a step has it. */
type Asked = NextSocket & { readonly socket: number; readonly chosen?: boolean; readonly addressOnly?: boolean };

const OK: readonly Outcome[] = ['ok'];
/** A socket that is open still has lost its port. */
const OFF: Omit<Step, 'socket'> = { kind: 'close' };
/** The operations on a socket without a port that leave it without one. */
const TAKES_NO_PORT: ReadonlySet<Operation['op']> = new Set([
  'set',
  'shutdown',
  'join',
  'leave',
  'disconnect',
  'close',
]);
const WHOLE: Claims = { v4: ANY, v6: undefined };
