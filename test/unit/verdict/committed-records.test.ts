import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../../src/experiment/cells.ts';
import type { System } from '../../../src/experiment/experiment.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { versionOf } from '../../../src/model/linux-kernel.ts';
import { evidenceOf } from '../../../src/verdict/claims.ts';
import { judge } from '../../../src/verdict/judge.ts';
import { runRecords } from '../../../tools/run-records.ts';
import { ROOT } from '../../support/docs.ts';

const cells = new Map((await loadRegistry()).flatMap(cellsOf).map((cell) => [cell.id, cell]));
const records = runRecords(`${ROOT}reports`);

it('there are records of Linux, of gVisor and of Wine', () => {
  expect([...new Set(records.map(({ platform }) => platform.system))].toSorted()).toEqual(['gvisor', 'linux', 'wine']);
});

/** An observation of Winsock with the names that Linux has for its errors. */
function underLinuxNames(observation: unknown): unknown {
  return JSON.parse(JSON.stringify(observation).replaceAll('"WSAE', '"E'));
}

describe('a committed record, judged again', () => {
  it.each(records.map((record) => [record.platform.id, record] as const))('%s has the same verdicts', (_, record) => {
    const system = record.platform.system as System;
    const judged = record.cells
      .filter(({ verdict }) => verdict !== 'skipped')
      .flatMap(({ id, verdict, observation }) => {
        const cell = cells.get(id);
        if (cell === undefined) return [];
        // Some of these records call it a difference when only the name of an error differs from that on Linux.
        const asOnLinux = judge(cell, 'linux', undefined, underLinuxNames(observation)).verdict === 'pass';
        const is = judge(cell, system, versionOf(record.platform), observation);
        return [{ id, was: verdict, is, asOnLinux }];
      });
    // A record in which almost nothing could be judged would prove nothing.
    expect(judged.length).toBeGreaterThan(200);
    const changed = judged
      .filter(
        ({ was, is, asOnLinux }) => is.verdict !== was && !(was === 'differs' && is.verdict === 'pass' && asOnLinux),
      )
      .map(({ id, was, is }) => `${id}: ${was}, now ${is.verdict} ${JSON.stringify(is.disagreements)}`);
    expect(changed).toEqual([]);
  });

  it.each(records.map((record) => [record.platform.id, record] as const))('%s has the same evidence', (_, record) => {
    for (const { id, verdict, observation, claims } of record.cells) {
      const cell = cells.get(id);
      if (cell === undefined || verdict === 'skipped') continue;
      const holding = (evidence: typeof claims) => evidence.map(({ claim, holds }) => [claim, holds]);
      expect(holding(evidenceOf(cell, observation)), id).toEqual(holding(claims));
    }
  });
});
