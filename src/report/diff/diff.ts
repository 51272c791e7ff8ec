import type { ContainersRecord } from '../../record/containers.ts';
import { DIFFERENCE_VERSION, type RecordDifference, type ChangedFact } from '../../record/difference.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import type { BindRecord } from '../../record/record.ts';
import { diffContainers } from './containers.ts';
import { factsBetween } from './facts.ts';
import { diffMatrices } from './matrices.ts';
import { diffRuns } from './runs.ts';

/** A record and the file it was read from. */
interface Read<R> {
  file: string;
  record: R;
}

/** One record before and one after. */
interface Two<R> {
  before: Read<R>;
  after: Read<R>;
}

/** What is compared: at least one of these. */
export interface Compared {
  run?: Two<BindRecord>;
  matrix?: Two<MatrixRecord>;
  containers?: Two<ContainersRecord>;
}

/** What changed between two records, or between the records of two folders. @throws RangeError as `diffMatrices` does. */
export function diff({ run, matrix, containers }: Compared, bindspec: string): RecordDifference {
  const parts = {
    ...(run ? { run: { ...sides(run), ...diffRuns(run.before.record, run.after.record) } } : {}),
    ...(matrix ? { matrix: { ...sides(matrix), ...diffMatrices(matrix.before.record, matrix.after.record) } } : {}),
    ...(containers
      ? { containers: { ...sides(containers), ...diffContainers(containers.before.record, containers.after.record) } }
      : {}),
  };
  const [before, after] = (['before', 'after'] as const).map((side) => nameOf({ run, matrix, containers }, side));
  return {
    schema: DIFFERENCE_VERSION,
    kind: 'difference',
    bindspec,
    before: before ?? '',
    after: after ?? '',
    differs:
      (parts.run?.outcomes.length ?? 0) > 0 ||
      (parts.matrix?.different ?? 0) > 0 ||
      (parts.containers?.different ?? 0) > 0,
    facts: distinct([run, matrix, containers].flatMap((two) => (two ? factsOf(two) : []))),
    ...parts,
  };
}

function factsOf({ before, after }: NonNullable<Compared[keyof Compared]>): ChangedFact[] {
  return factsBetween(before.record, after.record);
}

function sides<R extends { started: string; complete: boolean }>({ before, after }: Two<R>) {
  const side = ({ file, record: { started, complete } }: Read<R>) => ({ file, started, complete });
  return { before: side(before), after: side(after) };
}

function nameOf(
  { run, matrix, containers }: { [Kind in keyof Compared]: Compared[Kind] | undefined },
  side: 'before' | 'after',
): string {
  return (run ?? matrix)?.[side].record.platform.id ?? containers?.[side].record.engine.id ?? '';
}

/** The run and the matrix of one platform were mostly made with the same. */
function distinct(facts: readonly ChangedFact[]): ChangedFact[] {
  return [...new Map(facts.map((fact) => [JSON.stringify(fact), fact])).values()];
}
