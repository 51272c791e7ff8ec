import type { Cell } from '../experiment/cells.ts';
import type { Lab, LabFacts } from '../lab/lab.ts';
import { firstMissing } from '../lab/missing.ts';
import { programsOf } from '../lab/programs.ts';
import { paint, say } from './terminal.ts';

/** How many cells can run in a lab, and what keeps the others from it. */
export interface Coverage {
  total: number;
  runnable: number;
  skipped: { reason: string; enable: string; cells: number }[];
}

export async function coverageOf(lab: Lab, cells: readonly Cell[]): Promise<Coverage> {
  const needsOf = ({ registered, values }: Cell) => registered.experiment.needs?.(values) ?? [];
  const programs = await programsOf(lab, cells.flatMap(needsOf));
  const skipped = new Map<string, { reason: string; enable: string; cells: number }>();
  let runnable = 0;
  for (const cell of cells) {
    const missing = firstMissing(lab.facts, needsOf(cell), programs);
    if (!missing) {
      runnable += 1;
      continue;
    }
    const entry = skipped.get(missing.reason) ?? { ...missing, cells: 0 };
    entry.cells += 1;
    skipped.set(missing.reason, entry);
  }
  return { total: cells.length, runnable, skipped: [...skipped.values()] };
}

/** Tells the addresses of a lab, and which cells can run there. */
export function tellOffer(facts: LabFacts, cells: Coverage): void {
  for (const family of ['inet', 'inet6'] as const) {
    const all = Object.entries(facts.addresses[family]).map(([kind, address]) => `${kind} ${address}`);
    say(`    ${family === 'inet' ? 'IPv4' : 'IPv6'}: ${all.join(', ') || 'none'}`);
  }
  say(`    ${cells.runnable} of ${cells.total} cells can run`);
  for (const skip of cells.skipped) {
    say(`    ${String(skip.cells).padStart(4)} cannot run: ${skip.reason}`);
    say(`                    ${paint('cyan', skip.enable)}`);
  }
}
