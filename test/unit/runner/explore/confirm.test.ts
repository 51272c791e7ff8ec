import { expect, test } from 'vitest';
import { parsePlan } from '../../../../src/plan/parse.ts';
import type { Play } from '../../../../src/plan/play.ts';
import { confirmed } from '../../../../src/runner/explore/confirm.ts';
import { sharingOf } from '../../../../src/runner/explore/floor.ts';

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
    { ownPorts, shares: () => false, playAlone },
  );
  return { mismatches: sure.filter(({ mismatch }) => mismatch).length, dropped: dropped.length, alone };
}

test('a sequence that shared a port is judged by plays alone, and another one where it stands', async () => {
  const [sharing, other, still] = ['s1', 's1', 's1'].map(played);
  if (sharing === undefined || other === undefined || still === undefined) throw new Error('three were played');
  const judge = async (play: Pick<Play, 'mismatch' | 'played'>, alone: string) => {
    const playAlone = () => Promise.resolve({ play: played(alone), transcript: [] });
    const { sure, dropped } = await confirmed([play], [plan], {
      ownPorts: true,
      shares: (one) => one === sharing || one === still,
      playAlone,
    });
    return [sure.map(({ mismatch }) => mismatch), dropped.length];
  };
  expect(await judge(sharing, 'refused')).toEqual([[false], 0]);
  expect(await judge(still, 's1')).toEqual([[true], 0]);
  expect(await judge(other, 'refused')).toEqual([[true], 0]);
});

test('sharing: a port of two sequences, and one that an earlier connection may hold still', () => {
  const plays = [[40_001], [40_002, 40_003], [40_003], [40_004], []].map((ports) => ({ chosenPorts: new Set(ports) }));
  const shared = sharingOf(plays, new Set([40_004, 40_005]));
  expect(plays.map((play) => shared.has(play))).toEqual([false, true, true, true, false]);
});

test('what may come of other sequences is played again: early demultiplexing', async () => {
  if (probe === undefined) throw new Error('the plan has two steps');
  const plays: Pick<Play, 'mismatch' | 'played'>[] = [
    {
      mismatch: true,
      played: [{ step: probe, prediction: { outcomes: ['s1'], rule: 'linux/R2-early-demux' }, outcome: 's5' }],
    },
  ];
  const playAlone = () => Promise.resolve({ play: played('refused'), transcript: [] });
  const { dropped } = await confirmed(
    plays,
    plays.map(() => plan),
    { ownPorts: true, shares: () => false, playAlone },
  );
  expect(dropped.map(({ place, doubt }) => [place, doubt])).toEqual([
    [0, 'early demultiplexing may meet the sockets of another sequence'],
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
  const { sure, dropped } = await confirmed([played('silence')], [plan], {
    ownPorts: true,
    shares: () => false,
    playAlone,
  });
  expect(sure.filter(({ mismatch }) => mismatch)).toHaveLength(mismatches);
  expect({ dropped: dropped.length, alone }).toEqual({ dropped: 1 - mismatches, alone: plays });
  // Each that is dropped has how often it was tried, and the calls of the last time.
  for (const one of dropped) expect(one).toMatchObject({ plan, alone: plays, shown: 1, transcript: [{ at: plays }] });
});
