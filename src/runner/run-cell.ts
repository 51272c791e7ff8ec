import type { Cell } from '../experiment/cells.ts';
import type { System } from '../experiment/experiment.ts';
import { Deadline } from '../process/pace.ts';
import type { SeenErrors } from '../record/errors.ts';
import type { CellRecord } from '../record/record.ts';
import { evidenceOf } from '../verdict/claims.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { expectationFor, judge } from '../verdict/judge.ts';
import type { LabFacts } from '../lab/lab.ts';
import type { AgentProcess } from '../harness/agent-process.ts';
import type { Patience } from './patience.ts';
import type { AgentPool, Lease } from './pool.ts';
import { isFree, type Ports } from './ports.ts';
import { Stage } from './stage.ts';

/** If others take the port during a cell, the cell is tried on another port, this many times in all. */
const ATTEMPTS = 3;
/** No cell takes this long on a quiet machine, in milliseconds; a cell that does hangs. */
const CELL_DEADLINE = 60_000;

/** A lab in use: its agents and its ports. */
export interface Workplace {
  pool: AgentPool;
  ports: Ports;
  facts: LabFacts;
  /** The errors that calls returned in any cell of the run. */
  errors: SeenErrors;
}

/** The system by which a cell is judged, and its version; on Linux that of the kernel. */
export interface JudgedBy {
  system: System;
  version?: string | undefined;
}

/** Runs one cell and judges it. Never throws: if something goes wrong, the verdict is `error` and says what it was. */
export async function runCell(
  cell: Cell,
  workplace: Workplace,
  platform: JudgedBy,
  patience: Patience,
): Promise<CellRecord> {
  const began = performance.now();
  const finish = (rest: Partial<CellRecord> & Pick<CellRecord, 'verdict' | 'attempts'>): CellRecord => ({
    ...blank(cell, platform),
    ...rest,
    duration: Math.round((performance.now() - began) * 10) / 10,
  });
  const failures = new Set<string>();
  for (let attempts = 1; ; attempts += 1) {
    const attempt = await attemptCell(cell, workplace, patience);
    const { transcript } = attempt;
    if ('error' in attempt) return finish({ verdict: 'error', reason: attempt.error, transcript, attempts });
    const { observation } = attempt;
    let judgement: ReturnType<typeof judge>;
    let claims: CellRecord['claims'];
    try {
      judgement = judge(cell, platform.system, platform.version, observation);
      claims = evidenceOf(cell, observation);
    } catch (error) {
      return finish({ verdict: 'error', reason: messageOf(error), observation, transcript, attempts });
    }
    if (judgement.verdict === 'fail' && attempt.stolen) {
      failures.add(JSON.stringify(judgement.disagreements));
      if (attempts < ATTEMPTS) continue;
      // Programs that take three different ports do not all cause the same failure. If the failure is the same each time, the
      // platform caused it, and the port is in use only because of the state that the cell's own connections left on it.
      if (failures.size > 1) {
        const reason = `another program took the port, ${ATTEMPTS} times over`;
        return finish({ verdict: 'error', reason, transcript, attempts });
      }
    }
    return finish({ ...judgement, observation, claims, transcript, attempts });
  }
}

/** The record of a cell before it runs: only what the cell is and what is expected are known. */
export function blank(cell: Cell, platform: JudgedBy): CellRecord {
  const { title, asks } = cell.registered.experiment;
  return {
    id: cell.id,
    experiment: cell.registered.id,
    title,
    asks,
    values: { ...cell.values },
    verdict: 'error',
    ...expectationOf(cell, platform),
    observation: undefined,
    disagreements: [],
    claims: [],
    duration: 0,
    attempts: 0,
    transcript: [],
  };
}

function expectationOf(cell: Cell, { system, version }: JudgedBy): Pick<CellRecord, 'expectation'> {
  try {
    const resolved = expectationFor(cell, system, version);
    if (resolved === null) return {};
    const { expect, known, cite, because } = resolved;
    return { expectation: { expect, known, cite: [...cite], ...(because === undefined ? {} : { because }) } };
  } catch {
    // If the expectation can't be found, the only verdict of the cell is `error`, which says why.
    return {};
  }
}

type Attempt = { transcript: CellRecord['transcript'] } & (
  | { error: string }
  | { observation: unknown; stolen: boolean }
);

async function attemptCell(cell: Cell, workplace: Workplace, patience: Patience): Promise<Attempt> {
  const { pool, ports, facts, errors } = workplace;
  let prober: Lease | undefined;
  let stage: Stage | undefined;
  const probe = async () => {
    prober ??= await pool.take('machine', false);
    return prober.agent;
  };
  try {
    stage = await Stage.open({ facts, patience, pool, errors, nextPort: () => ports.next(probe) });
    const observation = await inTime(cell.registered.experiment.run(cell.values, stage));
    await stage.clear();
    if (stage.spoiled !== null) return { error: stage.spoiled, transcript: stage.transcript() };
    const stolen = ports.shared && !(await areFree(await probe(), facts, stage.ports));
    return { observation, stolen, transcript: stage.transcript() };
  } catch (error) {
    await stage?.clear();
    return { error: messageOf(error), transcript: stage?.transcript() ?? [] };
  } finally {
    if (prober) await pool.giveBack(prober);
  }
}

/** The observation of an experiment. @throws HarnessError when it has not ended in time */
async function inTime<T>(running: Promise<T>): Promise<T> {
  const deadline = new Deadline(CELL_DEADLINE);
  let cancel: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = deadline.whenPassed(() => {
      reject(new HarnessError(`it was not done after ${Math.round(deadline.allowed / 1000)} s`));
    });
  });
  return Promise.race([running, late]).finally(cancel);
}

async function areFree(agent: AgentProcess, facts: LabFacts, ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if (!(await isFree(agent, facts, port))) return false;
  return true;
}

/**
 * The message of an error. A harness error explains itself; any other error is a mistake in bindspec or in the experiment,
 * so its message also says where it happened.
 */
export function messageOf(error: unknown): string {
  if (error instanceof HarnessError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const where = /\(?(?:file:\/\/)?([^\s()]+:\d+:\d+)\)?/.exec(error.stack?.split('\n')[1] ?? '')?.[1];
  return `${error.name}: ${error.message}${where === undefined ? '' : ` (at ${where})`}`;
}
