import type { matrixRunShape } from '../../record/matrix-run.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import type { LabsSettings, MatrixScene } from './in-labs.ts';

/** How pairs, triples and receivers are run: in labs side by side, and for a record of one version of bindspec. */
export interface BlockSettings<Asked> extends LabsSettings {
  version: string;
  asked: Asked;
  /** More words that a command to run a pair or a triple again must have. */
  more: readonly string[];
}

/** What a record says of its run. It ends now. */
export function recordedRun(
  started: Date,
  complete: boolean,
  { version, asked }: Pick<BlockSettings<object>, 'version' | 'asked'>,
  { scene, jobs }: { readonly scene: MatrixScene; readonly jobs: number },
): Pick<MatrixRecord, keyof typeof matrixRunShape> {
  const { facts, platform, model } = scene;
  return {
    bindspec: version,
    complete,
    started: started.toISOString(),
    duration: Date.now() - started.getTime(),
    platform,
    lab: facts as MatrixRecord['lab'],
    settings: { model: model.name, asked: { ...asked }, jobs },
  };
}
