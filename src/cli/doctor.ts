import process from 'node:process';
import { cellsOf } from '../experiment/cells.ts';
import { loadRegistry } from '../experiment/registry.ts';
import { firstMissing, LabUnavailable, type Lab, type LabFacts, type LabKind } from '../lab/lab.ts';
import { onPath } from '../lab/programs.ts';
import { AgentPool } from '../runner/pool.ts';
import { platformOf } from '../runner/platform.ts';
import { HarnessError } from '../verdict/harness-error.ts';
import { EXIT, UserError } from './exit.ts';
import { LABS } from './labs.ts';
import { stacksCommand, stacksHere } from './stack.ts';
import { paint, say } from './terminal.ts';
import { version } from './version.ts';

export interface DoctorOptions {
  format: 'pretty' | 'json';
}

interface Finding {
  lab: string;
  available: boolean;
  /** Why not, and what would enable it. */
  reason?: string;
  enable?: string;
  facts?: LabFacts;
  cells?: { total: number; runnable: number; skipped: { reason: string; enable: string; cells: number }[] };
}

/** How long an agent may take to start, in milliseconds. */
const GRACE = 10_000;

/** `bindspec doctor`: opens each kind of lab, meets an agent, and tells what could and could not be run there. */
export async function doctorCommand({ format }: DoctorOptions): Promise<void> {
  const cells = (await loadRegistry()).flatMap(cellsOf);
  const findings: Finding[] = [];
  for (const kind of Object.values(LABS)) findings.push(await examine(kind, cells));
  const platform = await meet();
  if (format === 'json') {
    say(JSON.stringify({ bindspec: version(), platform, labs: findings, stacks: await stacksHere() }, null, 1));
    return;
  }
  say(`${paint('bold', `bindspec ${version()}`)}, Node ${process.version}`);
  say(`${platform.id}: ${platform.system} ${platform.release}, uid ${platform.uid ?? 'unknown'}`);
  for (const finding of findings) tell(finding);
  say(`\n${paint('bold', 'Other network stacks')}`);
  await stacksCommand();
}

async function examine(kind: LabKind, cells: ReturnType<typeof cellsOf>): Promise<Finding> {
  let lab: Lab;
  try {
    lab = await kind.open();
  } catch (error) {
    if (!(error instanceof LabUnavailable)) throw error;
    return { lab: kind.name, available: false, reason: error.message, enable: error.enable };
  }
  const skipped = new Map<string, { reason: string; enable: string; cells: number }>();
  let runnable = 0;
  for (const { registered, values } of cells) {
    const missing = firstMissing(lab.facts, registered.experiment.needs?.(values) ?? [], onPath);
    if (!missing) {
      runnable += 1;
      continue;
    }
    const entry = skipped.get(missing.reason) ?? { ...missing, cells: 0 };
    entry.cells += 1;
    skipped.set(missing.reason, entry);
  }
  await lab.close();
  const counted = { total: cells.length, runnable, skipped: [...skipped.values()] };
  return { lab: kind.name, available: true, facts: lab.facts, cells: counted };
}

/** Starts one agent on this machine, which shows that the native layer works. @throws UserError when it does not. */
async function meet() {
  const lab = await LABS.host.open();
  const pool = new AgentPool(lab, { fresh: true, grace: GRACE });
  try {
    return platformOf((await pool.take('machine', false)).hello);
  } catch (error) {
    if (error instanceof HarnessError) throw new UserError(error.message, EXIT.harness);
    throw error;
  } finally {
    await pool.close();
  }
}

function tell({ lab, available, reason, enable, facts, cells }: Finding): void {
  say(`\n${available ? paint('green', '✓') : paint('red', '✗')} ${paint('bold', `${lab} lab`)}`);
  if (!available) say(`    not here: ${reason}\n    ${paint('cyan', enable ?? '')}`);
  if (!facts || !cells) return;
  for (const family of ['inet', 'inet6'] as const) {
    const all = Object.entries(facts.addresses[family]).map(([kind, address]) => `${kind} ${address}`);
    say(`    ${family === 'inet' ? 'IPv4' : 'IPv6'}: ${all.join(', ') || 'none'}`);
  }
  say(`    ${cells.runnable} of ${cells.total} cells can be run`);
  for (const skip of cells.skipped) {
    say(`    ${String(skip.cells).padStart(4)} can't: ${skip.reason}`);
    say(`               ${paint('cyan', skip.enable)}`);
  }
}
