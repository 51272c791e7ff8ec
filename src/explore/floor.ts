import type { Lab, LabKind } from '../lab/lab.ts';
import type { Setting, SystemName } from '../model/types.ts';
import { models } from '../model/index.ts';
import { kernelOf } from '../model/linux-kernel.ts';
import type { Operation, Result } from '../protocol/messages.ts';
import type { Platform, TranscriptLine } from '../record/record.ts';
import { traceLine } from '../record/transcript.ts';
import { AgentPool, type Lease, type PoolSettings } from '../runner/pool.ts';
import { harnessClock } from '../runner/agent-process.ts';
import { platformOf } from '../runner/platform.ts';
import { portRange } from '../runner/port-range.ts';
import { Ports } from '../runner/ports.ts';
import { HarnessError } from '../verdict/harness-error.ts';
import { playAll, type Part } from './lockstep.ts';
import { Play, type PlaySettings, type Uids } from './play.ts';
import { LONGEST, type Sequence } from './sequence.ts';

/** One after the other, so that no two of a batch fall into one slot of the kernel's hash table of UDP ports. */
const FIRST_PORT = 1100;
/** The most connections that may wait at a peer: one of each sequence of a batch. */
const BACKLOG = 4096;

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
  readonly #pool: AgentPool;
  readonly #leases: Readonly<Record<Part, Lease>>;
  readonly #setting: Setting;
  readonly #ports: Ports;
  #nextPort = FIRST_PORT;

  private constructor(lab: Lab, pool: AgentPool, leases: Record<Part, Lease>, settings: FloorSettings) {
    this.lab = lab;
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

  /** Opens a lab and starts its agents. @throws LabUnavailable, HarnessError. */
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
      return new Floor(lab, pool, { 1: first, 2: second, peer }, settings);
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

  /** Plays sequences side by side, each on a fresh port, and leaves nothing behind. @throws HarnessError */
  async playMany(sequences: readonly Sequence[]): Promise<Play[]> {
    const peers = await this.#peers(sequences);
    const plays: Play[] = [];
    for (const sequence of sequences) {
      const port = await this.#port();
      plays.push(this.#play(sequence, { port, peers, prefix: `${port}.` }));
    }
    await playAll(plays, (part, operations) => this.#leases[part].agent.askTersely(operations));
    await this.#clean(plays);
    return plays;
  }

  /** Plays one sequence with nothing beside it, and tells every call. @throws HarnessError */
  async playAlone(sequence: Sequence): Promise<{ play: Play; transcript: TranscriptLine[] }> {
    const peers = await this.#peers([sequence]);
    const play = this.#play(sequence, { port: await this.#port(), peers, prefix: '' });
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

  /** Listeners for the connections of the sequences; each sequence makes its connections to different ones. */
  async #peers(sequences: readonly Sequence[]): Promise<readonly number[]> {
    const counts = sequences.map(({ steps }) => steps.filter(({ op }) => op === 'connect').length);
    const most = Math.min(Math.max(0, ...counts), LONGEST);
    // UDP needs nobody who answers; where it would send to is enough. Not every system lets two sockets have one peer.
    if (sequences[0]?.protocol === 'udp') return Array.from({ length: most }, (_, index) => DISCARD + index);
    const dual = this.lab.facts.addresses.inet6.wildcard !== undefined;
    const listeners = Array.from({ length: most }, (_, index): Operation[] => [
      { op: 'socket', as: `peer${index}`, family: dual ? 'inet6' : 'inet', type: 'stream' },
      ...(dual ? [{ op: 'setsockopt', on: `peer${index}`, option: 'IPV6_V6ONLY', value: 0 } as const] : []),
      { op: 'bind', on: `peer${index}`, address: dual ? '::' : '0.0.0.0', port: 0 },
      { op: 'listen', on: `peer${index}`, backlog: BACKLOG },
      { op: 'getsockname', on: `peer${index}` },
    ]);
    const results = await this.#leases.peer.agent.ask(listeners.flat(), false);
    const failed = results.find(({ outcome }) => outcome !== 'ok');
    if (failed) throw new HarnessError(`a peer could not be set up: ${failed.outcome}`);
    return results.flatMap(({ name }) => (name === undefined ? [] : [name.port]));
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
