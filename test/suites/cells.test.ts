import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../src/experiment/cells.ts';
import { loadRegistry } from '../../src/experiment/registry.ts';
import { netns } from '../../src/lab/netns.ts';
import { failureText } from '../../src/report/failure.ts';
import { Batch, unavailable } from './batch.ts';
import { needs, skipFor } from '../support/needs.ts';

/** Runs every cell of every suite as a test of its own, with the same runner as the command. */
const registry = await loadRegistry();
const missing = await unavailable(netns);
const batch = new Batch(netns);
const origin = { lab: { lab: 'netns' }, platform: {} };

describe('the suites in the netns lab', needs(missing), () => {
  for (const registered of registry) {
    describe.concurrent(registered.id, () => {
      for (const cell of cellsOf(registered)) {
        test(cell.id, async (context) => {
          const record = await batch.ask(cell);
          if (record.verdict === 'skipped') {
            skipFor(context, {
              need: 'cells',
              reason: record.reason ?? 'no reason was given',
              enable: record.enable ?? null,
            });
          }
          expect(['pass', 'differs'], failureText(record, origin)).toContain(record.verdict);
        });
      }
    });
  }
});
