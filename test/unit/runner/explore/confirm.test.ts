import { expect, test } from 'vitest';
import { parsePlan } from '../../../../src/plan/parse.ts';
import type { Play } from '../../../../src/plan/play.ts';
import { confirmed } from '../../../../src/runner/explore/confirm.ts';

const plan = parsePlan('udp: bind s1 127.0.0.1; probe 127.0.0.2');
const [, probe] = plan.steps;

function played(outcome: string): Pick<Play, 'mismatch' | 'played'> {
  if (probe === undefined) throw new Error('the plan has two steps');
  return {
    mismatch: outcome !== 'refused',
    played: [{ step: probe, prediction: { outcomes: ['refused'] }, outcome }],
  };
}

/** What counts of plays with these outcomes, and how many were played again, if that gives this outcome. */
async function counting(outcomes: readonly string[], again: string, ownPorts: boolean) {
  let alone = 0;
  const playAlone = () => {
    alone += 1;
    return Promise.resolve({ play: played(again), transcript: [] });
  };
  const plays = outcomes.map(played);
  const { sure, dropped } = await confirmed(
    plays,
    plays.map(() => plan),
    { ownPorts, playAlone },
  );
  return { mismatches: sure.filter(({ mismatch }) => mismatch).length, dropped: dropped.length, alone };
}

test('what may come of other sequences is played again: a chosen port, and early demultiplexing', async () => {
  const opened = parsePlan('tcp: open s1 inet; bind s1 127.0.0.1').steps;
  const [open, bind] = opened;
  if (probe === undefined || open === undefined || bind === undefined) throw new Error('the plans have two steps');
  const ok = { outcomes: ['ok'] };
  const plays: Pick<Play, 'mismatch' | 'played'>[] = [
    {
      mismatch: true,
      played: [
        { step: open, prediction: ok, outcome: 'ok' },
        { step: bind, prediction: ok, outcome: 'EADDRINUSE' },
      ],
    },
    {
      mismatch: true,
      played: [{ step: probe, prediction: { outcomes: ['s1'], rule: 'linux/R2-early-demux' }, outcome: 's5' }],
    },
  ];
  const playAlone = () => Promise.resolve({ play: played('refused'), transcript: [] });
  const { dropped } = await confirmed(
    plays,
    plays.map(() => plan),
    { ownPorts: true, playAlone },
  );
  expect(dropped.map(({ place, doubt }) => [place, doubt])).toEqual([
    [0, 'connect() chose a port, which another sequence may have had'],
    [1, 'early demultiplexing may meet the sockets of another sequence'],
  ]);
});

test.each([
  [
    'what a lost packet looks like is played again, and dropped',
    ['silence', 'no answer', 'refused'],
    'refused',
    true,
    [0, 2, 10],
  ],
  ['and counts where it comes again', ['silence', 's1', 'refused'], 'silence', true, [2, 0, 2]],
  ['what no lost packet explains counts at once', ['s1', 's2'], 'refused', true, [2, 0, 0]],
  ['on ports that others take, everything is played again', ['s1', 'silence', 'refused'], 'refused', false, [0, 2, 10]],
] as const)('%s', async (_name, outcomes, again, ownPorts, [mismatches, dropped, alone]) => {
  expect(await counting(outcomes, again, ownPorts)).toEqual({ mismatches, dropped, alone });
});

test.each([
  [
    'what the port decides shows on some ports, and counts',
    ['refused', 'refused', 'silence', 'refused', 'silence'],
    1,
    5,
  ],
  ['what shows once is dropped', ['refused', 'silence', 'refused', 'refused', 'refused', 'refused'], 0, 6],
])('%s', async (_name, outcomes, mismatches, plays) => {
  let alone = 0;
  const playAlone = () => {
    alone += 1;
    const line = { at: alone, part: 'first owner', host: 'machine', call: 'close(s1) = 0' } as const;
    return Promise.resolve({ play: played(outcomes[alone - 1] ?? 'one too many'), transcript: [line] });
  };
  const { sure, dropped } = await confirmed([played('silence')], [plan], { ownPorts: true, playAlone });
  expect(sure.filter(({ mismatch }) => mismatch)).toHaveLength(mismatches);
  expect({ dropped: dropped.length, alone }).toEqual({ dropped: 1 - mismatches, alone: plays });
  // Each that is dropped has how often it was tried, and the calls of the last time.
  for (const one of dropped) expect(one).toMatchObject({ plan, alone: plays, shown: 1, transcript: [{ at: plays }] });
});
