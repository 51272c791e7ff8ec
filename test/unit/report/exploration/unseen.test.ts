import { expect, test } from 'vitest';
import { parsePlan } from '../../../../src/plan/parse.ts';
import { explorationSchema } from '../../../../src/record/explore.ts';
import { describeUnseen } from '../../../../src/report/exploration/describe.ts';
import { unseenLines } from '../../../../src/report/exploration.ts';

const plan = parsePlan('udp: bind s1 127.0.0.1; probe 127.0.0.1');
const [bind, probe] = plan.steps;
const platform = {
  id: 'linux-6.18-x64',
  system: 'linux',
  release: '6.18.0',
  version: '#1',
  architecture: 'x64',
  runtime: 'v20.19.0',
  uid: 0,
} as const;
const where = { platform, lab: 'netns', model: 'linux', uids: { 1: 0, 2: 65_534 } } as const;

test('the record has a mismatch that was not seen again with its sequence, seed, steps and calls', () => {
  if (bind === undefined || probe === undefined) throw new Error('the plan has two steps');
  const line = { at: 1, part: 'peer', host: 'machine', call: 'sendto(p) = 1' };
  const described = describeUnseen(
    {
      plan,
      first: {
        played: [
          { step: bind, prediction: { outcomes: ['ok'] }, outcome: 'ok' },
          { step: probe, prediction: { outcomes: ['s1'], rule: 'linux/R3-specific' }, outcome: 'silence' },
        ],
      },
      seed: -7,
      place: 31,
      doubt: 'a packet that was lost looks the same',
      alone: 5,
      shown: 0,
      transcript: [line],
    },
    where,
  );
  expect(explorationSchema.shape.unseen.parse([described])).toEqual([
    {
      protocol: 'udp',
      sequence: 'udp: bind s1 127.0.0.1; probe 127.0.0.1',
      seed: -7,
      place: 31,
      doubt: 'a packet that was lost looks the same',
      alone: 5,
      shown: 0,
      steps: [
        { step: 'bind s1 127.0.0.1', allowed: ['ok'], observed: 'ok' },
        { step: 'probe 127.0.0.1', allowed: ['s1'], rule: 'linux/R3-specific', observed: 'silence' },
      ],
      transcript: [line],
      rerun: "npx bindspec explore --replay 'udp: bind s1 127.0.0.1; probe 127.0.0.1'",
    },
  ]);
  expect(unseenLines(described, where).map(({ text }) => text.trim())).toEqual([
    'NOT SEEN AGAIN  udp: bind s1 127.0.0.1; probe 127.0.0.1',
    'probe 127.0.0.1: observed silence, the model of linux allows s1, by linux/R3-specific',
    'In doubt: a packet that was lost looks the same. Played alone 5 times, seen in 0 of them.',
    "npx bindspec explore --replay 'udp: bind s1 127.0.0.1; probe 127.0.0.1'",
  ]);
});
