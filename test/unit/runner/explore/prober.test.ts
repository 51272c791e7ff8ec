import { expect, test } from 'vitest';
import { parsePlan } from '../../../../src/plan/parse.ts';
import { Prober } from '../../../../src/runner/explore/prober.ts';

/** The outcome of a probe whose error arrives for the datagram of this try, and how many were sent again. */
async function asked(arrives: number) {
  let tries = 0;
  const prober = new Prober({
    ask: (_part, operations) =>
      Promise.resolve(
        operations.map(({ op }) => {
          if (op === 'probe-send') tries += 1;
          const is = op === 'probe-send' && tries === arrives;
          return { op, at: 0, took: 0, outcome: 'ok', codes: is ? [0, 0] : [], legend: is ? ['ECONNREFUSED'] : [] };
        }),
      ),
    indexOf: () => undefined,
    devices: {},
  });
  const [step] = parsePlan('udp: probe 127.0.0.1').steps;
  if (step?.op !== 'probe') throw new Error('the plan has a probe');
  const probes = [{ step, prediction: { outcomes: ['refused'] } }];
  const [outcomes] = await prober.probe([{ port: 20_000, protocol: 'udp', probes, receiving: [] }]);
  return { outcomes, resent: prober.resent };
}

test('a datagram that nothing came of is sent again, and counted', async () => {
  expect(await asked(1)).toEqual({ outcomes: ['refused'], resent: 0 });
  expect(await asked(3)).toEqual({ outcomes: ['refused'], resent: 2 });
});
