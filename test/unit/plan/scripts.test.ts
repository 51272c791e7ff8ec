import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plans } from '../../../src/explore/generate.ts';
import { playAll } from '../../../src/plan/lockstep.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import { scriptInC } from '../../../src/plan/script-c.ts';
import { scriptInPython } from '../../../src/plan/script-python.ts';
import type { ScriptInput } from '../../../src/plan/script.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { folder } from '../../support/cli.ts';
import { answering, playOf, tcp, udp } from '../explore/fixture.ts';
import { needs, noCompiler, noPython } from '../../support/needs.ts';

async function inputOf(plan: Plan, uids: ScriptInput['uids'] = { 1: 0, 2: 65_534 }): Promise<ScriptInput> {
  const play = playOf(plan);
  await playAll([play], answering([]));
  return { plan, played: play.played, uids, platform: 'linux 6.18', model: 'darwin' };
}

/** Scripts of many random sequences, as files. */
async function files(ending: string, script: (input: ScriptInput) => string): Promise<string[]> {
  const home = folder();
  const some = [udp, tcp].flatMap((vocabulary) => fc.sample(plans(fc, vocabulary), { seed: 3, numRuns: 20 }));
  const inputs = await Promise.all(some.map((plan) => inputOf(plan)));
  return inputs.map((input, index) => {
    const file = path.join(home, `${index}.${ending}`);
    writeFileSync(file, script(input));
    return file;
  });
}

describe('scripts', () => {
  it('in C are valid, without a warning', needs(noCompiler), async () => {
    const list = await files('c', scriptInC);
    const words = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', ...list];
    const { status, stderr } = spawnSync('cc', words, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('in Python are valid', needs(noPython), async () => {
    const list = await files('py', scriptInPython);
    const { status, stderr } = spawnSync('python3', ['-m', 'py_compile', ...list], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('say what was expected and observed, how to run them, and for whom', async () => {
    const input = await inputOf(
      parsePlan('udp: bind s1 192.168.5.130; bind s2@2 fd00:5::130; bind s3 ::ffff:127.0.0.1'),
    );
    for (const text of [scriptInC(input), scriptInPython(input)]) {
      expect(text).toContain(
        'ip link set lo up; ip addr add 192.168.5.130 dev lo; ip addr add fd00:5::130 dev lo nodad;',
      );
      expect(text).toContain('Run it as root: sockets marked @2 are those of user 65534.');
      expect(text).toContain('expected ok, observed ok');
      expect(text).toContain('model of darwin');
    }
  });

  it('act for one user where there is one', async () => {
    const input = await inputOf(parsePlan('udp: bind s1 0.0.0.0; bind s2@2 0.0.0.0'), { 1: 1000, 2: 1000 });
    for (const text of [scriptInC(input), scriptInPython(input)]) {
      expect(text).not.toContain('seteuid');
      expect(text).not.toContain('as root');
    }
  });
});
