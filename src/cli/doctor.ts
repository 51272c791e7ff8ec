import process from 'node:process';
import { cellsOf, type Cell } from '../experiment/cells.ts';
import { loadRegistry } from '../experiment/registry.ts';
import { hostLab } from '../lab/host.ts';
import { type Lab, type LabFacts, type LabKind } from '../lab/lab.ts';
import type { Platform } from '../record/record.ts';
import { AgentPool } from '../runner/pool.ts';
import { platformOf } from '../runner/platform.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { EXIT, UserError } from './exit.ts';
import { coverageOf, tellOffer, type Coverage } from './coverage.ts';
import { doctorOfLab } from './doctor-lab.ts';
import type { LabChoice } from './lab-option.ts';
import { LABS } from './labs.ts';
import { wantRoom } from './room.ts';
import { stacksCommand, stacksHere } from './stack.ts';
import { paint, say, sayJson } from './terminal.ts';
import { version } from './version.ts';
import { systemInWords } from '../record/system-title.ts';
import { Unavailable } from '../process/unavailable.ts';

export interface DoctorOptions {
  /** The one lab to look at; every lab of this machine without. */
  lab?: LabChoice;
  /** The interface whose addresses the host lab takes. */
  interface?: string;
  format: 'pretty' | 'json';
}

interface Finding {
  lab: string;
  available: boolean;
  /** Why not, and what would enable it. */
  reason?: string;
  enable?: string;
  facts?: LabFacts;
  cells?: Coverage;
}

/** `bindspec doctor`: opens each kind of lab, meets an agent, and tells what could and could not be run there. */
export async function doctorCommand({ lab, interface: device, format }: DoctorOptions): Promise<void> {
  wantRoom(1, 'labs');
  if (lab !== undefined) {
    await doctorOfLab({ lab, ...(device === undefined ? {} : { interface: device }) }, format);
    return;
  }
  const kinds: readonly LabKind[] = device === undefined ? Object.values(LABS) : [LABS.netns, hostLab({ device })];
  const cells = (await loadRegistry()).flatMap(cellsOf);
  const findings: Finding[] = [];
  for (const kind of kinds) findings.push(await examine(kind, cells));
  const met = await meet();
  const { platform } = met;
  if (format === 'json') {
    sayJson({ bindspec: version(), ...met, labs: findings, stacks: await stacksHere() }, 1);
    if (platform === null) throw new UserError(met.agent, EXIT.harness);
    return;
  }
  say(`${paint('bold', `bindspec ${version()}`)}, Node ${process.version}`);
  if (platform !== null) say(`${platform.id}: ${systemInWords(platform)}, uid ${platform.uid ?? 'unknown'}`);
  for (const finding of findings) tell(finding);
  say(`\n${paint('bold', 'Other network stacks')}`);
  await stacksCommand();
  // Said last, where it is seen: without an agent nothing above can be run.
  if (platform === null) throw new UserError(met.agent, EXIT.harness);
}

async function examine(kind: LabKind, cells: readonly Cell[]): Promise<Finding> {
  let lab: Lab;
  try {
    lab = await kind.open();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { lab: kind.name, available: false, reason: error.message, enable: error.enable };
  }
  const coverage = await coverageOf(lab, cells);
  await lab.close();
  return { lab: kind.name, available: true, facts: lab.facts, cells: coverage };
}

/** Starts one agent on this machine, which shows that the native layer works, or tells why it does not. */
async function meet(): Promise<{ platform: Platform } | { platform: null; agent: string }> {
  const lab = await LABS.host.open();
  const pool = new AgentPool(lab, { fresh: true });
  try {
    return { platform: platformOf((await pool.take('machine', false)).hello) };
  } catch (error) {
    if (error instanceof HarnessError) return { platform: null, agent: error.message };
    throw error;
  } finally {
    await pool.close();
  }
}

function tell({ lab, available, reason, enable, facts, cells }: Finding): void {
  say(`\n${available ? paint('green', '✓') : paint('red', '✗')} ${paint('bold', `${lab} lab`)}`);
  if (!available) say(`    not here: ${reason}\n    ${paint('cyan', enable ?? '')}`);
  if (!facts || !cells) return;
  tellOffer(facts, cells);
}
