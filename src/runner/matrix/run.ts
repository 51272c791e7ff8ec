import { type LabKind } from '../../lab/lab.ts';
import { devicesOf } from '../../matrix/axes.ts';
import { matrixPlanOf, type MatrixPlan } from '../../matrix/blocks.ts';
import { compare } from '../../matrix/comparison.ts';
import type { Asked } from '../../matrix/selection.ts';
import { MATRIX_VERSION, type MatrixRecord } from '../../record/matrix.ts';
import type { Platform } from '../../record/record.ts';
import { workInLabs, type LabsSettings } from './in-labs.ts';
import { PairWork } from './pair-work.ts';
import { interfaceOf, obstacleOf } from './settings.ts';

export interface MatrixSettings extends LabsSettings {
  version: string;
  asked: Asked;
  /** More words that a command to run a pair again must have. */
  more: readonly string[];
}

export interface MatrixListener {
  started(platform: Platform, lab: string, plan: MatrixPlan): void;
  /** Reports that this many more pairs are done. */
  did(pairs: number): void;
}

/**
 * Runs the pairs that were asked for, in labs side by side, and compares them with a model. If it is interrupted, the record
 * has the results so far.
 * @throws BadSelection for an impossible selection; Unavailable when no lab is available; HarnessError when no agent
 * can be started in it; Interrupted when the user interrupts before the first pair.
 */
export async function runMatrix(
  kind: LabKind,
  settings: MatrixSettings,
  listener: MatrixListener,
): Promise<MatrixRecord> {
  const started = new Date();
  let plan: MatrixPlan = { blocks: [], skipped: [] };
  const { scene, work, jobs } = await workInLabs(kind, settings, (there) => {
    const { facts, platform, choice, queue } = there;
    plan = matrixPlanOf(settings.asked, choice, devicesOf(interfaceOf(facts)), obstacleOf(facts, platform.system));
    listener.started(platform, facts.lab, plan);
    return new PairWork(plan.blocks, queue, there, settings.signal, (pairs) => listener.did(pairs));
  });
  const { facts, platform, model, setting, owner } = scene;
  const compared = compare(plan.blocks, work.results, { model, setting, owner, more: settings.more });
  const { counts } = compared;
  return {
    schema: MATRIX_VERSION,
    kind: 'matrix',
    bindspec: settings.version,
    complete: counts.notRun === 0,
    started: started.toISOString(),
    duration: Date.now() - started.getTime(),
    platform,
    lab: facts as MatrixRecord['lab'],
    settings: { model: model.name, asked: { ...settings.asked }, jobs },
    ...compared,
    counts: { ...counts, skipped: plan.skipped.reduce((sum, { pairs }) => sum + pairs, 0) },
    skipped: plan.skipped.map((skip) => ({ ...skip })),
    errors: work.errors,
  };
}
