import { type LabKind } from '../../../lab/lab.ts';
import { forMatrix } from '../../../matrix/sockets.ts';
import { triplesPlanOf, type AskedTriples, type TriplesPlan } from '../../../matrix/triples/blocks.ts';
import { pairBlocksFor } from '../../../matrix/triples/pairs.ts';
import type { Block } from '../../../matrix/blocks.ts';
import type { Platform } from '../../../record/record.ts';
import { TRIPLES_VERSION, type TriplesRecord } from '../../../record/triples.ts';
import { workInLabs } from '../in-labs.ts';
import { PairWork } from '../pair-work.ts';
import { recordedRun, type BlockSettings } from '../recorded-run.ts';
import { TripleWork, type Spread } from './work.ts';

export interface TriplesSettings extends BlockSettings<AskedTriples> {
  /** How third sockets are spread over ports; they share ports when left out. */
  spread?: Spread;
}

export interface TriplesListener {
  started(platform: Platform, lab: string, plan: TriplesPlan): void;
  /** Reports that this many more triples are done. */
  did(triples: number): void;
}

/**
 * Runs the triples that were asked for, in labs side by side, and compares them with a model. If it is interrupted, the
 * record has the results so far.
 * @throws BadSelection for an impossible selection; Unavailable when no lab is available; HarnessError when no agent
 * can be started in it; Interrupted when the user interrupts before the first triple.
 */
export async function runTriples(
  kind: LabKind,
  settings: TriplesSettings,
  listener: TriplesListener,
): Promise<TriplesRecord> {
  const started = new Date();
  const { asked, more, signal, spread } = settings;
  let plan: TriplesPlan = { blocks: [], skipped: [] };
  let pairBlocks: readonly Block[] = [];
  const done = await workInLabs(kind, settings, (there) => {
    const { facts, platform, choice, queue } = there;
    const other = facts.missing['second user'];
    plan = triplesPlanOf(asked, choice, other ? { reason: other.reason, enable: forMatrix(other.enable) } : null);
    listener.started(platform, facts.lab, plan);
    pairBlocks = pairBlocksFor(plan.blocks);
    const pairs = new PairWork(pairBlocks, queue, there, signal, () => undefined);
    return new TripleWork(plan.blocks, { pairs, more, signal, ...(spread ? { spread } : {}) }, there, (triples) =>
      listener.did(triples),
    );
  });
  const { scene, work } = done;
  const compared = work.comparison.record(scene.model, plan.blocks, pairBlocks, work.pairs.results);
  const { counts } = compared;
  return {
    schema: TRIPLES_VERSION,
    kind: 'triples',
    ...recordedRun(started, counts.notRun === 0, settings, done),
    ...compared,
    counts: { ...counts, skipped: plan.skipped.reduce((sum, { triples }) => sum + triples, 0) },
    skipped: plan.skipped.map((skip) => ({ ...skip })),
    errors: [...work.pairs.errors, ...work.errors],
  };
}
