import type { MatrixRecord } from '../../../../src/record/matrix.ts';
import type { BindRecord, CellRecord } from '../../../../src/record/record.ts';
import type { Given } from '../../../../src/report/comparison/columns.ts';
import { fixture } from '../fixture.ts';
import { matrixRecord } from '../matrix/fixture.ts';

type Twist = (cell: CellRecord) => Partial<CellRecord>;

interface Elsewhere extends Partial<BindRecord['platform']> {
  started?: string;
  lab?: string;
  twist?: Twist;
}

/** The fixture's run as it would be on another platform. */
export function runOn({ started, lab, twist, ...platform }: Elsewhere): BindRecord {
  return {
    ...fixture,
    complete: true,
    settings: { ...fixture.settings, cells: fixture.cells.length },
    started: started ?? fixture.started,
    platform: { ...fixture.platform, ...platform },
    lab: { ...fixture.lab, lab: lab ?? fixture.lab.lab },
    cells: fixture.cells.map((cell) => ({ ...cell, ...twist?.(cell) })),
  };
}

/** A matrix of the platform and lab of a run, small. */
export function matrixOn({ platform, lab, bindspec }: BindRecord, more: Partial<MatrixRecord> = {}): MatrixRecord {
  const small = matrixRecord({ protocol: 'udp', state: 'bound', uid: 'same', first: '0.0.0.0 -' });
  return { ...small, platform, lab, bindspec, ...more };
}

/** Records as if each had been read from a file, named by its place. */
export function given<R extends BindRecord | MatrixRecord>(...records: R[]): Given<R>[] {
  return records.map((record, index) => ({ file: `${index}/record.json`, record }));
}
