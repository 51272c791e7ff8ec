import type { RunnerTestSuite } from 'vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import { cellsOf } from '../../src/experiment/cells.ts';
import { loadRegistry } from '../../src/experiment/registry.ts';
import { netns } from '../../src/lab/netns.ts';
import { failureText } from '../../src/report/failure.ts';
import { Batch, unavailable } from './batch.ts';
import { needs, skipFor } from '../support/needs.ts';

/** Runs every cell of every suite as a test of its own, with the same runner as the command. */
const registry = await loadRegistry();
const missing = await unavailable(netns);
const origin = { lab: { lab: 'netns' }, platform: {} };

describe('the suites in the netns lab', needs(missing), () => {
  let batch: Batch;
  // All tests that were selected are run at once; a single one runs its own cell only.
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the parameter, and takes no other form
  beforeAll(({}, suite) => {
    const names = new Set(selectedIn(suite));
    const cells = registry.flatMap(cellsOf).filter(({ id }) => names.has(id));
    batch = new Batch(netns, cells);
    return () => batch.end();
  });

  for (const registered of registry) {
    describe(registered.id, () => {
      for (const cell of cellsOf(registered)) {
        test(cell.id, async (context) => {
          const record = await batch.recordOf(cell);
          if (record.verdict === 'skipped') {
            skipFor(context, {
              need: 'cells',
              reason: record.reason ?? 'no reason was given',
              enable: record.enable ?? null,
            });
          }
          if (record.verdict !== 'pass' && record.verdict !== 'differs') expect.fail(failureText(record, origin));
        });
      }
    });
  }
});

/** The names of the tests of a suite that will be run. */
function selectedIn({ tasks }: Readonly<RunnerTestSuite>): string[] {
  return tasks.flatMap((task) =>
    task.type === 'suite' ? selectedIn(task) : task.mode === 'run' || task.mode === 'queued' ? [task.name] : [],
  );
}
