import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../src/experiment/cells.ts';
import { loadRegistry } from '../../src/experiment/registry.ts';
import { readRecord } from '../../src/load/read.ts';
import { bindspec, folder, start } from '../support/cli.ts';
import { ROOT } from '../support/docs.ts';
import { noNamespaces } from '../support/namespace.ts';
import { patient, until } from '../support/waiting.ts';
import { isRoot, needs, notLinux, notUnix } from '../support/needs.ts';

/** The record that a run left in a reports folder. */
function recordIn(reports: string, platform: string) {
  const file = path.join(reports, platform, 'record.json');
  return readRecord(readFileSync(file, 'utf8'), file);
}

/** The platform of a run, from the list of files that it says it has written. */
function platformOf(stdout: string): string {
  return /([\w.-]+)\/record\.json/.exec(stdout)?.[1] ?? '';
}

describe('without running anything', () => {
  test('--help names every command and ends well', async () => {
    const { exitCode, stdout } = await bindspec(['--help'], { own: true });
    expect(exitCode).toBe(0);
    for (const command of ['run', 'list', 'show', 'report', 'doctor', 'explain'])
      expect(stdout).toContain(`\n  ${command} `);
  });

  // npx links to the file that was built when it was first called, and sets its mode only then.
  test('the built file is a program, after every build', needs(notUnix), () => {
    expect(statSync(path.join(ROOT, 'dist/src/cli/main.js')).mode & 0o111).toBe(0o111);
  });

  test('list shows every experiment, list --cells every cell, as text and as data', async () => {
    const [list, cells, json] = await Promise.all([
      bindspec(['list']),
      bindspec(['list', '--cells']),
      bindspec(['list', '--format', 'json']),
    ]);
    const data = JSON.parse(json.stdout) as { id: string; cells: string[] }[];
    // The build has made its list before; it is that of the sources.
    const registry = await loadRegistry();
    expect(cells.stdout.split('\n')).toEqual(registry.flatMap(cellsOf).map(({ id }) => id));
    expect(data).toEqual(
      registry.map((registered) => {
        const { title, asks, tags, claims, axes } = registered.experiment;
        const own = cellsOf(registered).map(({ id }) => id);
        return { id: registered.id, title, asks, tags, claims: Object.keys(claims), axes, cells: own };
      }),
    );
    for (const { id } of data) expect(list.stdout).toContain(id);
  });

  test('list takes the beginning of an id, a glob, a tag and a claim', async () => {
    const ids = async (selector: string) => (await bindspec(['list', '--cells', selector])).stdout.split('\n');
    expect(await ids('conflict/reuse')).toHaveLength(24);
    expect(await ids('conflict/*/**/family:inet6')).toSatisfy((list: string[]) =>
      list.every((id) => id.endsWith('inet6')),
    );
    expect(await ids('firewall')).toEqual([
      'refusal/dropped-on-the-way/family:inet',
      'refusal/dropped-on-the-way/family:inet6',
    ]);
    expect(await ids('http-server-default')).toHaveLength(3);
  });

  test('show tells question, sources, and the expectation of each system', async () => {
    const { exitCode, stdout } = await bindspec([
      'show',
      'conflict/wildcard-after-specific',
      '--all',
      '--reports',
      folder(),
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('what does it get?');
    expect(stdout).toContain('Expected on windows');
    expect(stdout).toContain('Linux manual page socket(7)');
    expect(stdout).toMatch(
      /nothing yet in '.*': 'bindspec run' records it; in a clone of bindspec, --reports reports names the/,
    );
  });

  test('a reader that closes early is not an error', async () => {
    const { stdout, stderr } = await bindspec([], { before: ['sh', '-c', '"$0" "$@" list --cells | head -1'] });
    const [first] = (await bindspec(['list', '--cells'])).stdout.split('\n');
    expect(stdout).toBe(first);
    expect(stderr).toBe('');
  });
});

describe('wrong usage', () => {
  const oneLine = async (words: readonly string[], message: RegExp) => {
    const { exitCode, stderr, stdout } = await bindspec(words);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  };

  test('a selector that matches nothing, with what may have been meant', () =>
    oneLine(['run', 'same-address'], /unknown selector 'same-address'; did you mean 'conflict\/same-address'/));
  test('one selector of several that matches nothing', () =>
    oneLine(['run', 'conflict', 'nope'], /unknown selector 'nope'/));
  test('an unknown command', async () => {
    await oneLine(['dance'], /unknown command 'dance'/);
    expect(await bindspec(['dance'], { own: true })).toEqual(await bindspec(['dance']));
  });
  test('an unknown lab', () =>
    oneLine(
      ['run', '--lab', 'moon'],
      /unknown lab 'moon'; it is one of auto, netns, host, podman, docker, or a topology file/,
    ));
  test('a number that is none', () => oneLine(['run', '--jobs', 'many'], /whole number from 1 to 64/));
  test('a number out of bounds', () => oneLine(['run', '--patience', '1'], /whole number from 50 to 60000/));
  test('show of more than one experiment', () => oneLine(['show', 'conflict'], /more than one experiment/));

  test('a reports folder where the kernel makes none', needs(notLinux), () =>
    oneLine(
      ['run', 'conflict/names', '--reports', '/proc/none'],
      /reports folder '.*' can't be written to .*--reports/,
    ),
  );

  test('a reports folder that is a file', async () => {
    const file = path.join(folder(), 'file');
    writeFileSync(file, '');
    await oneLine(['run', 'conflict/names', '--reports', file], /reports folder '.*' can't be written to .*--reports/);
  });

  test('a list of known deviations that is not there, or is broken', async () => {
    const list = path.join(folder(), 'known.txt');
    await oneLine(['run', '--known', list], /known\.txt: there is no such file; correct the name/);
    writeFileSync(list, '# fine\nconflict/names\n');
    await oneLine(['run', '--known', list], /known\.txt:2: not 'SELECTOR \[@PLATFORM\] # REASON'/);
    writeFileSync(list, 'conflict/nope # because\n');
    await oneLine(['run', '--known', list], /known\.txt:1: unknown selector 'conflict\/nope'/);
  });

  test('a record that can not be read', async () => {
    const reports = folder();
    mkdirSync(path.join(reports, 'linux-6.1-x64'));
    writeFileSync(path.join(reports, 'linux-6.1-x64', 'record.json'), '{"schema": 99}');
    await oneLine(['show', 'conflict/names', '--reports', reports], /written by a newer bindspec: it is of version 99/);
  });
});

describe('in the netns lab', needs(noNamespaces), () => {
  test('a run ends with 0, tells of each experiment and claim, and writes its reports', async () => {
    const reports = folder();
    const selected = ['conflict/same-address', 'reach/bound-to'];
    const { exitCode, stdout, stderr } = await bindspec(
      ['run', ...selected, ...patient(), '--jobs', '2', '--reports', reports],
      { own: true },
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/✓ pass +conflict\/same-address +12 pass/);
    expect(stdout).toMatch(/confirmed +three-names/);
    expect(stdout).not.toContain('\x1b');
    expect(stdout).not.toContain('\r');
    const record = recordIn(reports, platformOf(stdout));
    expect(record).toMatchObject({ complete: true, lab: { lab: 'netns' } });
    expect(record.cells).toHaveLength(24);
    expect(record.cells.every(({ transcript }) => transcript.length > 3)).toBe(true);
    for (const name of ['junit.xml', 'report.md']) {
      expect(existsSync(path.join(reports, platformOf(stdout), name))).toBe(true);
    }
    const shown = await bindspec(['show', 'conflict/same-address', '--all', '--reports', reports]);
    expect(shown.stdout).toMatch(/Recorded last[^]*✓ pass +on:loopback/);
    expect(shown.stdout).toContain('EADDRINUSE has the number 98 there; class address-in-use');
  });

  test('--format json prints the record and nothing else', async () => {
    const { exitCode, stdout } = await bindspec([
      'run',
      'conflict/names',
      '--jobs',
      '1',
      '--format',
      'json',
      '--reports',
      folder(),
    ]);
    expect(exitCode).toBe(0);
    expect(readRecord(stdout, 'stdout').cells).toHaveLength(4);
  });

  test('--fresh gives the same verdicts with agents of their own', async () => {
    const { exitCode, stdout } = await bindspec(['run', 'conflict/names', '--jobs', '1', '--fresh', '--no-reports']);
    expect(stdout).toContain('4 pass');
    expect(exitCode).toBe(0);
  });

  test('a known deviation that does not deviate is stale: 1, with the line to remove', async () => {
    const reports = folder();
    const list = path.join(reports, 'known.txt');
    writeFileSync(
      list,
      '# none\nconflict/names/protocol:udp @linux-* # a reason\nconflict/names/protocol:tcp @mars-* # elsewhere\n',
    );
    const { exitCode, stdout } = await bindspec([
      'run',
      'conflict/names',
      '--jobs',
      '1',
      '--known',
      list,
      '--reports',
      reports,
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('2 pass, 2 stale');
    expect(stdout).toMatch(/Stale\n +2 cells: listed as known \(a reason\).* remove line 2/);
  });

  test('a program that fails is an error of the harness: 3, with what it said, and the run goes on', async () => {
    const bin = folder();
    writeFileSync(path.join(bin, 'python3'), '#!/bin/sh\necho no module named http >&2\nexit 7\n', { mode: 0o755 });
    const { exitCode, stdout } = await bindspec(
      ['run', 'programs', ...patient(), '--jobs', '2', '--reports', folder()],
      {
        env: { PATH: `${bin}:${process.env['PATH']}` },
      },
    );
    expect(exitCode).toBe(3);
    expect(stdout).toContain('4 pass, 3 error');
    expect(stdout).toContain('python3 ended with code 7: no module named http');
    expect(stdout).toContain('spawn("python3" "-m" "http.server"');
  });

  test('an interrupted run ends with 130 and a record that says so', async () => {
    const reports = folder();
    const run = start(['run', ...patient(), '--reports', reports, '--jobs', '2'], { NO_COLOR: '1' });
    let printed = '';
    run.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await until('an experiment is done', () => printed.includes('✓ pass'));
    run.kill('SIGINT');
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    expect(stdout).toContain('Ended early');
    const record = recordIn(reports, platformOf(stdout));
    expect(record.complete).toBe(false);
    expect(record.cells.length).toBeGreaterThan(0);
    expect(record.cells.every(({ verdict }) => verdict === 'pass' || verdict === 'skipped')).toBe(true);
  });

  test('one that is interrupted before its first cell is done writes nothing', async () => {
    const reports = folder();
    const words = ['run', 'refusal/dropped-on-the-way', '--patience', '30000', '--reports', reports];
    const run = start(words, { NO_COLOR: '1' });
    await new Promise((resolve) => run.stdout.once('data', resolve));
    run.kill('SIGINT');
    const { exitCode, stdout, stderr } = await run;
    expect(stderr).toBe('bindspec: nothing is written, because the run ended before its first cell was done');
    expect(stdout).not.toContain('written:');
    expect([exitCode, readdirSync(reports)]).toEqual([130, []]);
  });

  test('a run of fewer cells leaves the record of more as it was, and show tells the last of each cell', async () => {
    const cwd = folder();
    const whole = await bindspec(['run', 'conflict/names'], { cwd });
    // Where no folder is named, nothing but this one is made.
    expect(readdirSync(cwd)).toEqual(['bindspec-reports']);
    const reports = path.join(cwd, 'bindspec-reports');
    const platform = platformOf(whole.stdout);
    const before = readFileSync(path.join(reports, platform, 'record.json'), 'utf8');
    const few = await bindspec(['run', 'conflict/names/protocol:udp/family:inet', '--format', 'json'], { cwd });
    expect(few.exitCode).toBe(0);
    const record = readRecord(few.stdout, 'stdout');
    const own = path.join('bindspec-reports', platform, record.started.replaceAll(':', '-'));
    expect(few.stderr).toBe(
      `bindspec: kept: ${path.join('bindspec-reports', platform, 'record.json')} has outcomes of 4 cells, and this run of 1 of them; this one is in ${own}`,
    );
    expect(readFileSync(path.join(reports, platform, 'record.json'), 'utf8')).toBe(before);
    expect(recordIn(cwd, own)).toEqual(record);
    const { stdout } = await bindspec(['show', 'conflict/names', '--format', 'json'], { cwd });
    expect((JSON.parse(stdout) as { recorded: unknown[] }[]).map(({ recorded }) => recorded.length)).toEqual([
      1, 1, 1, 1,
    ]);
  });

  test('a run whose reports can not be written ends with 3, and says where its record is', async () => {
    const reports = folder();
    const id = 'conflict/names/protocol:udp/family:inet';
    const { stdout } = await bindspec(['run', id, '--reports', reports]);
    const home = path.join(reports, platformOf(stdout));
    rmSync(home, { recursive: true });
    writeFileSync(home, '');
    const { exitCode, stderr } = await bindspec(['run', id, '--reports', reports], { env: { TMPDIR: folder() } });
    expect(exitCode).toBe(3);
    const file =
      /^bindspec: the reports can't be written into '.*' \(not a folder\): the record is (\S+); read it with 'bindspec report .*'$/.exec(
        stderr,
      )?.[1];
    expect(readRecord(readFileSync(file ?? '', 'utf8'), 'record.json').cells.map((cell) => cell.id)).toEqual([id]);
  });

  test('doctor shows what can run in each lab, and what would enable the rest', async () => {
    const { exitCode, stdout } = await bindspec(['doctor']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/✓ netns lab[^]*192\.168\.5\.130/);
    expect(stdout).toMatch(/✓ host lab[^]*bindspec run --lab netns/);
    const json = JSON.parse((await bindspec(['doctor', '--format', 'json'])).stdout) as { labs: { lab: string }[] };
    expect(json.labs.map(({ lab }) => lab)).toEqual(['netns', 'host']);
  });
});

/**
 * A machine of its own with one external address of each family, in a namespace: the host lab is never tried on the
 * real one, whose addresses are not ours to use.
 */
const MACHINE = [
  'unshare',
  ...(isRoot ? [] : ['--user', '--map-root-user']),
  '--net',
  'sh',
  '-c',
  'ip link set lo up && ip link add out type veth peer name far && ip link set out up && ip link set far up && ip addr add 203.0.113.5/24 dev out && ip addr add 2001:db8::5/64 dev out nodad && exec "$0" "$@"',
];

describe('in the host lab', needs(noNamespaces), () => {
  test('what needs no neighbour runs, the rest is skipped with its reason and what enables it', async () => {
    const reports = folder();
    const selected = ['conflict/**', 'reach/**', 'refusal/**', 'wire/**', 'programs/**'];
    const words = ['run', ...selected, ...patient(), '--lab', 'host', '--reports', reports];
    const { exitCode, stdout } = await bindspec(words, { before: MACHINE });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('host lab has no second machine');
    expect(stdout).toContain('npx bindspec run --lab netns');
    const { cells, lab } = recordIn(reports, platformOf(stdout));
    expect(lab.addresses.inet['external']).toBe('203.0.113.5');
    expect(cells.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(70);
    expect(
      cells
        .filter(({ verdict }) => verdict === 'skipped')
        .every(({ reason, enable }) => reason !== undefined && enable !== undefined),
    ).toBe(true);
  });

  test('a platform that does otherwise fails: 1, with requirement, source, transcript and the command to rerun', async () => {
    const broken = [
      ...MACHINE.slice(0, -1),
      `${MACHINE.at(-1)?.replace('exec', 'ip addr del 127.0.0.1/8 dev lo && exec')}`,
    ];
    const id = 'conflict/same-address/on:loopback/protocol:udp/family:inet';
    const { exitCode, stdout } = await bindspec(['run', id, '--lab', 'host', '--reports', folder()], {
      before: broken,
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('The same address and port twice');
    expect(stdout).toContain('what does the second get?');
    expect(stdout).toContain('Linux manual page bind(2), ERRORS, EADDRINUSE');
    expect(stdout).toMatch(/Expected:\n +first: ok\n[^]*Observed:\n +first: EADDRNOTAVAIL/);
    expect(stdout).toMatch(/first +bind\(server1, 127\.0\.0\.1:\d+\) = -1 EADDRNOTAVAIL/);
    expect(stdout).toContain(`npx bindspec run ${id} --lab host --no-reports`);
  });

  test('auto falls back to it and says why, where the tools for namespaces are missing', async () => {
    const empty = folder();
    const { exitCode, stdout, stderr } = await bindspec(
      ['run', 'conflict/same-address/on:loopback', '--jobs', '1', '--no-reports'],
      {
        before: [
          ...MACHINE.slice(0, -1),
          `${MACHINE.at(-1)?.replace('exec "$0"', `export PATH='${empty}'; exec "$0"`)}`,
        ],
      },
    );
    expect(stderr).toContain('bindspec uses the host lab, because');
    expect(stderr).toContain('apt-get install');
    expect(stdout).toContain('host lab, 4 cells');
    // The command that enables the other lab also gives what the host lab lacks.
    expect(stdout).not.toContain('--lab netns');
    expect(exitCode).toBe(0);
  });

  test('a run in which nothing could run is not a success: 2, with what would enable it', async () => {
    const { exitCode, stdout, stderr } = await bindspec(['run', 'wire', '--lab', 'host', '--no-reports'], {
      before: MACHINE,
    });
    expect(stdout).toContain('4 skipped');
    expect(stdout).toContain('npx bindspec run --lab netns');
    expect(stderr).toBe('bindspec: nothing could run here: every cell was skipped, for the reasons above');
    expect(exitCode).toBe(2);
  });

  test('asked for by name, a lab that is not available is reported in one line', async () => {
    const { exitCode, stderr } = await bindspec(['run', '--lab', 'netns', '--reports', folder()], {
      env: { PATH: folder() },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^bindspec: the netns lab is not available: .*apt-get install util-linux\n?$/);
  });
});
