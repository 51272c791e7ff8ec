import { type LabKind } from '../../lab/lab.ts';
import { devicesOf } from '../../matrix/axes.ts';
import { matrixPlanOf, type MatrixPlan } from '../../matrix/blocks.ts';
import { compare } from '../../matrix/comparison.ts';
import type { Asked } from '../../matrix/selection.ts';
import { MATRIX_VERSION, type MatrixRecord } from '../../record/matrix.ts';
import type { Platform } from '../../record/record.ts';
import { workInLabs } from './in-labs.ts';
import { MatrixWork } from './matrix-work.ts';
import { PairWork } from './pair-work.ts';
import { recordedRun, type BlockSettings } from './recorded-run.ts';
import { interfaceOf, obstacleOf } from './settings.ts';

export interface MatrixSettings extends BlockSettings<Asked> {
  /** Whether sockets are also bound alone, or nothing else is done; when left out, they are if all pairs are run. */
  singles?: 'also' | 'only' | 'none';
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
  const { singles = Object.keys(settings.asked).length === 0 ? 'also' : 'none' } = settings;
  let plan: MatrixPlan = { blocks: [], skipped: [] };
  const done = await workInLabs(kind, settings, (there) => {
    const { facts, platform, choice, queue } = there;
    if (singles !== 'only') {
      plan = matrixPlanOf(settings.asked, choice, devicesOf(interfaceOf(facts)), obstacleOf(facts, platform.system));
    }
    listener.started(platform, facts.lab, plan);
    const pairs = new PairWork(plan.blocks, queue, there, settings.signal, (more) => listener.did(more));
    return new MatrixWork(pairs, there, { singles: singles !== 'none', signal: settings.signal });
  });
  const { scene, work } = done;
  const compared = compare(plan.blocks, work.pairs.results, { ...scene, more: settings.more });
  const { counts } = compared;
  return {
    schema: MATRIX_VERSION,
    kind: 'matrix',
    ...recordedRun(started, counts.notRun === 0 && (singles === 'none' || work.singles !== undefined), settings, done),
    ...compared,
    ...(work.singles === undefined ? {} : { singles: work.singles.singles }),
    rules: allRules(compared.rules, work.singles?.rules ?? []),
    counts: { ...counts, skipped: plan.skipped.reduce((sum, { pairs }) => sum + pairs, 0) },
    skipped: plan.skipped.map((skip) => ({ ...skip })),
    errors: [...work.errors, ...work.pairs.errors],
  };
}

/** The rules of both lists, each once. */
function allRules(pairs: MatrixRecord['rules'], singles: MatrixRecord['rules']): MatrixRecord['rules'] {
  const known = new Set(pairs.map(({ id }) => id));
  return [...pairs, ...singles.filter(({ id }) => !known.has(id))];
}
