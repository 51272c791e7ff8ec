import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMatrix } from '../../src/load/read.ts';
import { bindspec, folder, start } from '../support/cli.ts';
import { ROOT } from '../support/docs.ts';
import { noNamespaces } from '../support/namespace.ts';
import { until } from '../support/waiting.ts';
import { isRoot, needs, noPython } from '../support/needs.ts';

/** The record of a matrix that was left in a reports folder. */
function recordIn(reports: string) {
  const [platform = ''] = readdirSync(reports);
  const file = path.join(reports, platform, 'matrix.json');
  return readMatrix(readFileSync(file, 'utf8'), file);
}

/** The words of a command as a shell takes them apart, without the program. */
function wordsOf(command: string): string[] {
  return (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", '')).slice(2);
}

describe('wrong usage of the matrix', () => {
  test.each([
    [['--protocol', 'udp', '--state', 'time-wait'], /^bindspec: a UDP socket is never time-wait/],
    [['--state', 'open'], /^bindspec: unknown state 'open'; it is one of bound/],
    [['--against', 'mars'], /^bindspec: unknown system 'mars'; it is one of linux, darwin/],
    [['--model', 'plan9'], /^bindspec: unknown system 'plan9'; it is one of/],
    [
      ['--record', '/nowhere/matrix.json', '--table'],
      /^bindspec: \/nowhere\/matrix\.json: there is no such file; correct the name/,
    ],
    [['--last', '--table'], /^bindspec: there is no matrix\.json in/],
  ])('%j: 2, in one line', async (words, message) => {
    const reports = folder();
    const { exitCode, stdout, stderr } = await bindspec(['matrix', ...words, '--reports', reports]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
    expect(readdirSync(reports)).toEqual([]);
  });

  test('a folder that has several records, or none, is named as what it is', async () => {
    const several = await bindspec(['matrix', '--table', '--record', path.join(ROOT, 'reports')]);
    expect(several.stderr).toMatch(
      /^bindspec: '.*reports' has 8 records of a matrix \(.*\): name one of them, or its folder$/,
    );
    const none = folder();
    const { exitCode, stderr } = await bindspec(['matrix', '--table', '--record', none]);
    expect(stderr).toBe(`bindspec: there is no matrix.json in '${none}': write one with 'bindspec matrix'`);
    expect(exitCode).toBe(2);
  });

  test('a record that is none, or does not fit together', async () => {
    const file = path.join(folder(), 'matrix.json');
    writeFileSync(file, '{"schema": 1, "kind": "other"}');
    const { exitCode, stderr } = await bindspec(['matrix', '--record', file, '--table']);
    expect(stderr).toMatch(/^bindspec: .*matrix\.json: not a valid record: kind: .*'bindspec matrix'\n?$/);
    expect(exitCode).toBe(2);
  });
});

describe('the matrix in the netns lab', needs(noNamespaces), () => {
  test('of everything is as the model says, in every state that was asked for', async () => {
    const reports = folder();
    const { exitCode, stdout } = await bindspec(['matrix', '--reports', reports]);
    expect(recordIn(reports).errors).toEqual([]);
    expect(stdout).toMatch(/ 0 mismatches/);
    expect(exitCode).toBe(0);
    const { counts, blocks, errors, complete, skipped, platform } = recordIn(reports);
    expect({ complete, errors, notRun: counts.notRun, agree: counts.agree }).toEqual({
      complete: true,
      errors: [],
      notRun: 0,
      agree: counts.pairs,
    });
    expect(counts.pairs + counts.skipped).toBeGreaterThan(40_000);
    // The states are told apart by their answers: two that are the same would mean that one was not reached.
    const answers = (state: string) =>
      blocks.find((one) => one.protocol === 'tcp' && one.state === state && one.devices === 'none/none')?.kernel;
    expect(answers('bound')).not.toEqual(answers('listening'));
    expect(answers('listening')).not.toEqual(answers('accepted'));
    expect(existsSync(path.join(reports, platform.id, 'matrix.md'))).toBe(true);
    if (isRoot) expect(skipped).toEqual([]);
    else expect(skipped.every(({ reason }) => reason.includes('only one user'))).toBe(true);
  });

  test('is linked from the report of a run, whichever comes first', async () => {
    const reports = folder();
    const one = [
      'matrix',
      '--protocol',
      'udp',
      '--state',
      'bound',
      '--first',
      '::1 A',
      '--second',
      '::1 A',
      '--jobs',
      '1',
    ];
    const run = ['run', 'conflict/names/protocol:udp/family:inet', '--reports', reports];
    const links = () => {
      const [platform = ''] = readdirSync(reports);
      return readFileSync(path.join(reports, platform, 'report.md'), 'utf8').split('(matrix.md)').length - 1;
    };
    await bindspec(run);
    expect(links()).toBe(0);
    await bindspec([...one, '--reports', reports]);
    expect(links()).toBe(1);
    await bindspec([...one, '--reports', reports]);
    expect(links()).toBe(1);
    await bindspec(run);
    expect(links()).toBe(1);
  });

  test('a pair that is not as the model says: 1, with rule, source and the command that runs it again', async () => {
    const reports = folder();
    const asked = ['--protocol', 'tcp', '--state', 'listening', '--uid', 'same', '--first', '0.0.0.0 A', '--jobs', '1'];
    const { exitCode, stdout } = await bindspec(['matrix', ...asked, '--model', 'gvisor', '--reports', reports]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/kernel {2}bind EADDRINUSE\n {2}model {3}ok\n {2}rule {4}gvisor\/[\w-]+: \w/);
    const { mismatches } = recordIn(reports);
    expect(mismatches.length).toBeGreaterThan(5);
    const command = mismatches[0]?.command ?? '';
    expect(stdout).toContain(command);

    const one = folder();
    const again = await bindspec([...wordsOf(command), '--reports', one]);
    expect(again.exitCode).toBe(1);
    expect(recordIn(one)).toMatchObject({ counts: { pairs: 1, mismatches: 1 }, mismatches: [mismatches[0]] });
    // Against this system's own model the same pair is as it should be.
    const own = wordsOf(command).filter((word) => word !== '--model' && word !== 'gvisor');
    const right = await bindspec([...own, '--reports', reports]);
    expect(right.exitCode).toBe(0);
    // What has fewer answers does not replace what has more.
    expect(right.stdout).toMatch(/\nkept: .*matrix\.json has answers for 52 pairs, and this matrix for 1 of them; /);
    expect(recordIn(reports).mismatches).toEqual(mismatches);
  });

  test('tables come from the run, from the last record, and from a file, with what differs elsewhere', async () => {
    const reports = folder();
    const asked = [
      '--protocol',
      'tcp',
      '--state',
      'listening',
      '--uid',
      'same',
      '--devices',
      'none/none',
      '--jobs',
      '1',
    ];
    const run = await bindspec(['matrix', ...asked, '--table', '--reports', reports]);
    expect(run.exitCode).toBe(0);
    const options = /What options do: TCP listening \(same uid\)\n[^]*?0\.0\.0\.0 P +X +X +ok +ok +X +X +ok +ok\n/;
    expect(run.stdout).toMatch(options);
    expect(run.stdout).toContain('Two names that overlap conflict');
    const last = await bindspec(['matrix', '--last', '--table', '--against', 'darwin', '--reports', reports]);
    expect(last.stdout).toContain('X≠ok');
    expect(last.stdout).toContain('what macOS says');
    const file = path.join(reports, readdirSync(reports)[0] ?? '', 'matrix.json');
    const from = await bindspec([
      'matrix',
      '--record',
      path.dirname(file),
      '--table',
      '--first',
      '0.0.0.0',
      '--second',
      '::ffff:127.0.0.1',
    ]);
    expect(from.stdout).toMatch(/asked for: TCP listening[^]*0\.0\.0\.0 AP +X +X +ok +ok\n/);
    const none = await bindspec(['matrix', '--record', file, '--table', '--protocol', 'udp']);
    expect(none.stderr).toBe("bindspec: the record has no such pairs: run 'bindspec matrix' for them");
    expect(none.exitCode).toBe(2);
  });

  test('--format json prints the record and nothing else', async () => {
    const words = [
      'matrix',
      '--protocol',
      'udp',
      '--first',
      '::1',
      '--second',
      '::1',
      '--jobs',
      '1',
      '--format',
      'json',
    ];
    const { stdout } = await bindspec([...words, '--reports', folder()]);
    expect(readMatrix(stdout, 'stdout').counts).toMatchObject({ mismatches: 0, notRun: 0 });
  });

  test('an interrupted one ends with 130, and its record says what was not run', async () => {
    const reports = folder();
    const run = start(['matrix', '--jobs', '1', '--reports', reports], { NO_COLOR: '1' });
    let printed = '';
    run.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await until('it has begun', () => printed.includes('pairs'));
    run.kill('SIGINT');
    const { exitCode } = await run;
    expect(exitCode).toBe(130);
    const { complete, counts, errors } = recordIn(reports);
    expect({ complete, errors, mismatches: counts.mismatches }).toEqual({ complete: false, errors: [], mismatches: 0 });
    expect(counts.notRun).toBeGreaterThan(0);
  });
});

/** A machine of its own with one external address of each family; the host lab is never tried on the real one. */
const machine = (setup = 'true') => [
  'unshare',
  ...(isRoot ? [] : ['--user', '--map-root-user']),
  '--net',
  'sh',
  '-c',
  `ip link set lo up && ip link add out type veth peer name far && ip link set out up && ip link set far up && ip addr add 203.0.113.5/24 dev out && ip addr add 2001:db8::5/64 dev out nodad && ${setup} && exec "$0" "$@"`,
];

describe('the matrix in the host lab', needs(noNamespaces), () => {
  const tcp = ['matrix', '--lab', 'host', '--protocol', 'tcp', '--uid', 'same'];

  test('has what the machine has, and skips the rest with its reason', async () => {
    const reports = folder();
    const { exitCode, stdout } = await bindspec([...tcp, '--state', 'bound,accepted', '--reports', reports], {
      before: machine(),
    });
    expect(stdout).toMatch(/pairs: the host lab has no address for: IPv4 second-external, IPv6 second-external/);
    const { counts, sockets, errors } = recordIn(reports);
    expect(errors).toEqual([]);
    expect(exitCode).toBe(0);
    expect(counts).toMatchObject({ mismatches: 0, notRun: 0 });
    expect(counts.pairs).toBeGreaterThan(1000);
    expect(counts.skipped).toBeGreaterThan(1000);
    expect(sockets.map(({ address }) => address)).toContain('203.0.113.5');
  });

  test('a machine that does otherwise is found out: 1, with a command for the same lab', async () => {
    const reports = folder();
    const words = [...tcp, '--state', 'bound', '--second', '127.0.0.1 -', '--reports', reports];
    const { exitCode, stdout } = await bindspec(words, { before: machine('ip addr del 127.0.0.1/8 dev lo') });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/kernel {2}bind EADDRNOTAVAIL\n {2}model {3}bind EADDRINUSE/);
    expect(stdout).toContain("--second '127.0.0.1 -' --uid same --lab host");
  });

  test('ports that someone else holds are not taken', needs(noPython), async () => {
    // Every port of the lab's range but a few is held by another program, before and while it runs.
    const holder =
      'import socket,sys\nh=[]\nfor p in range(20000,29999):\n  if p%10:\n    s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);s.bind(("0.0.0.0",p));h.append(s)\nprint("held",flush=True)\nsys.stdin.read()\n';
    const script = path.join(folder(), 'hold.py');
    writeFileSync(script, holder);
    const reports = folder();
    const setup = `mkfifo ${reports}/fifo && ulimit -n $(ulimit -Hn) && { python3 ${script} <${reports}/fifo >${reports}/out & } && exec 7>${reports}/fifo && until grep -q held ${reports}/out; do sleep 0.1; done`;
    const { exitCode, stdout } = await bindspec(
      [
        'matrix',
        '--lab',
        'host',
        '--protocol',
        'udp',
        '--uid',
        'same',
        '--state',
        'bound',
        '--first',
        '0.0.0.0',
        '--reports',
        `${reports}/r`,
      ],
      { before: machine(setup) },
    );
    expect(stdout).toContain(' 0 mismatches');
    expect(exitCode).toBe(0);
  });
});
