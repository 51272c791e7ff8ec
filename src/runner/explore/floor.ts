import type { Lab, LabKind } from '../../lab/lab.ts';
import type { Protocol, Setting, SystemName } from '../../model/types.ts';
import { models } from '../../model/index.ts';
import { kernelOf } from '../../model/linux-kernel.ts';
import type { Operation, Result } from '../../protocol/messages.ts';
import type { Platform, TranscriptLine } from '../../record/record.ts';
import { traceLine } from '../../record/transcript.ts';
import { AgentPool, type Lease, type PoolSettings } from '../pool.ts';
import { harnessClock } from '../../harness/agent-process.ts';
import { platformOf } from '../platform.ts';
import { abilitiesOf, type Abilities } from '../abilities.ts';
import { listenOnBoth } from '../listeners.ts';
import { portRange } from '../port-range.ts';
import { Ports } from '../ports.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { playAll, type Part } from '../../explore/lockstep.ts';
import { Play, type PlaySettings, type Uids } from '../../explore/play.ts';
import { LONGEST, type Sequence } from '../../explore/sequence.ts';
import { vocabularyOf, type Vocabulary } from '../../explore/vocabulary.ts';

/** One after the other, so that no two of a batch fall into one slot of the kernel's hash table of UDP ports. */
const FIRST_PORT = 1100;

/** Whose model is asked; the platform's own when left out. */
export interface FloorSettings extends PoolSettings {
  readonly model?: SystemName;
}

/** A lab with its agents: the two owners and the peers. Ports are given once each. */
export class Floor {
  readonly lab: Lab;
  readonly platform: Platform;
  readonly model: SystemName;
  readonly uids: Uids;
  readonly #abilities: Abilities;
  readonly #pool: AgentPool;
  readonly #leases: Readonly<Record<Part, Lease>>;
  readonly #setting: Setting;
  readonly #ports: Ports;
  #nextPort = FIRST_PORT;

  private constructor(
    lab: Lab,
    pool: AgentPool,
    leases: Record<Part, Lease>,
    abilities: Abilities,
    settings: FloorSettings,
  ) {
    this.lab = lab;
    this.#abilities = abilities;
    this.#pool = pool;
    this.#leases = leases;
    const { system, ...platform } = platformOf(leases[1].hello, lab.stack);
    this.platform = { ...platform, system };
    this.model = settings.model ?? system;
    this.uids = { 1: leases[1].hello.uid ?? 0, 2: leases[2].hello.uid ?? 0 };
    const { inet, inet6 } = lab.facts.addresses;
    const kernel = this.model === 'linux' ? kernelOf(this.platform) : undefined;
    this.#setting = {
      host: { addresses: [...Object.values(inet), ...Object.values(inet6)] },
      ...(kernel === undefined ? {} : { kernel }),
    };
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
      return new Floor(lab, pool, { 1: first, 2: second, peer }, abilities, settings);
    } catch (error) {
      await pool.close();
      await lab.close();
      throw error;
    }
  }

  /** How many ports it has left; on a machine that others use too they are probed, and never come to an end. */
  get portsLeft(): number {
    return this.#ports.shared ? Number.POSITIVE_INFINITY : portRange(this.lab.facts).to + 1 - this.#nextPort;
  }

  /** What sequences can be made of here. */
  vocabulary(protocol: Protocol): Vocabulary {
    return vocabularyOf(protocol, this.lab.facts, this.platform.system, this.#abilities.dualStack);
  }

  /** Plays sequences side by side, each on a fresh port, and leaves nothing behind. @throws HarnessError */
  async playMany(sequences: readonly Sequence[]): Promise<Play[]> {
    const peers = await this.#peers(sequences);
    const plays: Play[] = [];
    for (const [place, sequence] of sequences.entries()) {
      const port = await this.#port();
      plays.push(this.#play(sequence, { port, peers: peers(place), prefix: `${port}.` }));
    }
    await playAll(plays, (part, operations) => this.#leases[part].agent.askTersely(operations));
    await this.#clean(plays);
    return plays;
  }

  /** Plays one sequence with nothing beside it, and tells every call. @throws HarnessError */
  async playAlone(sequence: Sequence): Promise<{ play: Play; transcript: TranscriptLine[] }> {
    const peers = await this.#peers([sequence]);
    const play = this.#play(sequence, { port: await this.#port(), peers: peers(0), prefix: '' });
    const transcript: TranscriptLine[] = [];
    const began = harnessClock();
    await playAll([play], async (part, operations) => {
      const results = await this.#leases[part].agent.ask(operations, false);
      for (const [index, result] of results.entries()) {
        const operation = operations[index];
        if (operation) transcript.push(this.#line(part, operation, result, began));
      }
      return results.map((result) => result.name?.address ?? result.outcome);
    });
    await this.#clean([play]);
    return { play, transcript };
  }

  /** Never throws. */
  async close(): Promise<void> {
    await this.#pool.close();
    await this.lab.close();
  }

  #play(sequence: Sequence, settings: Pick<PlaySettings, 'port' | 'peers' | 'prefix'>): Play {
    const simulation = models[this.model].simulate(this.#setting);
    return new Play(sequence, { ...settings, uids: this.uids, simulation });
  }

  async #port(): Promise<number> {
    if (this.#ports.shared) return this.#ports.next(async () => this.#leases.peer.agent);
    if (this.portsLeft < 1) throw new HarnessError('the lab has no port left that was not used before');
    this.#nextPort += 1;
    return this.#nextPort - 1;
  }

  /**
   * Listeners for the connections of the sequences, by the places of these. Each sequence makes its connections to
   * different ones. Nobody accepts them, so that each listener is for as many sequences as there is room in its queue.
   */
  async #peers(sequences: readonly Sequence[]): Promise<(place: number) => readonly number[]> {
    const counts = sequences.map(({ steps }) => steps.filter(({ op }) => op === 'connect').length);
    const most = Math.min(Math.max(0, ...counts), LONGEST);
    // UDP needs nobody who answers; where it would send to is enough. Not every system lets two sockets have one peer.
    if (sequences[0]?.protocol === 'udp') {
      const ports = Array.from({ length: most }, (_, index) => DISCARD + index);
      return () => ports;
    }
    const { queue } = this.#abilities;
    const groups = Math.ceil(sequences.length / queue);
    const names = Array.from({ length: groups * most }, (_, index) => `peer${index}`);
    const ports = await listenOnBoth(this.#leases.peer.agent, names, this.lab.facts);
    return (place) => {
      const from = Math.floor(place / queue) * most;
      return ports.slice(from, from + most);
    };
  }

  /** Resets what is connected, then closes everything: the owners first, so that no TIME_WAIT stays on their ports. */
  async #clean(plays: readonly Play[]): Promise<void> {
    const left = plays.flatMap((play) => play.cleaning());
    await Promise.all(
      ([1, 2] as const).map(async (owner) => {
        const own = left.filter((one) => one.owner === owner).map(({ operation }) => operation);
        await this.#reset(owner, own);
      }),
    );
    await this.#reset('peer', []);
  }

  async #reset(part: Part, before: readonly Operation[]): Promise<void> {
    const { agent } = this.#leases[part];
    if (before.length > 0) await agent.askTersely(before);
    const [result] = await agent.ask([{ op: 'reset' }], false);
    if ((result?.open ?? 0) > 0)
      throw new HarnessError(`an agent kept ${result?.open} sockets that it should have closed`);
  }

  #line(part: Part, operation: Operation, result: Result, began: number): TranscriptLine {
    const { agent, host } = this.#leases[part];
    const at = Math.round((result.at + agent.clockOffset - began) * 1000) / 1000;
    return { at, part: this.#title(part), host, call: traceLine(operation, result) };
  }

  #title(part: Part): string {
    if (part === 'peer') return 'peer';
    return `${part === 1 ? 'first' : 'second'} owner, uid ${this.uids[part]}`;
  }
}

/** The first port that UDP sockets connect to; nobody listens there. */
const DISCARD = 9;
