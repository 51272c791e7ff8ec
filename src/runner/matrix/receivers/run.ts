import type { LabFacts, LabKind } from '../../../lab/lab.ts';
import { receiverDevices } from '../../../matrix/receivers/axes.ts';
import { receiverPlanOf, type ReceiverMatrixPlan } from '../../../matrix/receivers/blocks.ts';
import { compareReceivers } from '../../../matrix/receivers/comparison.ts';
import { blockPredictor } from '../../../matrix/receivers/prediction.ts';
import { wayInWords } from '../../../matrix/receivers/ways.ts';
import type { Asked } from '../../../matrix/selection.ts';
import { RECEIVERS_VERSION, type ReceiversRecord } from '../../../record/receivers.ts';
import type { Platform } from '../../../record/record.ts';
import { workInLabs } from '../in-labs.ts';
import { recordedRun, type BlockSettings } from '../recorded-run.ts';
import { receiverObstacle } from './obstacle.ts';
import { ReceiverWork } from './work.ts';

export interface ReceiversListener {
  started(platform: Platform, lab: string, plan: ReceiverMatrixPlan): void;
  /** Reports that this many more pairs are done. */
  did(pairs: number): void;
}

/**
 * Runs the pairs that were asked for, in labs side by side, and compares who receives with a model.
 * @throws BadSelection for an impossible selection; Unavailable when no lab is available; HarnessError when no agent
 * can be started in it; Interrupted when the user interrupts before the first pair.
 */
export async function runReceivers(
  kind: LabKind,
  settings: BlockSettings<Asked>,
  listener: ReceiversListener,
): Promise<ReceiversRecord> {
  const started = new Date();
  let plan: ReceiverMatrixPlan = { blocks: [], skipped: [] };
  const done = await workInLabs(kind, settings, (there) => {
    const { facts, platform, choice } = there;
    const predictor = blockPredictor({ ...there, peers: facts });
    const obstacle = receiverObstacle(facts, platform.system);
    plan = receiverPlanOf(settings.asked, choice, receiverDevices(interfacesOf(facts)), facts, obstacle);
    listener.started(platform, facts.lab, plan);
    return new ReceiverWork(plan.blocks, predictor, settings.signal, (pairs) => listener.did(pairs));
  });
  const { scene, work } = done;
  const compared = compareReceivers(work.blocks, work.results, work.predictor, {
    model: scene.model,
    more: settings.more,
  });
  const { counts } = compared;
  return {
    schema: RECEIVERS_VERSION,
    kind: 'receivers',
    ...recordedRun(started, counts.notRun === 0, settings, done),
    ...compared,
    counts: { ...counts, alone: work.alone, skipped: plan.skipped.reduce((sum, { pairs }) => sum + pairs, 0) },
    skipped: [
      ...plan.skipped.map((skip) => ({ ...skip })),
      ...[...work.dead.values()].map((way) => ({
        what: wayInWords(way),
        pairs: 0,
        reason: `nothing comes back ${wayInWords(way)}`,
        enable: scene.facts.elsewhere,
      })),
    ],
    errors: work.errors,
  };
}

function interfacesOf({ externalInterface, secondInterface }: LabFacts): string[] {
  return [externalInterface, secondInterface].filter((name) => name !== null && name !== undefined);
}
