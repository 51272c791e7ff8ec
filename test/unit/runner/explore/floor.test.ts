import process from 'node:process';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Floor } from '../../../../src/runner/explore/floor.ts';
import { plans } from '../../../../src/explore/generate.ts';
import { parsePlan } from '../../../../src/plan/parse.ts';
import { makingOf } from '../../../../src/plan/plan.ts';
import type { Play } from '../../../../src/plan/play.ts';
import { loopbackLab } from '../../../support/loopback-lab.ts';
import { noNamespaces } from '../../../support/namespace.ts';
import { needs } from '../../../support/needs.ts';

const fake = (name: string) => [
  process.execPath,
  fileURLToPath(new URL(`../../../fakes/${name}.mjs`, import.meta.url)),
];

async function on<T>(agent: string, work: (floor: Floor) => Promise<T>): Promise<T> {
  const floor = await Floor.open(loopbackLab, { fresh: false, grace: 20_000, agentCommand: fake(agent) });
  try {
    return await work(floor);
  } finally {
    await floor.close();
  }
}

describe('playing on other systems', needs(noNamespaces), () => {
  it.each(['udp', 'tcp'] as const)('%s without dual-stack sockets, as on OpenBSD', async (protocol) => {
    const { made, plays } = await on('no-dual-stack', async (floor) => {
      const random = fc.sample(plans(fc, floor.vocabulary(protocol)), { seed: 3, numRuns: 100 });
      return { made: random, plays: await floor.playMany(random) };
    });
    const makings = made.flatMap(({ steps }) => steps.flatMap((step) => makingOf(step) ?? []));
    expect(makings.filter(({ family, v6only }) => family === 'inet6' && !v6only)).toEqual([]);
    expect(makings.some(({ family }) => family === 'inet6')).toBe(true);
    expect(plays.filter(({ mismatch }) => mismatch)).toEqual([]);
  });

  it('with connections in their hundreds, where a queue takes 192 and resets the rest', async () => {
    const one = parsePlan('tcp: bind s1 127.0.0.1; connect s1 127.0.0.1; bind s2 ::1; connect s2 ::1');
    const plays: Play[] = await on('short-queue', (floor) => floor.playMany(Array.from({ length: 300 }, () => one)));
    for (const { played } of plays) expect(played.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });
});
