import { HarnessError } from '../../harness/harness-error.ts';
import { isMulticast, unmapped } from '../../model/address.ts';
import { familyReached } from '../../plan/addresses.ts';
import { BadPlan } from '../../plan/bad-plan.ts';
import type { Part } from '../../plan/lockstep.ts';
import { formatStep } from '../../plan/notation.ts';
import { callOf, type Devices } from '../../plan/operations.ts';
import { protocolOf, type Owner, type ProbeStep } from '../../plan/plan.ts';
import { isAllowed, type AllowedOutcomes } from '../../plan/play.ts';
import { receptionInWords, senderOf } from '../../plan/probe.ts';
import type { Probed, ProbeRound } from '../../plan/probing.ts';
import { paced } from '../../process/pace.ts';
import type { Family, Operation, Result } from '../../protocol/messages.ts';
import { makeConnections } from '../probing/connections.ts';
import { sendDatagrams } from '../probing/datagrams.ts';
import type { SentProbe, ProbeEnd, ProbeGround, ProbePath } from '../probing/probe.ts';

/** How long to wait for what must come back before a way counts as one by which nothing does, in milliseconds. */
const WITHIN = 250;

/** What a prober needs of the lab. */
export interface ProberSettings {
  /** Has the agent of a part do operations. */
  ask(part: Part, operations: readonly Operation[]): Promise<Result[]>;
  /** The index of the interface of the part's host that has an address. */
  indexOf(part: Part, address: string): number | undefined;
  /** The address at which the neighbour reaches the machine. */
  external(family: Family): string | undefined;
  /** Whether an address is of a group, or a broadcast address of the machine. */
  isOfMany(address: string): boolean;
  /** The interfaces of the machine on which groups are joined. */
  readonly devices: Devices;
  /** Takes a port on which nothing will be bound. */
  closedPort(): Promise<number>;
  /** Has the peer listen, and returns the port and the names of the listeners. */
  listen(): Promise<{ readonly port: number; readonly names: readonly string[] }>;
}

/** What probers of the same agents have in common. */
class Shared {
  /** The groups that the machine has joined. */
  readonly joined = new Set<string>();
  /** The paths of probes, each once. */
  readonly paths = new Map<string, ProbePath>();
  /** The ways by which nothing comes back. */
  readonly dead = new Set<string>();
  closed: Promise<number> | undefined;
  listening: ReturnType<ProberSettings['listen']> | undefined;
  /** How many datagrams were sent again. */
  resent = 0;
}

/** One probe on its way. */
interface Flight extends SentProbe {
  readonly step: ProbeStep;
  readonly round: ProbeRound;
  /** What the model allows. */
  readonly allowed: AllowedOutcomes;
  /** The sockets that received it. */
  readonly receivers: Set<number>;
  /** What became of it at its sender. */
  end?: ProbeEnd;
}

/** Sends probes from the machine and from the neighbour, and finds who received each. */
export class Prober {
  readonly #settings: ProberSettings;
  readonly #shared: Shared;

  constructor(settings: ProberSettings, shared = new Shared()) {
    this.#settings = settings;
    this.#shared = shared;
  }

  /**
   * Sends the probes of many plans at once.
   * @throws HarnessError when an agent fails, BadPlan for a sender that does not exist here
   */
  async probe(rounds: readonly ProbeRound[]): Promise<Probed[][]> {
    const places = new Map<number, number>();
    const flights = rounds.map((round) =>
      round.probes.map(({ step, prediction }): Flight => {
        const port = step.port ?? round.port;
        const place = places.get(port) ?? places.size;
        places.set(port, place);
        return { path: this.#path(step), place, step, round, allowed: prediction, receivers: new Set() };
      }),
    );
    const ports = [...places.keys()];
    for (const protocol of ['udp', 'tcp'] as const) {
      const own = flights.flat().filter(({ step, round }) => protocolOf(step, round.protocol) === protocol);
      if (own.length === 0) continue;
      // Probes of one path, side by side, are told to an agent in a few numbers.
      const order = new Map([...this.#shared.paths.values()].map((path, place) => [path, place]));
      const inOrder = own.toSorted((one, other) => (order.get(one.path) ?? 0) - (order.get(other.path) ?? 0));
      await this.#joinAll(inOrder);
      const ends = await this.#send(protocol, inOrder, this.#ground(protocol, inOrder, ports));
      for (const [index, flight] of inOrder.entries()) flight.end = ends[index];
    }
    return flights.map((own) => own.map(outcomeOf));
  }

  /** How many datagrams were sent again up to now, because nothing came of the ones before. */
  get resent(): number {
    return this.#shared.resent;
  }

  /** The same prober, with calls that are made in another way. */
  with(ask: ProberSettings['ask']): Prober {
    return new Prober({ ...this.#settings, ask }, this.#shared);
  }

  /** To be called when the agent of the peers has closed everything. */
  forget(): void {
    this.#shared.joined.clear();
    this.#shared.listening = undefined;
  }

  /** The path of a probe: the same object for all that go the same way. */
  #path(step: ProbeStep): ProbePath {
    const { owner, address, port } = senderOf(step);
    const sender = owner === 'neighbour' ? 'neighbour' : 'peer';
    const [from, target] = [unmapped(address), unmapped(step.to)];
    const key = `${sender} ${from} ${port ?? 0} ${target}`;
    const known = this.#shared.paths.get(key);
    if (known !== undefined) return known;
    const settings = this.#settings;
    const many = settings.isOfMany(target);
    const family = familyReached(from);
    const device = family === 'inet6' ? settings.indexOf(sender, from) : undefined;
    // No error comes back from many. The refusal of an address of the machine shows that what was sent before has arrived.
    const proof = sender === 'peer' ? from : settings.external(family);
    const path: ProbePath = {
      sender,
      source: {
        address: from,
        ...(port === undefined ? {} : { port }),
        ...(many ? { many: true, ...(device === undefined ? {} : { device }) } : {}),
      },
      target,
      ...(many && proof !== undefined ? { proof } : {}),
    };
    this.#shared.paths.set(key, path);
    return path;
  }

  /** @throws HarnessError, BadPlan */
  #ground(protocol: 'udp' | 'tcp', flights: readonly Flight[], ports: readonly number[]): ProbeGround<Owner> {
    const rounds = [...new Set(flights.map(({ round }) => round))];
    const receiving = rounds.flatMap((round) => round.receiving.filter((one) => one.protocol === protocol));
    const receivers = OWNERS.map((agent) => {
      const sockets = receiving.filter(({ owner }) => owner === agent);
      return { agent, sockets, on: sockets.map(({ name }) => name) };
    }).filter(({ on }) => on.length > 0);
    return {
      ask: async (agent, operation) => {
        const [result] = await this.#settings.ask(agent, [operation]);
        if (result?.outcome === 'ok') return result;
        const isNamed = (one: ProbeStep) => result?.data?.includes(unmapped(senderOf(one).address)) === true;
        const step = flights.find((flight) => isNamed(flight.step))?.step;
        if (result?.outcome === 'EADDRNOTAVAIL' && step !== undefined) {
          throw new BadPlan(`'${formatStep(step)}': the sender does not have that address`);
        }
        throw new HarnessError(`${operation.op} returned ${result?.outcome}: ${result?.data ?? 'no more is known'}`);
      },
      ports,
      receivers,
      note: (index, at, probe) => {
        const socket = receivers[index]?.sockets[at];
        if (socket !== undefined) flights[probe]?.receivers.add(socket.socket);
      },
    };
  }

  async #send(
    protocol: 'udp' | 'tcp',
    flights: readonly Flight[],
    ground: ProbeGround<Owner>,
  ): Promise<readonly ProbeEnd[]> {
    const { dead } = this.#shared;
    const within = paced(WITHIN);
    if (protocol === 'udp') {
      const closed = await (this.#shared.closed ??= this.#settings.closedPort());
      const maySilence = (index: number) => isAllowed((flights[index] as Flight).allowed, 'silence');
      const { ends, again } = await sendDatagrams(flights, ground, { closed, within, dead, maySilence });
      this.#shared.resent += again;
      return ends;
    }
    const { port: open, names } = await (this.#shared.listening ??= this.#settings.listen());
    return makeConnections(flights, ground, { open, answers: { agent: 'peer', on: names }, within, dead });
  }

  /**
   * The machine joins the groups on every interface, by a socket that is bound to no port: a host takes no packet for a
   * group that none of its sockets has joined.
   */
  async #joinAll(flights: readonly Flight[]): Promise<void> {
    const groups = new Set(flights.map(({ path }) => path.target).filter(isMulticast));
    const operations = [...groups].flatMap((group): Operation[] => {
      if (this.#shared.joined.has(group)) return [];
      this.#shared.joined.add(group);
      const on = `member of ${group}`;
      const joins = Object.keys(this.#settings.devices).map((device) =>
        callOf(on, { op: 'join', socket: 0, group, device }, this.#settings.devices),
      );
      return [{ op: 'socket', as: on, family: familyReached(group), type: 'dgram' }, ...joins];
    });
    if (operations.length > 0) await this.#settings.ask('peer', operations);
  }
}

const OWNERS = [1, 2, 'neighbour'] as const satisfies readonly Owner[];

function outcomeOf({ step, round, receivers, end }: Flight): Probed {
  const isUdp = protocolOf(step, round.protocol) === 'udp';
  const failure = end === 'no proof' ? (isUdp ? 'silence' : 'no answer') : end;
  if (receivers.size === 0) return failure ?? (isUdp ? 'silence' : 'no answer');
  const received = receptionInWords([...receivers]);
  return failure === undefined ? received : `${received} and ${failure}`;
}
