import { setTimeout as after } from 'node:timers/promises';
import type { Lab, LabFacts, LabKind } from '../../lab/lab.ts';
import type { Host, Protocol, Setting, SystemName } from '../../model/types.ts';
import { models } from '../../model/index.ts';
import { isLimitedBroadcast, isMulticast, unmapped } from '../../model/address.ts';
import { readHost } from '../../lab/read-host.ts';
import { readPrivilege } from '../../lab/privilege.ts';
import { settingOf } from '../../matrix/setting.ts';
import { kernelOf } from '../../model/linux-kernel.ts';
import type { Operation, Result } from '../../protocol/messages.ts';
import { terseName } from '../../protocol/terse-name.ts';
import type { Platform, TranscriptLine } from '../../record/record.ts';
import { traceLine } from '../../record/transcript.ts';
import { Interfaces, askInterfaces } from './interfaces.ts';
import { Prober } from './prober.ts';
import { AgentPool, type Lease, type PoolSettings } from '../pool.ts';
import { harnessClock } from '../../harness/agent-process.ts';
import { platformOf } from '../platform.ts';
import { abilitiesOf, type Abilities } from '../abilities.ts';
import { listenerName, listenOnBoth } from '../listeners.ts';
import { portRange } from '../port-range.ts';
import { Ports } from '../ports.ts';
import { paced } from '../../process/pace.ts';
import { Unavailable } from '../../process/unavailable.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { playAll, type Ask, type Part } from '../../plan/lockstep.ts';
import { Play, withOwners, type PlayPeer, type PlaySettings, type Privileged, type Uids } from '../../plan/play.ts';
import type { DeviceAddresses } from '../../plan/script-network.ts';
import { makingOf, usesOtherEnd, type Plan, type ProbeStep, type Step } from '../../plan/plan.ts';
import { senderOf } from '../../plan/probe.ts';
import { vocabularyOf, type Vocabulary } from '../../explore/vocabulary.ts';

/** Ports are given in order from here, so that no two of a batch share a slot in the kernel's hash table of UDP ports. */
const FIRST_PORT = 1100;

/** The settings of a floor, with the system whose model is asked; the platform's own when left out. */
export interface FloorSettings extends PoolSettings {
  readonly model?: SystemName;
  /** Whether random plans ask who receives; without, they ask about names. */
  readonly receivers?: boolean;
}

/** What the agents of a lab were asked at its start. */
interface Asked {
  readonly abilities: Abilities;
  readonly interfaces: Interfaces;
  readonly machine: Host;
  readonly privileged: Privileged;
}

/** A lab with its agents: the two owners and the peers. It gives each port once. */
export class Floor {
  readonly lab: Lab;
  readonly platform: Platform;
  readonly model: SystemName;
  readonly uids: Uids;
  readonly privileged: Privileged;
  readonly #abilities: Abilities;
  readonly #pool: AgentPool;
  readonly #receivers: boolean;
  readonly #leases: Readonly<Record<Exclude<Part, 'neighbour'>, Lease>>;
  #neighbour: Lease | undefined;
  readonly #settings: Readonly<Record<'machine' | 'neighbour', Setting>>;
  readonly #interfaces: Interfaces;
  #farInterfaces = new Interfaces();
  readonly #prober: Prober;
  readonly #ports: Ports;
  /** The ports of closed connections that may be in TIME_WAIT still. */
  readonly #leftPorts = new Set<number>();
  readonly #sharing = new WeakSet<Play>();
  #nextPort = FIRST_PORT;

  private constructor(
    lab: Lab,
    pool: AgentPool,
    leases: Record<Exclude<Part, 'neighbour'>, Lease>,
    { abilities, interfaces, machine, privileged }: Asked,
    settings: FloorSettings,
  ) {
    this.lab = lab;
    this.#abilities = abilities;
    this.#pool = pool;
    this.#receivers = settings.receivers ?? false;
    this.#leases = leases;
    const { system, ...platform } = platformOf(leases[1].hello, lab.stack);
    this.platform = { ...platform, system };
    this.model = settings.model ?? system;
    this.uids = { 1: leases[1].hello.uid ?? 0, 2: leases[2].hello.uid ?? 0 };
    this.privileged = privileged;
    const kernel = this.model === 'linux' ? kernelOf(this.platform) : undefined;
    this.#settings = {
      machine: settingOf({ ...lab.facts, machine }, this.platform, this.model),
      neighbour: {
        host: { addresses: addressesOf(lab.facts, 'neighbour') },
        ...(kernel === undefined ? {} : { kernel }),
      },
    };
    this.#interfaces = interfaces;
    this.#prober = new Prober({
      ask: async (part, operations) => this.#lease(part).agent.ask(operations, false),
      indexOf: (part, address) => (part === 'neighbour' ? this.#farInterfaces : interfaces).indexOf(address),
      external: (family) => lab.facts.addresses[family].external,
      isOfMany: (address) => this.#isOfMany(address),
      devices: interfaces.devices,
      closedPort: async () => this.#port(),
      listen: async () => this.#listen(),
    });
    this.#ports = new Ports(lab.facts);
  }

  /** Opens a lab and starts its agents. @throws Unavailable, HarnessError. */
  static async open(kind: LabKind, settings: FloorSettings): Promise<Floor> {
    const lab = await kind.open();
    const pool = new AgentPool(lab, settings);
    try {
      const otherUser = lab.facts.missing['second user'] === undefined;
      const [first, second, peer] = await Promise.all([
        pool.take('machine', false),
        pool.take('machine', otherUser),
        pool.take('machine', false),
      ]);
      const abilities = await abilitiesOf(peer.agent, lab.facts);
      const interfaces = await askInterfaces(peer.agent, lab.facts);
      const machine = await readHost(peer.agent, lab.facts);
      const [one, two] = await Promise.all([readPrivilege(first.agent), readPrivilege(second.agent)]);
      const privileged = {
        ...(one === undefined ? {} : { 1: one }),
        ...(two === undefined ? {} : { 2: two }),
      };
      const asked: Asked = { abilities, interfaces, machine, privileged };
      return new Floor(lab, pool, { 1: first, 2: second, peer }, asked, settings);
    } catch (error) {
      await pool.close();
      await lab.close();
      throw error;
    }
  }

  /** The setting in which the model is asked about the machine: its addresses, its own settings, its release. */
  get setting(): Setting {
    return this.#settings.machine;
  }

  /** The addresses of the machine's interfaces, by their names. */
  get devices(): DeviceAddresses {
    return this.#settings.machine.host?.devices ?? {};
  }

  /** How many ports it has left. On a machine that others use too, ports are probed, and there is no end to them. */
  get portsLeft(): number {
    return this.#ports.shared ? Number.POSITIVE_INFINITY : portRange(this.lab.facts).to + 1 - this.#nextPort;
  }

  /** Whether an agent can acknowledge at once (TCP_QUICKACK). */
  get #quickAck(): boolean {
    return this.platform.system === 'linux';
  }

  /** How many datagrams of probes were sent again up to now. */
  get resent(): number {
    return this.#prober.resent;
  }

  /** The parts that random plans can be made of here. */
  vocabulary(protocol: Protocol): Vocabulary {
    const { dualStack } = this.#abilities;
    const { broadcasts = [] } = this.#settings.machine.host ?? {};
    const asked = { dualStack, receivers: this.#receivers, broadcasts };
    return vocabularyOf(protocol, this.lab.facts, this.platform.system, asked);
  }

  /** Plays plans side by side, each on a fresh port, and removes everything after them. @throws HarnessError */
  async playMany(plans: readonly Plan[]): Promise<Play[]> {
    if (plans.some(({ steps }) => steps.some(isFar))) await this.#takeNeighbour();
    const peers = await this.#peers(plans);
    const plays: Play[] = [];
    for (const [place, plan] of plans.entries()) {
      const port = await this.#port();
      plays.push(this.#play(plan, { port, peers: peers(place), prefix: `${port}.` }));
    }
    const ask: Ask = (part, operations) => this.#lease(part).agent.askTersely(operations);
    // Where an end can be made to acknowledge at once, no time is waited for it.
    const settled = this.#quickAck ? {} : { settled: () => after(paced(SETTLE)) };
    await playAll(plays, ask, { ...settled, probe: (rounds) => this.#prober.probe(rounds) });
    await this.#clean(plays);
    for (const play of sharingOf(plays, this.#leftPorts)) this.#sharing.add(play);
    for (const [place, { chosenPorts }] of plays.entries()) {
      if (plans[place]?.steps.some(usesOtherEnd) === true) for (const port of chosenPorts) this.#leftPorts.add(port);
    }
    return plays;
  }

  /** Whether another play had a port of this one too, because the system chose it for both. */
  shares(play: Play): boolean {
    return this.#sharing.has(play);
  }

  /**
   * Plays one plan alone, and returns every call, and also the plan itself with an owner for each user that it names.
   * @throws BadPlan for a plan with a user that does not exist here, Unavailable for one with sockets of a neighbour where
   * there is no neighbour, HarnessError when an agent fails
   */
  async playAlone(given: Plan): Promise<{ plan: Plan; play: Play; transcript: TranscriptLine[] }> {
    const plan = withOwners(given, this.uids);
    if (plan.steps.some(isFar)) await this.#takeNeighbour();
    const peers = await this.#peers([plan]);
    const play = this.#play(plan, { port: await this.#port(), peers: peers(0), prefix: '' });
    const transcript: TranscriptLine[] = [];
    const began = harnessClock();
    const note = (part: Part, operations: readonly Operation[], results: readonly Result[]) => {
      for (const [index, result] of results.entries()) {
        const operation = operations[index];
        if (operation) transcript.push(this.#line(part, operation, result, began));
      }
    };
    const ask = async (part: Part, operations: readonly Operation[]) => {
      const results = await this.#lease(part).agent.ask(operations, false);
      note(part, operations, results);
      return results.map(({ name, outcome }) => (name === undefined ? outcome : terseName(name)));
    };
    const prober = this.#prober.with(async (part, operations) => {
      const results = await this.#lease(part).agent.ask(operations, false);
      note(part, operations, results);
      return results;
    });
    await playAll([play], ask, { settled: () => after(paced(SETTLE)), probe: (rounds) => prober.probe(rounds) });
    await this.#clean([play]);
    return { plan, play, transcript };
  }

  /** Never throws. */
  async close(): Promise<void> {
    await this.#pool.close();
    await this.lab.close();
  }

  #play(plan: Plan, settings: Pick<PlaySettings, 'port' | 'peers' | 'prefix'>): Play {
    const simulate = (host: 'machine' | 'neighbour') => models[this.model].simulate(this.#settings[host]);
    const { devices } = this.#interfaces;
    const arrivesBy = (step: ProbeStep) => this.#deviceOf(step);
    const mine = { uids: this.uids, privileged: this.privileged, addressesOf: this.devices, devices };
    const means = {
      quickAck: this.#quickAck,
      ...(this.platform.system === 'darwin' ? { disconnects: 'disconnectx' as const } : {}),
    };
    return new Play(plan, { ...settings, ...mine, ...means, simulate, arrivesBy });
  }

  /**
   * The device by which a probe comes in. From the neighbour that is the interface to it. The machine's own datagrams to a
   * group or to everyone come back by the interface through which they left, that of their sender's address.
   */
  #deviceOf(step: ProbeStep): string | undefined {
    const { address, owner } = senderOf(step);
    if (owner === 'neighbour') return this.lab.facts.externalInterface ?? undefined;
    if (!this.#isOfMany(unmapped(step.to))) return undefined;
    const { devices = {} } = this.#settings.machine.host ?? {};
    return Object.keys(devices).find((device) => devices[device]?.includes(unmapped(address)) === true);
  }

  /** Whether an address is of a group, or a broadcast address of the machine. */
  #isOfMany(address: string): boolean {
    const { broadcasts = [] } = this.#settings.machine.host ?? {};
    return isMulticast(address) || isLimitedBroadcast(address) || broadcasts.includes(address);
  }

  /** Has the peer listen on a port that answers every client. */
  async #listen(): Promise<{ port: number; names: string[] }> {
    const { facts } = this.lab;
    const [port = 0] = await listenOnBoth(this.#leases.peer.agent, ['answers'], facts);
    const families = (['inet', 'inet6'] as const).filter((family) => facts.addresses[family].wildcard !== undefined);
    return { port, names: families.map((family) => listenerName('answers', family)) };
  }

  #lease(part: Part): Lease {
    const lease = part === 'neighbour' ? this.#neighbour : this.#leases[part];
    if (lease === undefined) throw new Error('no agent plays the neighbour');
    return lease;
  }

  async #takeNeighbour(): Promise<void> {
    const { lab, hosts, elsewhere } = this.lab.facts;
    if (hosts.neighbour === undefined) throw new Unavailable(`the ${lab} lab has no neighbour`, elsewhere);
    if (this.#neighbour !== undefined) return;
    this.#neighbour = await this.#pool.take('neighbour', false);
    this.#farInterfaces = await askInterfaces(this.#neighbour.agent, this.lab.facts);
  }

  async #port(): Promise<number> {
    if (this.#ports.shared) return this.#ports.next(async () => this.#leases.peer.agent);
    if (this.portsLeft < 1) throw new HarnessError('the lab has no port left that was not used before');
    this.#nextPort += 1;
    return this.#nextPort - 1;
  }

  /**
   * Listeners for the connections of the plans, by the places of the plans. Each plan connects to several different
   * listeners. When there are many plans, no one accepts their connections, so each listener is for as many plans as its
   * queue has room for. A plan that does something with the other end of a connection has listeners of its own, so that
   * the connection that is accepted there is the right one.
   */
  async #peers(plans: readonly Plan[]): Promise<(place: number) => readonly PlayPeer[]> {
    const counts = plans.map(({ steps }) => steps.filter(({ op }) => op === 'connect').length);
    const most = Math.max(0, ...counts);
    // UDP needs no one who answers, only an address to send to. Not every system lets two sockets have the same peer.
    const isUdp = plans.every(({ protocol, steps }) =>
      steps.every((step) => (makingOf(step)?.protocol ?? protocol) === 'udp'),
    );
    if (isUdp) {
      const peers = Array.from({ length: most }, (_, index) => ({ port: DISCARD + index }));
      return () => peers;
    }
    const { queue } = this.#abilities;
    const groupOf = new Map<number, number>();
    const apart = plans.flatMap(({ steps }, place) => (steps.some(usesOtherEnd) ? [place] : []));
    for (const place of apart) groupOf.set(place, groupOf.size);
    const groups = groupOf.size + Math.ceil(plans.length / queue);
    const names = Array.from({ length: groups * most }, (_, index) => `peer${index}`);
    const ports = await listenOnBoth(this.#leases.peer.agent, names, this.lab.facts);
    const peers = ports.map((port, index) => {
      const name = names[index] ?? '';
      return { port, listeners: { inet: listenerName(name, 'inet'), inet6: listenerName(name, 'inet6') } };
    });
    return (place) => {
      const from = (groupOf.get(place) ?? groupOf.size + Math.floor(place / queue)) * most;
      return peers.slice(from, from + most);
    };
  }

  /** Resets every connection, then closes everything: the owners first, so that no TIME_WAIT stays on their ports. */
  async #clean(plays: readonly Play[]): Promise<void> {
    const left = plays.flatMap((play) => play.cleaning());
    await Promise.all(
      ([1, 2, 'neighbour'] as const).map(async (owner) => {
        if (owner === 'neighbour' && this.#neighbour === undefined) return;
        const own = left.filter((one) => one.owner === owner).map(({ operation }) => operation);
        await this.#reset(owner, own);
      }),
    );
    await this.#reset('peer', []);
    this.#prober.forget();
  }

  async #reset(part: Part, before: readonly Operation[]): Promise<void> {
    const { agent } = this.#lease(part);
    if (before.length > 0) await agent.askTersely(before);
    const [result] = await agent.ask([{ op: 'reset' }], false);
    if ((result?.open ?? 0) > 0)
      throw new HarnessError(`an agent kept ${result?.open} sockets that it should have closed`);
  }

  #line(part: Part, operation: Operation, result: Result, began: number): TranscriptLine {
    const { agent, host } = this.#lease(part);
    const at = Math.round((result.at + agent.clockOffset - began) * 1000) / 1000;
    return { at, part: this.#title(part), host, call: traceLine(operation, result) };
  }

  #title(part: Part): string {
    if (part === 'peer' || part === 'neighbour') return part;
    return `${part === 1 ? 'first' : 'second'} owner, uid ${this.uids[part]}`;
  }
}

/** The first port that UDP sockets connect to; no one listens there. */
const DISCARD = 9;

/** How long the ends of a connection inside a quiet machine take to hear of each other's close (a delayed ACK), in milliseconds. */
const SETTLE = 80;

/** The plays with a port that another one has too, or that a closed connection may hold still. */
export function sharingOf<One extends Pick<Play, 'chosenPorts'>>(
  plays: readonly One[],
  leftPorts: ReadonlySet<number>,
): ReadonlySet<One> {
  const times = new Map<number, number>();
  for (const { chosenPorts } of plays) for (const port of chosenPorts) times.set(port, (times.get(port) ?? 0) + 1);
  const isShared = (port: number) => leftPorts.has(port) || (times.get(port) ?? 0) > 1;
  return new Set(plays.filter(({ chosenPorts }) => [...chosenPorts].some(isShared)));
}

/** Whether the neighbour takes part in a step. */
function isFar(step: Step): boolean {
  return makingOf(step)?.owner === 'neighbour' || (step.op === 'probe' && step.from?.owner === 'neighbour');
}

/** The addresses of a host of the lab. */
function addressesOf({ addresses }: LabFacts, host: 'machine' | 'neighbour'): string[] {
  const kinds = host === 'machine' ? OWN_KINDS : NEIGHBOUR_KINDS;
  return [addresses.inet, addresses.inet6].flatMap((own) =>
    kinds.map((kind) => own[kind]).filter((one) => one !== undefined),
  );
}

const OWN_KINDS = ['wildcard', 'loopback', 'second-loopback', 'external', 'second-external'] as const;
const NEIGHBOUR_KINDS = ['wildcard', 'loopback', 'second-loopback', 'neighbour', 'filtered'] as const;
