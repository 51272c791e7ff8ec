import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { describe as describeMismatch } from '../../src/report/exploration/describe.ts';
import { Floor } from '../../src/runner/explore/floor.ts';
import { plans } from '../../src/explore/generate.ts';
import { formatPlan, formatStep } from '../../src/plan/notation.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import { netns } from '../../src/lab/netns.ts';
import { readExploration } from '../../src/load/read.ts';
import { explorationSchema, type Exploration } from '../../src/record/explore.ts';
import { bindspec, folder, start } from '../support/cli.ts';
import { AGENT, noNamespaces } from '../support/namespace.ts';
import { runs, until } from '../support/waiting.ts';
import { isRoot, needs, noCompiler, noPython } from '../support/needs.ts';

/** Explores in namespaces, and reads the record that it leaves. */
async function explored(...words: string[]) {
  const reports = folder();
  const ran = await bindspec(['explore', '--lab', 'netns', '--reports', reports, '--format', 'json', ...words]);
  const record: Exploration = explorationSchema.parse(JSON.parse(ran.stdout));
  const file = path.join(reports, record.platform.id, 'explore.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(record);
  return { ...ran, record };
}

/** Runs both scripts of a mismatch as they say they are to be run, and returns what they print. */
async function runScripts({ scripts }: Pick<Exploration['mismatches'][number], 'scripts'>): Promise<string[]> {
  const home = folder();
  writeFileSync(path.join(home, 'mismatch.c'), scripts.c);
  writeFileSync(path.join(home, 'plan.py'), scripts.python);
  await execa('cc', ['mismatch.c'], { cwd: home });
  const outputs = [scripts.c, scripts.python].map(async (text) => {
    const command = /unshare --net (sh -c '.*')/.exec(text)?.[1] ?? 'false';
    const user = isRoot ? '' : '--user --map-root-user ';
    return (await execa('sh', ['-c', `unshare ${user}--net ${command}`], { cwd: home })).stdout;
  });
  return Promise.all(outputs);
}

describe('what explore refuses', () => {
  test.each([
    [['--seed', 'pi'], "--seed must be a whole number from 0 to 2147483647, not 'pi'"],
    [['--seed', '-1'], "--seed must be a whole number from 0 to 2147483647, not '-1'"],
    [['--sequences', '0'], "--sequences must be a whole number from 1 to 1000000000, not '0'"],
    [['--operations', '1.5'], "--operations must be a whole number from 1 to 1000000000, not '1.5'"],
    [['--seconds', ''], "--seconds must be a whole number from 1 to 1000000, not ''"],
    [['--jobs', '0'], "--jobs must be a whole number from 1 to 64, not '0'"],
    [['--protocol', 'sctp'], "unknown protocol 'sctp'; it is one of udp, tcp, both"],
    [['--model', 'plan9'], "unknown system 'plan9'; it is one of linux, darwin"],
    [['--sequences', '5', '--seconds', '5'], 'only one of --sequences, --operations and --seconds'],
    [['--replay', 'udp: bind s1'], "--replay: 'bind s1' is not of the form 'bind s1[@2] ADDRESS"],
    [['--replay', 'udp: bind s1 ::', '--seed', '5'], '--replay plays one plan: --seed has no meaning with it'],
    [['--replay', 'udp: bind s1 ::', '--receivers'], '--replay plays one plan: --receivers has no meaning with it'],
    [['--replay', 'udp: probe ::1 from ::1@mars'], 'a probe is sent by this machine or @neighbour, not @mars'],
    [['--reports', '/dev/null/nowhere'], "the reports folder '/dev/null/nowhere' can't be written to"],
    [['today'], 'too many arguments'],
  ])('%j', async (words, message) => {
    const { exitCode, stdout, stderr } = await bindspec(['explore', ...words]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('explore in namespaces', needs(noNamespaces), () => {
  test('thousands of operations of each protocol are as the model of this system predicts', async () => {
    const { exitCode, record, stderr } = await explored('--operations', '5000', '--seed', '11');
    expect(record.mismatches).toEqual([]);
    expect(exitCode).toBe(0);
    expect(record.complete).toBe(true);
    expect(record.seed).toBe(11);
    expect(stderr).toContain('seed 11');
    expect(record.protocols.map(({ protocol }) => protocol)).toEqual(['udp', 'tcp']);
    for (const { operations, mismatches } of record.protocols) {
      expect(operations).toBeGreaterThanOrEqual(5000);
      expect(mismatches).toBe(0);
    }
    if (isRoot) expect(record.owners).toEqual([0, 65_534]);
  });

  test('a seed means the same however many labs there are, and whenever it is', async () => {
    // Two batches of each protocol, so that several labs have something to share.
    const words = ['--sequences', '1000', '--seed', '3', '--model', 'freebsd', '--mismatches', '1'];
    const [one, two] = [await explored(...words, '--jobs', '1'), await explored(...words, '--jobs', '3')];
    // How often the machine was too slow for a sequence or a datagram is not of the seed.
    const ofSeed = ({ record }: typeof one) => record.protocols.map((counts) => ({ ...counts, dropped: 0, resent: 0 }));
    expect(ofSeed(two)).toEqual(ofSeed(one));
    expect(two.record.mismatches.map(({ sequence, from }) => ({ sequence, from }))).toEqual(
      one.record.mismatches.map(({ sequence, from }) => ({ sequence, from })),
    );
    const [whole] = one.record.protocols;
    const [half] = (await explored(...words, '--sequences', '500', '--protocol', 'udp')).record.protocols;
    expect([half?.protocol, half?.sequences, whole?.sequences]).toEqual(['udp', 500, 1000]);
    // Every batch plays sequences of its own.
    expect(whole?.operations).not.toBe((half?.operations ?? 0) * 2);
  });

  test('sets of receivers get what the model of this system predicts, and another model is found to be wrong', async () => {
    const reports = folder();
    const words = [
      'explore',
      '--lab',
      'netns',
      '--reports',
      reports,
      '--receivers',
      '--sequences',
      '60',
      '--seed',
      '7',
    ];
    const { exitCode, stdout } = await bindspec([...words, '--format', 'json']);
    const record = explorationSchema.parse(JSON.parse(stdout));
    expect(record.mismatches).toEqual([]);
    expect(exitCode).toBe(0);
    expect(record.asks).toBe('receivers');
    expect(
      readExploration(readFileSync(path.join(reports, record.platform.id, 'explore-receivers.json'), 'utf8'), 'x'),
    ).toEqual(record);
    for (const { sequences, operations } of record.protocols) expect(operations).toBeGreaterThan(sequences * 20);
    const against = ['--model', 'gvisor', '--protocol', 'udp', '--mismatches', '1', '--no-reports', '--format', 'json'];
    const wrong = await bindspec([
      'explore',
      '--lab',
      'netns',
      '--receivers',
      '--sequences',
      '60',
      '--seed',
      '7',
      ...against,
    ]);
    expect(wrong.exitCode).toBe(1);
    const [mismatch] = explorationSchema.parse(JSON.parse(wrong.stdout)).mismatches;
    expect(mismatch?.reproduced).toBe(true);
    expect(mismatch?.steps.length).toBeLessThanOrEqual(6);
  });

  test('says seed and counts to people', async () => {
    const words = ['--lab', 'netns', '--reports', folder(), '--sequences', '20', '--protocol', 'tcp'];
    const { exitCode, stdout } = await bindspec(['explore', ...words]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^seed \d+$/m);
    expect(stdout).toMatch(/^tcp: 20 sequences, \d+ operations, 0 mismatches$/m);
  });

  test('a replay tells every step, also those that could not be done', async () => {
    const text =
      'tcp: bind s1 0.0.0.0 reuseaddr; listen s1; bind s2@2 127.0.0.1 reuseaddr; listen s2; accept s3 from s1 at 127.0.0.1';
    const { exitCode, stdout } = await bindspec(['explore', '--lab', 'netns', '--replay', text]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/bind s2@2 127\.0\.0\.1 reuseaddr +EADDRINUSE +EADDRINUSE +linux\/reuseaddr-listener/);
    expect(stdout).toMatch(/second owner, uid \d+ +bind\(s2, 127\.0\.0\.1:\d+\) = -1 EADDRINUSE/);
    expect(stdout).toContain('accept(s1) = s3 from 127.0.0.1:');
    expect(stdout).toContain('not done, because it was not possible: listen s2');
  });

  test('interrupted, it tells what was done and leaves nothing behind', async () => {
    const reports = folder();
    const child = start(['explore', '--lab', 'netns', '--reports', reports, '--seconds', '60', '--seed', '1']);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await until('it has begun', () => printed.includes('seed 1'));
    const started = descendants(child.pid ?? 0);
    expect(started.length).toBeGreaterThan(3);
    child.kill('SIGINT');
    const { exitCode } = await child;
    expect(exitCode).toBe(130);
    expect(printed).toContain('Interrupted: the counts are of what was done until then.');
    await until('everything that it started has ended', () => !started.some(runs));
  });
});

describe("explore against another system's model", needs(noNamespaces, noCompiler, noPython), () => {
  test('finds what is different, shrinks it, and shows it in every way', async () => {
    const { exitCode, record } = await explored(
      '--model',
      'darwin',
      '--sequences',
      '400',
      '--seed',
      '1',
      '--mismatches',
      '3',
    );
    expect(exitCode).toBe(1);
    expect(record.mismatches).toHaveLength(3);
    for (const mismatch of record.mismatches) {
      expect(mismatch.reproduced).toBe(true);
      expect(mismatch.steps.length).toBeLessThanOrEqual(5);
      const last = mismatch.steps.at(-1);
      expect(last?.allowed).not.toContain(last?.observed);
      expect(mismatch.rule?.id).toMatch(/^darwin\//);
      expect(mismatch.transcript.length).toBeGreaterThan(1);
      const wanted = mismatch.steps.map(({ step, observed }) => `${step} = ${observed}`).join('\n');
      expect(await runScripts(mismatch)).toEqual([wanted, wanted]);
    }
    const [first] = record.mismatches;
    expect(first?.steps.length).toBeLessThanOrEqual(3);
    const words = /^npx bindspec (.*)$/.exec(first?.rerun ?? '')?.[1] ?? '';
    const again = await execa('sh', ['-c', `${process.execPath} dist/src/cli/main.js ${words} --lab netns`], {
      reject: false,
    });
    expect(again.exitCode).toBe(1);
    expect(again.stdout).toContain(`MISMATCH  ${first?.sequence}`);
    expect(again.stdout).toContain('The same in C, without bindspec:');
    expect(again.stdout).toContain('The same in Python, without bindspec:');
  });

  test('scripts print what the agents saw, for random sequences', async () => {
    const settings = { fresh: false, agentCommand: [process.execPath, AGENT] };
    const floor = await Floor.open(netns, settings);
    try {
      const { platform, model, uids } = floor;
      for (const protocol of ['udp', 'tcp'] as const) {
        const made = fc.sample(plans(fc, floor.vocabulary(protocol)), {
          seed: 9,
          numRuns: 6,
        });
        // Every operation at least once, whatever the seed.
        const all =
          protocol === 'udp'
            ? [
                'udp: bind s1 0.0.0.0 reuseport; connect s1 127.0.0.1; disconnect s1; bind s2@2 127.0.0.2; set s1 reuseport=0; listen s1; close s1; rebind s2',
                'udp: bind s1 0.0.0.0 reuseport; bind s2@2 0.0.0.0 reuseport; bind s3 127.0.0.1 reuseport',
                'udp: open s1 inet6 reuseaddr; connect s1 127.0.0.1; bind s2 127.0.0.1; disconnect s1; bind s3 127.0.0.1; bind s1 ::',
              ]
            : [
                'tcp: bind s1@2 :: reuseaddr; listen s1; accept s2 from s1 at 192.168.5.130; shutdown s1; bind s3 fd00:5::130; connect s3 fd00:5::130; disconnect s3; rebind s3; close s2; close s1',
                'tcp: bind s1@2 0.0.0.0 reuseport; listen s1; accept s2 from s1 at 127.0.0.1; close s1; bind s3@2 127.0.0.1 reuseport; bind s4 127.0.0.1 reuseport',
                'tcp: open s1@2 inet6; connect s1 127.0.0.1; bind s2 127.0.0.1; bind s3 127.0.0.2; disconnect s1; bind s1 ::; close s3; bind s1 ::',
                'tcp: bind s1 0.0.0.0 reuseaddr; connect s1 127.0.0.1; close s1 leaving time-wait; bind s2 127.0.0.1; bind s3 127.0.0.1 reuseaddr; listen s3',
                'tcp: bind s1@2 0.0.0.0 reuseport; listen s1; accept s2 from s1 at 127.0.0.1; close s2 leaving fin-wait-2; close s1; bind s3 0.0.0.0 reuseport; bind s4 127.0.0.1 reuseaddr',
                'tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; peer-close s1; bind s2 127.0.0.1; close s1; bind s3 127.0.0.1',
              ];
        for (const sequence of [...made, ...all.map(parsePlan)]) {
          const { play, transcript } = await floor.playAlone(sequence);
          const shrunk = { plan: sequence, played: play.played, transcript, reproduced: true };
          const described = describeMismatch(
            shrunk,
            { plan: sequence, played: play.played },
            { platform, model, uids, lab: 'netns' },
          );
          const wanted = described.steps.map(({ step, observed }) => `${step} = ${observed}`).join('\n');
          expect(await runScripts(described), formatPlan(sequence)).toEqual([wanted, wanted]);
        }
      }
    } finally {
      await floor.close();
    }
  });
});

describe('a plan in namespaces', needs(noNamespaces), () => {
  let floor: Floor;
  beforeAll(async () => {
    floor = await Floor.open(netns, { fresh: false, agentCommand: [process.execPath, AGENT] });
  });
  afterAll(() => floor.close());

  // The model allows just this outcome, and only in that state.
  test.each([
    ['close-wait', 'tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; peer-close s1; bind s2 127.0.0.1', 'EADDRINUSE'],
    [
      'close-wait of a child',
      'tcp: bind s1 ::1; listen s1; accept s2 from s1 at ::1; peer-close s2; close s1; bind s3 ::1',
      'EADDRINUSE',
    ],
    [
      'time-wait',
      'tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; close s1 leaving time-wait; bind s2 127.0.0.1',
      'EADDRINUSE',
    ],
    [
      'fin-wait-2',
      'tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; close s1 leaving fin-wait-2; bind s2 0.0.0.0',
      'EADDRINUSE',
    ],
    ['no state, by a reset', 'tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; close s1; bind s2 127.0.0.1', 'ok'],
    [
      'an option set before the bind',
      'udp: open s1 inet; set s1 reuseaddr=1; bind s1 0.0.0.0; bind s2 0.0.0.0 reuseaddr',
      'ok',
    ],
    ['a device', 'udp: bind s1 0.0.0.0 dev=lo; bind s2 0.0.0.0 dev=eth0', 'ok'],
    [
      'a device that was taken away',
      'udp: bind s1 0.0.0.0 dev=lo; set s1 dev=none; bind s2 0.0.0.0 dev=eth0',
      'EADDRINUSE',
    ],
    ['another protocol', 'udp: bind s1 0.0.0.0; bind s2 0.0.0.0 tcp', 'ok'],
    ['another port', 'udp: bind s1 0.0.0.0; bind s2 0.0.0.0:7777', 'ok'],
    ['another host', 'udp: bind s1 0.0.0.0; bind s2@neighbour 0.0.0.0', 'ok'],
  ])('takes a socket to %s, as the model does', async (_, text, last) => {
    const plan = parsePlan(text);
    const { play } = await floor.playAlone(plan);
    expect(play.played.map(({ step }) => formatStep(step))).toEqual(plan.steps.map(formatStep));
    expect(play.mismatch).toBe(false);
    expect(play.played.at(-1)?.outcome).toBe(last);
  });

  test(
    'finds who receives each probe, as the model does, and as the scripts show',
    needs(noCompiler, noPython),
    async () => {
      const near = [
        'udp: bind s1 127.0.0.1 reuseaddr; bind s2@2 0.0.0.0 reuseaddr; probe 127.0.0.1; probe 127.0.0.2; probe ::1; close s2; probe 127.0.0.2',
        'udp: bind s1 0.0.0.0 dev=eth0; probe 127.0.0.1; probe 192.168.5.130; probe 192.168.6.130',
        'udp: bind s1 0.0.0.0 reuseaddr; bind s2 0.0.0.0 reuseaddr; join s2 239.1.2.3 on eth0; set s1 multicast_all=0; ' +
          'probe 239.1.2.3 from 192.168.5.130; probe 239.1.2.3 from 192.168.6.130; set s1 multicast_all=1; probe 239.1.2.3 from 192.168.5.130; leave s2 239.1.2.3 on eth0; probe 239.1.2.3 from 192.168.5.130',
        'udp: bind s1 ::; join s1 ff05::1:3 on eth0; probe ff05::1:3 from fd00:5::130; set s1 multicast_all6=0; leave s1 ff05::1:3 on eth0; probe ff05::1:3 from fd00:5::130',
        'udp: bind s1 0.0.0.0; connect s1 127.0.0.1:1025; probe 127.0.0.1 from 127.0.0.1:1025; probe 127.0.0.1',
        'tcp: bind s1 :: reuseaddr; probe ::1; listen s1; probe ::1; probe 127.0.0.1; probe fd00:5::130; probe fd00:5::130 from fd00:5::130',
        'tcp: bind s1 0.0.0.0 dev=eth0; listen s1; probe 192.168.5.130; probe 192.168.5.130 from 192.168.5.130',
      ];
      const far =
        'udp: bind s1 0.0.0.0; bind s2 192.168.5.130:7777; probe 192.168.5.130 from 192.168.5.10@neighbour; probe 192.168.6.130:7777 from 192.168.5.10@neighbour';
      const together = await floor.playMany([...near, far].map(parsePlan));
      for (const [place, text] of [...near, far].entries()) {
        const { plan, play, transcript } = await floor.playAlone(parsePlan(text));
        const outcomes = play.played.map(({ outcome }) => outcome);
        expect(play.mismatch, `${text}: ${outcomes.join(', ')}`).toBe(false);
        expect(play.played, text).toHaveLength(plan.steps.length);
        expect(together[place]?.played.map(({ outcome }) => outcome)).toEqual(outcomes);
        const shrunk = { plan, played: play.played, transcript, reproduced: true };
        const { platform, model, uids, devices } = floor;
        const described = describeMismatch(
          shrunk,
          { plan, played: play.played },
          { platform, model, uids, devices, lab: 'netns' },
        );
        if (text === far) {
          expect(described.scripts.c).toContain('it is on another machine');
          continue;
        }
        const wanted = described.steps.map(({ step, observed }) => `${step} = ${observed}`).join('\n');
        expect(await runScripts(described), text).toEqual([wanted, wanted]);
      }
    },
  );

  test('says which users there are, where it names another', async () => {
    const { exitCode, stderr } = await bindspec([
      'explore',
      '--lab',
      'netns',
      '--replay',
      'udp: bind s1 0.0.0.0 uid=77',
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--replay: there is no user 77 here');
  });
});

/** The processes below one, as far as the system lists them. */
function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}
