import { expect, test } from 'vitest';
import type { Result } from '../../../../src/protocol/messages.ts';
import { parsePlan } from '../../../../src/plan/parse.ts';
import { Prober } from '../../../../src/runner/explore/prober.ts';

/** The outcome of a probe whose error arrives for the datagram of this try, and how many were sent again. */
async function asked(arrives: number, words: readonly [first: string, later: string]) {
  let tries = 0;
  const prober = new Prober({
    ask: (_part, operations) =>
      Promise.resolve(
        operations.map(({ op }): Result => {
          if (op !== 'probe-send') return { at: 0, took: 0, outcome: 'ok' };
          tries += 1;
          const word = tries === arrives ? 'ECONNREFUSED' : words[tries === 1 ? 0 : 1];
          return { at: 0, took: 0, outcome: 'ok', codes: [0], legend: [word] };
        }),
      ),
    indexOf: () => undefined,
    external: () => undefined,
    isOfMany: () => false,
    devices: {},
    closedPort: () => Promise.resolve(20_001),
    listen: () => Promise.resolve({ port: 20_002, names: [] }),
  });
  const [step] = parsePlan('udp: probe 127.0.0.1').steps;
  if (step?.op !== 'probe') throw new Error('the plan has a probe');
  const probes = [{ step, prediction: { outcomes: ['refused'] } }];
  const [outcomes] = await prober.probe([{ port: 20_000, protocol: 'udp', probes, receiving: [] }]);
  return { outcomes, resent: prober.resent };
}

test('a datagram that nothing came of is sent again, and counted', async () => {
  expect(await asked(1, ['ok', 'silence'])).toEqual({ outcomes: ['refused'], resent: 0 });
  expect(await asked(3, ['ok', 'silence'])).toEqual({ outcomes: ['refused'], resent: 2 });
});

test('silence is proved more than once where it is not expected, and not waited for where nothing comes back', async () => {
  expect(await asked(0, ['ok', 'silence'])).toEqual({ outcomes: ['silence'], resent: 3 });
  expect(await asked(0, ['ok', 'no proof'])).toEqual({ outcomes: ['silence'], resent: 1 });
});
