import type {
  NextSocket,
  Operation as ModelOperation,
  Options,
  Outcome,
  Protocol,
  ReceiveOptions,
  RuleId,
} from '../model/types.ts';
import { isWildcard, unmapped } from '../model/address.ts';
import type { Packet, Receivers } from '../model/receive/types.ts';
import type { Simulation } from '../model/world.ts';
import { familyReached, reached } from './addresses.ts';
import { protocolOf, type Making, type ProbeStep, type SocketStep } from './plan.ts';
import { NOT_KNOWN, packetOf, receptionInWords, type AllowedProbe } from './probe.ts';

/** The facts that a model gets beside the plan. */
export interface FollowSetting {
  /** The protocol and the port of the plan; a socket or a step may name others. */
  readonly protocol: Protocol;
  readonly port: number;
  /** The owner of a socket, in the form that the model takes. */
  userOf(making: Making): Pick<NextSocket, 'uid' | 'privileged' | 'anyAddress'>;
  /** The simulation of a port with no socket on it: of the machine, or of the neighbour. */
  simulate(host: 'machine' | 'neighbour'): Simulation;
  /** The call that a disconnect is: connect() to AF_UNSPEC unless named. */
  readonly disconnects?: 'disconnectx';
  /** The device by which a probe comes in, where the model could not know it from the address. */
  arrivesBy?(step: ProbeStep): string | undefined;
}

/** The outcomes that the model allows. There is no rule where the model assumes that a step works. */
export interface AllowedStep {
  readonly outcomes: readonly Outcome[];
  readonly rule?: RuleId;
  /** The number of the socket that the rule looked at. */
  readonly holder?: number;
}

/** A socket of a plan, with its present state. */
export interface Present {
  /** How it was made; a child is made like its listener. */
  readonly making: Making;
  readonly child: boolean;
  /**
   * The name of its last bind(), whether or not that worked, or the one that connect() chose; undefined before any of them,
   * and after a disconnect that took the port.
   */
  readonly name: { readonly address: string; readonly port: number } | undefined;
  readonly options: Options & ReceiveOptions;
  readonly device: string | undefined;
  /** The local address after its last connect(), whether or not that worked; some systems keep it after a failure. */
  readonly local: string | undefined;
  /** The groups that it has joined. */
  readonly memberships: readonly Membership[];
  /** Whether it ever had a peer. After a disconnect, its name may differ from the name that it was bound to. */
  readonly wasConnected: boolean;
  /** Whether it is an IPv6 TCP socket that has connected over IPv4. Linux sends over IPv4 from then on, on another port too. */
  readonly overIPv4: boolean;
  readonly state: 'unbound' | 'bound' | 'listening' | 'shut-down' | 'connecting' | 'connected' | 'close-wait';
}

type ConnectStep = Extract<SocketStep, { op: 'connect' }>;

interface Membership {
  readonly group: string;
  readonly device?: string;
}

/** The result of a connect() or accept() that a model needs: the local address and port, and the port of the peer. */
export interface Connection {
  readonly local?: string | undefined;
  readonly localPort?: number | undefined;
  readonly peerPort?: number | undefined;
}

/** The port of the first peer where neither the plan nor whoever plays it names one. */
const FIRST_PEER = 9;

/** The errors of a connect() for which there is no route, or none from the local address of the socket. */
const ROUTE_ERRORS: readonly Outcome[] = ['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EINVAL'];

/** The outcome of a TCP connect() that has not ended while it was waited for. */
const PENDING = 'EINPROGRESS';

/** The outcomes of a TCP connect() that has sent a packet. */
const SENT: ReadonlySet<Outcome> = new Set(['ok', PENDING, 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT']);

/** The errors of a TCP connect() to a port where no one listens. */
const NO_PEER: readonly Outcome[] = ['ECONNREFUSED'];

/** Steps that the models assume to work: a connection inside one machine, an option, the close of a socket without a name. */
const GIVEN: AllowedStep = { outcomes: ['ok'] };

/**
 * A plan as a model follows it, step by step. It is immutable: each step returns a new one, so that many plans can go on
 * from the same steps.
 */
export class Follower {
  readonly #asking: FollowSetting;
  readonly #sockets: ReadonlyMap<number, Present>;
  readonly #ports: ReadonlyMap<string, Simulation>;

  constructor(
    asking: FollowSetting,
    sockets: Follower['sockets'] = new Map(),
    ports: ReadonlyMap<string, Simulation> = new Map(),
  ) {
    this.#asking = asking;
    this.#sockets = sockets;
    this.#ports = ports;
  }

  /** The follower of a plan whose port is only known now, because connect() has chosen it. */
  at(port: number): Follower {
    return new Follower({ ...this.#asking, port }, this.#sockets, this.#ports);
  }

  /** The sockets that are there, by number. */
  get sockets(): ReadonlyMap<number, Present> {
    return this.#sockets;
  }

  /**
   * The outcomes that the model allows for a step, and the follower after it. The new follower goes on with the outcome
   * that `happened`, or with the first allowed outcome when that is left out. `connection` has what is known after
   * connect() or accept(); when left out, the local address is the address of the step, a port that connect() chooses is
   * that of the plan, and the peer of a UDP socket has a port of its own. Ask `isPossible` first where the step may not be possible.
   * @throws RangeError for a step on a socket that is not there.
   */
  step(
    step: SocketStep,
    happened?: string,
    connection: Connection = {},
  ): { readonly allowed: AllowedStep; readonly after: Follower } {
    const { local, peerPort } = connection;
    const outcome = happened as Outcome | undefined;
    const ok = happened === undefined || happened === 'ok';
    if (step.op === 'open') return this.#given(ok ? this.#with(step.socket, newSocket(step)) : this);
    if (step.op === 'bind') return this.#bind(step, outcome);
    const socket = this.#find(step.op === 'accept' ? step.listener : step.socket);
    const become = (change: Partial<Present>) => this.#with(step.socket, { ...socket, ...change });
    const unbound = socket.state === 'unbound';
    switch (step.op) {
      case 'set': {
        const change =
          'device' in step
            ? { device: step.device ?? undefined }
            : { options: { ...socket.options, [step.option]: step.value } };
        if (unbound) return this.#given(ok ? become(change) : this);
        const said = 'device' in step ? { device: step.device } : { options: { [step.option]: step.value } };
        return this.#take(socket, { op: 'set', socket: step.socket, ...said }, outcome, ok ? become(change) : this);
      }
      case 'listen': {
        if (unbound) return this.#given(this);
        const { allowed, after } = this.#take(socket, { op: 'listen', socket: step.socket }, outcome, this);
        const listens = (outcome ?? allowed.outcomes[0]) === 'ok';
        return { allowed, after: listens ? after.#with(step.socket, { ...socket, state: 'listening' }) : after };
      }
      case 'connect': {
        if (unbound) return this.#autobind(step, socket, outcome, connection);
        const pending = outcome === PENDING;
        if (!ok && !pending) return this.#refused(step, socket, outcome, connection);
        const address = local ?? reached(socket.making, step.to);
        const state = pending ? 'connecting' : 'connected';
        const { overIPv4 } = this.#sent(step, socket, outcome);
        const after = become({ state, wasConnected: true, local: address, overIPv4 });
        const to = this.#peerOf(step, socket, peerPort);
        const operation: ModelOperation = { op: 'connect', socket: step.socket, local: address, ...to };
        return this.#take(socket, operation, outcome, after);
      }
      case 'disconnect': {
        // For UDP, some systems dissolve the connection and still return an error.
        const gone = ok || protocolOf(socket.making, this.#asking.protocol) === 'udp';
        const then = gone ? become({ state: 'bound' }) : this;
        const { disconnects: by = 'AF_UNSPEC' } = this.#asking;
        const { allowed, after } = this.#take(socket, { op: step.op, socket: step.socket, by }, outcome, then);
        return { allowed, after: gone ? after.#unlessReleased(step.socket) : after };
      }
      case 'accept': {
        if (!ok) return this.#given(this);
        const child: Present = { ...socket, child: true, wasConnected: true, state: 'connected' };
        const operation: ModelOperation = {
          op: 'accept',
          socket: step.socket,
          listener: step.listener,
          local: local ?? reached(socket.making, step.to),
          ...uidOf(this.#asking.userOf(socket.making)),
        };
        return this.#take(socket, operation, outcome, this.#with(step.socket, child));
      }
      case 'peer-close':
        return this.#take(socket, { op: step.op, socket: step.socket }, outcome, become({ state: 'close-wait' }));
      case 'join':
      case 'leave': {
        const { op, group, device } = step;
        const named = { group, ...(device === undefined ? {} : { device }) };
        const others = socket.memberships.filter((one) => one.group !== group || one.device !== device);
        const change = { memberships: op === 'join' ? [...others, named] : others };
        const after = ok ? become(change) : this;
        if (unbound) return { allowed: this.#aloneOnAPort(socket, { op, socket: step.socket, ...named }), after };
        return this.#take(socket, { op, socket: step.socket, ...named }, outcome, after);
      }
      case 'shutdown': {
        const after = ok && socket.state === 'listening' ? become({ state: 'shut-down' }) : this;
        return this.#take(socket, { op: step.op, socket: step.socket }, outcome, after);
      }
      case 'close': {
        const after = this.#with(step.socket, undefined);
        if (unbound) return this.#given(after);
        const { leaves } = step;
        const left = leaves === undefined ? {} : { leaves };
        return this.#take(socket, { op: step.op, socket: step.socket, ...left }, outcome, after);
      }
    }
  }

  /**
   * Who may receive a probe now.
   * @param sourcePort the port of the sender, where the plan does not name it and it is known
   */
  probe(step: ProbeStep, sourcePort?: number): AllowedProbe {
    const { protocol, port } = this.#asking;
    const key = `machine ${protocolOf(step, protocol)} ${step.port ?? port}`;
    const simulation = this.#ports.get(key) ?? this.#asking.simulate('machine');
    const said = simulation.receivers(packetOf(step, protocol, this.#asking.arrivesBy?.(step), sourcePort));
    if (said === undefined) return { outcomes: [NOT_KNOWN] };
    return { outcomes: said.outcomes.map(receptionInWords), rule: said.rule };
  }

  /** Who may receive what arrives at the port of a bound socket; undefined where that is not known. */
  receivers(number: number, packet: Packet): Receivers | undefined {
    return this.#ports.get(this.#portOf(this.#find(number)))?.receivers(packet);
  }

  #bind(step: Extract<SocketStep, { op: 'bind' }>, happened: Outcome | undefined) {
    const made = step.makes === undefined ? this.#find(step.socket) : newSocket(step.makes);
    const socket: Present = { ...made, name: { address: step.address, port: step.port ?? this.#asking.port } };
    const operation: ModelOperation = { op: 'bind', socket: step.socket, ...this.#next(socket) };
    // One that has a port is asked about on that port.
    const { allowed, after } = this.#take(made.state === 'unbound' ? socket : made, operation, happened, this);
    const bound = (happened ?? allowed.outcomes[0]) === 'ok';
    if (!bound) return { allowed, after: made.state === 'unbound' ? after.#with(step.socket, socket) : after };
    let then = after.#with(step.socket, { ...socket, state: 'bound' });
    // The groups that it joined before it had a port.
    if (made.state === 'unbound') {
      for (const one of socket.memberships) {
        then = then.#take(socket, { op: 'join', socket: step.socket, ...one }, 'ok', then).after;
      }
    }
    return { allowed, after: then };
  }

  /** connect() of a socket that has no port: the system chooses one. */
  #autobind(step: ConnectStep, made: Present, happened: Outcome | undefined, connection: Connection) {
    const { local, localPort: port = this.#asking.port, peerPort } = connection;
    const socket: Present = { ...made, name: { address: wildcardOf(made), port } };
    const operation: ModelOperation = {
      op: 'connect',
      socket: step.socket,
      as: this.#next(socket),
      local: local ?? reached(socket.making, step.to),
      ...this.#peerOf(step, socket, peerPort),
    };
    const { allowed, after } = this.#take(socket, operation, happened, this);
    const outcome = happened ?? allowed.outcomes[0];
    const sent = this.#sent(step, socket, outcome);
    if (outcome !== 'ok' && outcome !== PENDING) {
      // Some systems choose the port before they look at the peer, and the socket keeps it.
      const keeps = after.#ports.get(this.#portOf(socket))?.has(step.socket) === true;
      const left: Present = keeps ? { ...socket, state: 'bound' } : { ...made, overIPv4: sent.overIPv4 };
      return this.#unlessNoPeer(step, made, happened, allowed, after.#with(step.socket, left));
    }
    const state = outcome === PENDING ? 'connecting' : 'connected';
    const connected: Present = { ...sent, state, wasConnected: true, local };
    return { allowed, after: after.#with(step.socket, connected) };
  }

  /** A socket after a connect(), as far as that decides over which protocol it sends from then on. */
  #sent({ to }: ConnectStep, socket: Present, outcome: Outcome = 'ok'): Present {
    const { family } = socket.making;
    const isTcp = protocolOf(socket.making, this.#asking.protocol) === 'tcp';
    if (!isTcp || family === 'inet' || familyReached(to) === 'inet6') return socket;
    return { ...socket, overIPv4: SENT.has(outcome) };
  }

  /** A socket has no name any more if a disconnect took the port that connect() had chosen. */
  #unlessReleased(number: number): Follower {
    const socket = this.#find(number);
    if (this.#ports.get(this.#portOf(socket))?.has(number) !== false) return this;
    const isUdp = protocolOf(socket.making, this.#asking.protocol) === 'udp';
    const device = isUdp ? undefined : socket.device;
    return this.#with(number, { ...socket, name: undefined, device, state: 'unbound' });
  }

  /**
   * A connect() that failed. Whether there is a route to a peer is not a question to the model, if the plan names the port
   * of the peer.
   */
  #refused(step: ConnectStep, socket: Present, outcome: Outcome | undefined, { local, peerPort }: Connection) {
    const { socket: number } = step;
    const to = this.#peerOf(step, socket, peerPort);
    const from = local === undefined ? {} : { local };
    const operation: ModelOperation = { op: 'connect', socket: number, ...to, ...from };
    // A failed connect() of a TCP socket may leave it with another address.
    const then = this.#with(number, { ...this.#sent(step, socket, outcome), wasConnected: true, local });
    const { allowed, after } = this.#take(socket, operation, outcome, then);
    return this.#unlessNoPeer(step, socket, outcome, allowed, after);
  }

  /** Allows the errors that only say that there is no way to the peer, or that no one is there. */
  #unlessNoPeer(
    { to: peer, port }: ConnectStep,
    socket: Present,
    outcome: Outcome | undefined,
    allowed: AllowedStep,
    after: Follower,
  ) {
    const errors = [
      ...(port !== undefined || mayLackRoute(socket, peer) ? ROUTE_ERRORS : []),
      ...(port === undefined ? [] : NO_PEER),
    ];
    if (outcome === undefined || !errors.some((error) => outcome === error || outcome === `WSA${error}`))
      return { allowed, after };
    return { allowed: { ...allowed, outcomes: [...new Set([...allowed.outcomes, ...errors])] }, after };
  }

  /** The peer of a connect(), if its port is known. */
  #peerOf({ socket: number, to, port }: ConnectStep, { making }: Present, peerPort: number | undefined) {
    const isUdp = protocolOf(making, this.#asking.protocol) === 'udp';
    const known = port ?? peerPort ?? (isUdp ? FIRST_PEER + number : undefined);
    return known === undefined ? {} : { to: { address: reached(making, to), port: known } };
  }

  #next({ making, name, options, device, overIPv4 }: Present): NextSocket {
    const { family, v6only } = making;
    return {
      protocol: protocolOf(making, this.#asking.protocol),
      family,
      ...(v6only === 'default' ? {} : { v6only }),
      address: name?.address ?? '',
      port: name?.port ?? this.#asking.port,
      options,
      ...this.#asking.userOf(making),
      ...(device === undefined ? {} : { device }),
      ...(overIPv4 ? { connectedOverIPv4: true } : {}),
    };
  }

  /** Does an operation in the model; the new follower has the sockets of `then`. */
  #take(socket: Present, operation: ModelOperation, happened: Outcome | undefined, then: Follower) {
    const key = this.#portOf(socket);
    const port = this.#ports.get(key) ?? this.#asking.simulate(hostOf(socket));
    const { prediction, after } = port.step(operation, happened);
    const ports = new Map(this.#ports).set(key, after);
    return { allowed: prediction, after: new Follower(this.#asking, then.#sockets, ports) };
  }

  /** What the model says of an operation on a socket without a port: what it would return if the socket were alone on one. */
  #aloneOnAPort(socket: Present, operation: ModelOperation & { readonly op: 'join' | 'leave' }): AllowedStep {
    const bind = { op: 'bind', socket: operation.socket, ...this.#next({ ...socket, name: undefined }) } as const;
    const alone = this.#asking.simulate(hostOf(socket)).step({ ...bind, address: wildcardOf(socket) }, 'ok').after;
    return alone.step(operation).prediction;
  }

  /** The key of a socket's port, among the ports of both hosts and both protocols. */
  #portOf(socket: Present): string {
    const { making, name } = socket;
    return `${hostOf(socket)} ${protocolOf(making, this.#asking.protocol)} ${name?.port ?? this.#asking.port}`;
  }

  #given(after: Follower) {
    return { allowed: GIVEN, after };
  }

  #with(number: number, socket: Present | undefined): Follower {
    const sockets = new Map(this.#sockets);
    if (socket === undefined) sockets.delete(number);
    else sockets.set(number, socket);
    return new Follower(this.#asking, sockets, this.#ports);
  }

  #find(number: number): Present {
    const socket = this.#sockets.get(number);
    if (socket === undefined) throw new RangeError(`there is no socket ${number}`);
    return socket;
  }
}

function hostOf({ making }: Present): 'machine' | 'neighbour' {
  return making.owner === 'neighbour' ? 'neighbour' : 'machine';
}

/** Whether a socket may have no route to an address of its own machine: if it is tied, or if its address is another one. */
function mayLackRoute({ device, wasConnected, name }: Present, to: string): boolean {
  const own = unmapped(name?.address ?? '');
  return device !== undefined || wasConnected || !(isWildcard(own) || own === to);
}

/** The name that a socket has before it is bound. */
function wildcardOf({ making }: Present): string {
  return making.family === 'inet' ? '0.0.0.0' : '::';
}

function newSocket(making: Making): Present {
  return {
    making,
    child: false,
    name: undefined,
    options: Object.fromEntries(making.options.map((option) => [option, true])),
    device: making.device,
    local: undefined,
    memberships: [],
    wasConnected: false,
    overIPv4: false,
    state: 'unbound',
  };
}

function uidOf({ uid }: Pick<NextSocket, 'uid'>): { uid?: number } {
  return uid === undefined ? {} : { uid };
}
