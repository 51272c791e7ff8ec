import { type Lab, type LabFacts, type LabKind } from '../../lab/lab.ts';
import { readHost } from '../../lab/read-host.ts';
import type { Choice } from '../../matrix/selection.ts';
import { settingOf } from '../../matrix/setting.ts';
import { namesOf } from '../../matrix/sockets.ts';
import { models, type Model } from '../../model/index.ts';
import type { Setting, SystemName } from '../../model/types.ts';
import type { Platform } from '../../record/record.ts';
import { onlyInterrupted, tidied, unlessAborted } from '../../process/interrupted.ts';
import { Unavailable } from '../../process/unavailable.ts';
import { abilitiesOf } from '../abilities.ts';
import { platformOf } from '../platform.ts';
import { AgentPool, type PoolSettings } from '../pool.ts';

export interface LabsSettings extends Omit<PoolSettings, 'fresh'> {
  /** How many labs at a time. */
  jobs: number;
  /** The system whose model the results are compared with; the platform's own when left out. */
  model?: SystemName;
  /** Ends the work early. */
  signal: AbortSignal;
}

/** What the answers are compared with. */
export interface ComparedWith {
  readonly model: Model;
  readonly setting: Setting;
  /** The uid of the owner of most sockets. */
  readonly owner: number;
}

/** What the first lab and its first agent tell. */
export interface MatrixScene extends ComparedWith {
  readonly facts: LabFacts;
  readonly platform: Platform;
  readonly choice: Choice;
  /** How many connections may wait at a listener. */
  readonly queue: number;
  /** Whether an IPv6 socket may take IPv4 too. */
  readonly dualStack: boolean;
}

/** Work that can be shared by several labs. */
export interface Labour {
  /** In how many pieces it can be done; no more labs than that are opened. */
  readonly size: number;
  /** Set when the work is over, so that nothing more is noted. */
  over: boolean;
  /** Works in one lab until there is nothing left to do. */
  in(pool: AgentPool, facts: LabFacts): Promise<void>;
}

/**
 * Opens labs side by side, and does work in them until it is done or interrupted.
 * @param begin makes the work, once the first lab is open
 * @returns the work and what it was done in, and the number of labs
 * @throws Unavailable when no lab is available; HarnessError when no agent can be started in it; Interrupted when the user
 * interrupts before the work begins; and what `begin` throws
 */
export async function workInLabs<W extends Labour>(
  kind: LabKind,
  settings: LabsSettings,
  begin: (scene: MatrixScene) => W,
): Promise<{ scene: MatrixScene; work: W; jobs: number }> {
  const labs: Lab[] = [];
  const pools: AgentPool[] = [];
  const open = async () => {
    const lab = await kind.open();
    labs.push(lab);
    const pool = new AgentPool(lab, { ...settings, fresh: false });
    pools.push(pool);
    return { lab, pool };
  };
  const opening: Promise<unknown>[] = [];
  try {
    const { signal } = settings;
    const first = await unlessAborted(open(), signal);
    const { facts: offered } = first.lab;
    const lease = await unlessAborted(first.pool.take('machine', false), signal);
    const platform = platformOf(lease.hello, first.lab.stack);
    const { queue, dualStack } = await abilitiesOf(lease.agent, offered);
    const facts: LabFacts = { ...offered, machine: await readHost(lease.agent, offered) };
    const choice: Choice = { ...namesOf(facts, dualStack), system: platform.system, lab: facts.lab };
    await first.pool.giveBack(lease);
    const model = models[settings.model ?? platform.system];
    const setting = settingOf(facts, platform, model.name);
    const scene: MatrixScene = { facts, platform, choice, queue, dualStack, model, setting, owner: platform.uid ?? 0 };
    const work = begin(scene);
    const most = facts.ownPorts ? Math.min(settings.jobs, kind.atOnce ?? settings.jobs) : 1;
    const jobs = Math.max(1, Math.min(most, work.size));
    const workers = Array.from({ length: jobs }, async (_, index) => {
      // If a later lab is not available, the other labs only have more to do.
      const place = index === 0 ? first : await open().catch(unlessUnavailable);
      if (place && !signal.aborted) await work.in(place.pool, place.lab.facts);
    });
    opening.push(...workers);
    await unlessAborted(Promise.all(workers), signal).catch(onlyInterrupted);
    work.over = true;
    return { scene, work, jobs };
  } finally {
    const takeBack = async () => {
      await Promise.all(pools.map((pool) => pool.close()));
      await Promise.allSettled(opening);
      await Promise.all(pools.map((pool) => pool.close()));
      await Promise.all(labs.map((lab) => lab.close()));
    };
    await tidied(takeBack(), settings.signal, kind.far === true || pools.some(({ far }) => far));
  }
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof Unavailable) return null;
  throw error;
}
