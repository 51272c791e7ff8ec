import { setTimeout as after } from 'node:timers/promises';
import { isMulticast, unmapped } from '../../model/address.ts';
import type { ProbeSender, Operation, Result } from '../../protocol/messages.ts';
import { familyReached } from '../../plan/addresses.ts';
import { BadPlan } from '../../plan/bad-plan.ts';
import { formatStep } from '../../plan/notation.ts';
import type { Part } from '../../plan/lockstep.ts';
import { callOf, type Devices } from '../../plan/operations.ts';
import { protocolOf, type ProbeStep } from '../../plan/plan.ts';
import { isAllowed, type AllowedOutcomes } from '../../plan/play.ts';
import { receptionInWords, senderOf } from '../../plan/probe.ts';
import type { Probed, ProbeRound, Receiving } from '../../plan/probing.ts';
import { paced } from '../../process/pace.ts';

/** How many clients connect at a time; each needs two descriptors. */
const MOST_CLIENTS = 400;
/** How long to wait for what the model says must come, in milliseconds on a quiet machine. */
const PATIENCE = 1000;
/**
 * How long to wait before a datagram that the model says must have an effect is sent again, in milliseconds: it may be lost
 * while its sender looks for the neighbour's hardware address, and an error of ICMP while the kernel's own socket for them,
 * which all namespaces share, has sent more than was taken.
 */
const PAUSES = [0, 10, 50, 500, 2000, 4000];
/** A pause from this length on is long, and a prober takes only so many of them: against a wrong model they do not help. */
const LONG = 500;
const MOST_LONG = 12;

/** What a prober needs of the lab. */
export interface ProberSettings {
  /** Has the agent of a part do operations. */
  ask(part: Part, operations: readonly Operation[]): Promise<Result[]>;
  /** The index of the interface of the part's host that has an address. */
  indexOf(part: Part, address: string): number | undefined;
  /** The interfaces of the machine on which groups are joined. */
  readonly devices: Devices;
}

/** What probers of the same agents have in common. */
interface Shared {
  /** The groups that the machine has joined. */
  readonly joined: Set<string>;
  /** How many marks were given: none is given twice, so that nothing that arrives late counts for another probe. */
  marks: number;
  /** How many datagrams were sent again. */
  resent: number;
}

/** One probe on its way. */
interface Flight {
  readonly step: ProbeStep;
  readonly round: ProbeRound;
  /** What the model allows. */
  readonly allowed: AllowedOutcomes;
  readonly part: 'peer' | 'neighbour';
  readonly port: number;
  /** Its data, if it is a datagram. */
  mark: number;
  /** The sockets that received it. */
  readonly receivers: Set<number>;
  /** What became of it at its sender, once that is known. */
  failure?: string;
}

/** Sends probes from the machine and from the neighbour, and finds who received each. */
export class Prober {
  readonly #settings: ProberSettings;
  readonly #shared: Shared;
  #clients = 0;
  #longPauses = 0;

  constructor(settings: ProberSettings, shared: Shared = { joined: new Set(), marks: 0, resent: 0 }) {
    this.#settings = settings;
    this.#shared = shared;
  }

  /**
   * Sends the probes of many plans at once.
   * @throws HarnessError when an agent fails, BadPlan for a sender that does not exist here
   */
  async probe(rounds: readonly ProbeRound[]): Promise<Probed[][]> {
    const flights = rounds.map((round) =>
      round.probes.map(({ step, prediction }): Flight => {
        const part = senderOf(step).owner === 'neighbour' ? 'neighbour' : 'peer';
        const port = step.port ?? round.port;
        return { step, round, allowed: prediction, part, port, mark: 0, receivers: new Set() };
      }),
    );
    const all = flights.flat();
    const datagrams = all.filter(({ step, round }) => protocolOf(step, round.protocol) === 'udp');
    for (const flight of datagrams) {
      flight.mark = this.#shared.marks;
      this.#shared.marks += 1;
    }
    await this.#datagrams(datagrams);
    const clients = all.filter(({ step, round }) => protocolOf(step, round.protocol) === 'tcp');
    for (let from = 0; from < clients.length; from += MOST_CLIENTS) {
      await this.#connections(clients.slice(from, from + MOST_CLIENTS));
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
  }

  /**
   * The machine joins the groups on every interface, by a socket that is bound to no port: a host takes no packet for a
   * group that none of its sockets has joined.
   */
  async #joinAll(flights: readonly Flight[]): Promise<void> {
    const groups = new Set(flights.map(({ step }) => unmapped(step.to)).filter(isMulticast));
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

  async #datagrams(flights: readonly Flight[]): Promise<void> {
    await this.#joinAll(flights);
    let left = flights;
    for (const pause of PAUSES) {
      if (left.length === 0 || (pause >= LONG && (this.#longPauses += 1) > MOST_LONG)) return;
      if (pause > 0) {
        this.#shared.resent += left.length;
        await after(pause);
      }
      for (const [part, own] of byPart(left)) {
        const { senders, destinations, places } = this.#ends(part, own);
        const sends = own.flatMap((flight, index) => [...places(index), flight.port, flight.mark]);
        const [sent] = await this.#settings.ask(part, [{ op: 'probe-send', senders, destinations, sends }]);
        noteErrors(flights, sent);
      }
      await this.#drain(flights);
      if (left.some(isMissing)) {
        // The error of a datagram may arrive after the next one was sent.
        for (const part of byPart(left).keys()) {
          noteErrors(flights, (await this.#settings.ask(part, [{ op: 'probe-errors' }]))[0]);
        }
      }
      left = left.filter(isMissing);
    }
  }

  async #drain(flights: readonly Flight[]): Promise<void> {
    await this.#take(flights, 'udp', 'probe-drain', ({ codes = [] }, sockets) => {
      for (let index = 0; index < codes.length; index += 2) {
        const socket = sockets[codes[index] ?? -1];
        if (socket !== undefined) marked(flights, codes[index + 1])?.receivers.add(socket.socket);
      }
    });
  }

  async #connections(flights: readonly Flight[]): Promise<void> {
    const as = `clients${(this.#clients += 1)}`;
    const byName = new Map<string, Flight>();
    const parts = byPart(flights);
    for (const [part, own] of parts) {
      const { senders, destinations, places } = this.#ends(part, own);
      const connects = own.flatMap((flight, index) => [...places(index), flight.port]);
      const operation: Operation = { op: 'probe-connect', as, senders, destinations, connects };
      const [result] = await this.#settings.ask(part, [operation]);
      for (const [index, flight] of own.entries()) {
        byName.set(`${unmapped(senderOf(flight.step).address)} ${result?.codes?.[index] ?? 0}`, flight);
      }
    }
    const collect = async () =>
      this.#take(flights, 'tcp', 'probe-collect', ({ codes = [], legend = [] }, sockets) => {
        for (let index = 0; index < codes.length; index += 2) {
          const [address = '', port = ''] = (legend[codes[index + 1] ?? -1] ?? '').split(' ');
          const socket = sockets[codes[index] ?? -1];
          if (socket !== undefined) byName.get(`${unmapped(address)} ${port}`)?.receivers.add(socket.socket);
        }
      });
    await collect();
    for (const [part, own] of parts) {
      // A client that gets no answer is waited for only where the model does not allow that.
      const patient = [...own.keys()].filter((index) => isMissing(own[index]));
      const finish: Operation = { op: 'probe-finish', on: as, patient, within: paced(PATIENCE) };
      const [result] = await this.#settings.ask(part, [finish]);
      for (const [index, flight] of own.entries()) {
        flight.failure = failureOf(result?.legend?.[result.codes?.[index] ?? -1] ?? 'nothing');
      }
    }
    await collect();
  }

  /** Has the owners take what arrived at the sockets that may receive. */
  async #take(
    flights: readonly Flight[],
    protocol: 'udp' | 'tcp',
    op: 'probe-drain' | 'probe-collect',
    note: (result: Result, sockets: readonly Receiving[]) => void,
  ): Promise<void> {
    const rounds = new Set(flights.map(({ round }) => round));
    const sockets = [...rounds].flatMap(({ receiving }) => receiving.filter((one) => one.protocol === protocol));
    const take = async (owner: Receiving['owner']) => {
      const own = sockets.filter((one) => one.owner === owner);
      if (own.length === 0) return;
      const [result] = await this.#settings.ask(owner, [{ op, on: own.map(({ name }) => name) }]);
      if (result !== undefined) note(result, own);
    };
    await Promise.all(([1, 2, 'neighbour'] as const).map(take));
  }

  /** The different senders and destinations of probes, and the places of each probe's own. */
  #ends(part: 'peer' | 'neighbour', flights: readonly Flight[]) {
    const senders = new Map<string, { place: number; sender: ProbeSender }>();
    const destinations = new Map<string, number>();
    const own = flights.map(({ step }): [number, number] => {
      const { address, port } = senderOf(step);
      const key = `${address} ${port ?? 0}`;
      const plain = unmapped(address);
      const device = familyReached(plain) === 'inet6' ? this.#settings.indexOf(part, plain) : undefined;
      const sender: ProbeSender = {
        family: familyReached(plain),
        address: plain,
        ...(port === undefined ? {} : { port }),
        ...(device === undefined ? {} : { device }),
      };
      const { place } = senders.get(key) ?? { place: senders.size };
      senders.set(key, { place, sender });
      const to = unmapped(step.to);
      const destination = destinations.get(to) ?? destinations.size;
      destinations.set(to, destination);
      return [place, destination];
    });
    return {
      senders: [...senders.values()].map(({ sender }) => sender),
      destinations: [...destinations.keys()],
      places: (index: number): readonly number[] => own[index] ?? [],
    };
  }
}

function byPart(flights: readonly Flight[]): Map<Flight['part'], Flight[]> {
  const parts = new Map<Flight['part'], Flight[]>();
  for (const flight of flights) {
    const own = parts.get(flight.part);
    if (own === undefined) parts.set(flight.part, [flight]);
    else own.push(flight);
  }
  return parts;
}

/** The datagram with a mark; undefined for one of an earlier call. Their marks follow one another. */
function marked(flights: readonly Flight[], mark = -1): Flight | undefined {
  return flights[mark - (flights[0]?.mark ?? 0)];
}

/** @throws BadPlan for an address that is no one's here */
function noteErrors(flights: readonly Flight[], result: Result | undefined): void {
  const { codes = [], legend = [] } = result ?? {};
  for (let index = 0; index < codes.length; index += 2) {
    const flight = marked(flights, codes[index]);
    if (flight !== undefined) flight.failure = failureOf(legend[codes[index + 1] ?? -1] ?? 'nothing');
  }
  if (!legend.includes('EADDRNOTAVAIL')) return;
  for (const { step, failure } of flights) {
    if (failure === 'EADDRNOTAVAIL') throw new BadPlan(`'${formatStep(step)}': the sender does not have that address`);
  }
}

/** What an error at the sender means. */
function failureOf(outcome: string): string {
  if (outcome === 'ECONNREFUSED') return 'refused';
  if (outcome === 'ECONNRESET') return 'reset';
  return outcome === 'connecting' ? 'no answer' : outcome;
}

/** Whether nothing came of a probe yet, and the model does not allow that. */
function isMissing(flight: Flight | undefined): boolean {
  if (flight === undefined) return false;
  const { allowed, receivers, failure } = flight;
  if (receivers.size > 0 || (failure !== undefined && failure !== 'connected')) return false;
  return !isAllowed(allowed, outcomeOf(flight));
}

function outcomeOf({ step, round, receivers, failure }: Flight): Probed {
  const received = receptionInWords([...receivers]);
  // A client whose connection was accepted is reset by then.
  if (protocolOf(step, round.protocol) === 'tcp') return receivers.size > 0 ? received : (failure ?? 'no answer');
  if (receivers.size === 0) return failure ?? 'silence';
  return failure === undefined ? received : `${received} and ${failure}`;
}
