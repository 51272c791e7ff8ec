import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecord } from '../../src/load/read.ts';
import { bindspec, folder } from '../support/cli.ts';
import { withoutStack } from '../support/stacks.ts';
import { needs } from '../support/needs.ts';
import { paced } from '../../src/process/pace.ts';
import { patient } from '../support/waiting.ts';
import { BARE_MACHINE } from '../support/warm-command.ts';

test('a stack that there is none of is reported in one line, with those that there are', async () => {
  const { exitCode, stderr } = await bindspec(['run', '--stack', 'plan9']);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^bindspec: unknown stack 'plan9'; there are .*gvisor.*$/);
});

test('the list tells of every stack, and what it lacks here', async () => {
  // Nothing is prepared in an empty cache, and nothing is on the path.
  const { exitCode, stdout } = await bindspec(['stack', 'list'], { env: BARE_MACHINE });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("✗ gvisor  gVisor's network stack (runsc)\n    not here: runsc is not here\n");
  expect(stdout).toContain('npx bindspec stack prepare gvisor');
  expect(stdout).toMatch(/✗ wine {2}Windows’ calls under Wine\n {4}not here: .*\n {4}npx bindspec stack prepare wine/);
});

test('what is not available is reported before anything is run', async () => {
  const { exitCode, stderr } = await bindspec(['run', '--stack', 'gvisor', '--no-reports'], { env: BARE_MACHINE });
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    'bindspec: the stack gvisor is not available: runsc is not here; npx bindspec stack prepare gvisor',
  );
});

describe.each(['gvisor', 'wine', 'kernel:6.1'])(
  'a mistake in the command line is reported before that %s is not here',
  (name) => {
    test.each([
      [['run', 'no-such-experiment'], "'no-such-experiment'"],
      [['run', '--known', '/no/such/list'], '/no/such/list'],
      [['matrix', '--state', 'asleep'], "'asleep'"],
      [['explore', '--sequences', '5', '--seconds', '5'], 'only one of --sequences, --operations and --seconds'],
      [['explore', '--replay', 'udp: sing s1'], "'sing'"],
    ])('%j', async (words, message) => {
      const { exitCode, stdout, stderr } = await bindspec([...words, '--stack', name, '--no-reports'], {
        env: BARE_MACHINE,
      });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain(message);
      expect(stderr.split('\n')).toHaveLength(1);
    });
  },
);

const noGvisor = await withoutStack('gvisor');

describe('gVisor', needs(noGvisor), () => {
  test('answers experiments with its own stack, a neighbour on a real wire included', async () => {
    const reports = folder();
    const { exitCode, stdout } = await bindspec([
      'run',
      ...patient(),
      'conflict/reuse',
      'reach/external-from-neighbour',
      '--stack',
      'gvisor',
      '--reports',
      reports,
    ]);
    expect(exitCode, stdout).toBe(0);
    const [, platform = ''] = /([\w.-]+)\/record\.json/.exec(stdout) ?? [];
    expect(platform).toMatch(/^gvisor-\d{8}\.0-x64$/);
    const record = readRecord(readFileSync(path.join(reports, platform, 'record.json'), 'utf8'), 'record.json');
    expect(record.platform).toMatchObject({ system: 'gvisor', stack: 'gvisor' });
    expect(record.cells.filter(({ verdict }) => verdict === 'pass' || verdict === 'differs')).toHaveLength(28);
  });

  test('lets SO_REUSEADDR bind an address beside a wildcard that listens, which Linux does not', async () => {
    const pair = ['--protocol', 'tcp', '--state', 'listening', '--first', '0.0.0.0 A', '--second', '127.0.0.1 A'];
    const words = ['matrix', ...pair, '--uid', 'same', '--devices', 'none/none', '--no-reports', '--format', 'json'];
    const [inGvisor, onLinux] = await Promise.all([
      bindspec([...words, '--stack', 'gvisor']),
      bindspec([...words, '--lab', 'netns']),
    ]);
    expect(answers(inGvisor.stdout)).toEqual(['ok']);
    expect(answers(onLinux.stdout)).toEqual(['bind EADDRINUSE']);
  });

  test('has its own lab, so that no other can be asked for', async () => {
    const { exitCode, stderr } = await bindspec(['run', '--stack', 'gvisor', '--lab', 'host', '--no-reports']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('bindspec: --stack gvisor has its own lab: leave out --lab host');
  });
});

const noWine = await withoutStack('wine');
/** Under Wine, of one owner, tied to no devices, as data and in no report. */
const ALONE = ['--stack', 'wine', '--uid', 'same', '--devices', 'none/none', '--no-reports', '--format', 'json'];

describe('Wine', needs(noWine), () => {
  test("answers experiments through Winsock, by Windows' names, with a neighbour that is Linux", async () => {
    const reports = folder();
    const { exitCode, stdout } = await bindspec([
      'run',
      ...patient(1000),
      'conflict/same-address',
      'reach/external-from-neighbour',
      'refusal/across-a-network',
      '--stack',
      'wine',
      '--reports',
      reports,
    ]);
    expect(exitCode, stdout).toBe(0);
    const [, platform = ''] = /([\w.-]+)\/record\.json/.exec(stdout) ?? [];
    expect(platform).toMatch(/^wine-\d+\.\d+-x64$/);
    const record = readRecord(readFileSync(path.join(reports, platform, 'record.json'), 'utf8'), 'record.json');
    expect(record.platform).toMatchObject({ system: 'wine', stack: 'wine', uid: null });
    expect(record.cells).toHaveLength(20);
    expect(record.cells.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')).toEqual([]);
    expect(record.errors).toMatchObject({ WSAEADDRINUSE: { number: 10_048, class: 'address-in-use' } });
  });

  test('has SO_EXCLUSIVEADDRUSE, and tells a refusal of SO_REUSEADDR from one without', async () => {
    const pairs = [
      '--protocol',
      'tcp',
      '--state',
      'bound',
      '--first',
      '127.0.0.1 E',
      '--second',
      '127.0.0.1,0.0.0.0 E',
    ];
    const { exitCode, stdout } = await bindspec(['matrix', ...pairs, ...ALONE]);
    expect(exitCode, stdout).toBe(0);
    expect(answers(stdout).toSorted()).toEqual(['bind WSAEACCES', 'bind WSAEADDRINUSE']);
  });

  test('puts first sockets into every state of TCP, which is read from its tables', async () => {
    const pair = ['--first', '127.0.0.1 -', '--second', '127.0.0.1 -', '--protocol', 'tcp'];
    const { exitCode, stdout } = await bindspec(['matrix', ...pair, ...ALONE]);
    expect(exitCode, stdout).toBe(0);
    const { counts, errors } = JSON.parse(stdout) as { counts: { agree: number; skipped: number }; errors: unknown[] };
    expect({ ...counts, errors }).toMatchObject({ agree: 6, skipped: 0, errors: [] });
  });
});

function answers(json: string): string[] {
  return (JSON.parse(json) as { answers: string[] }).answers;
}

const noKernel = await withoutStack('kernel:6.1');

describe('a kernel under qemu', needs(noKernel), () => {
  test(
    'runs the same command line, and what it reports comes back',
    async () => {
      const reports = folder();
      const words = ['run', 'conflict/names', 'reach/external-from-neighbour', '--stack', 'kernel:6.1'];
      const { exitCode, stdout, stderr } = await bindspec([...words, '--reports', reports]);
      expect(exitCode, stdout + stderr).toBe(0);
      const record = readRecord(
        readFileSync(path.join(reports, 'linux-6.1-x64', 'record.json'), 'utf8'),
        'record.json',
      );
      expect(record.platform).toMatchObject({ system: 'linux', stack: 'kernel:6.1' });
      expect(record.lab.lab).toBe('netns');
      expect(record.cells).toHaveLength(8);
      expect(new Set(record.cells.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
    },
    paced(300_000),
  );
});

test('a kernel that there is none of is reported in one line', async () => {
  const { exitCode, stderr } = await bindspec(['run', '--stack', 'kernel:/nowhere/vmlinuz', '--no-reports']);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^bindspec: .*\/nowhere\/vmlinuz.*$/);
});
