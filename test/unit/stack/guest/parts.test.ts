import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROGRAMS } from '../../../../src/stack/guest/base.ts';
import { chooseKernel } from '../../../../src/stack/guest/choice.ts';
import { comparePackageVersions } from '../../../../src/text/versions.ts';
import { archive, FILE, FOLDER, PROGRAM } from '../../../../src/stack/guest/cpio.ts';
import { failure } from '../../../../src/stack/guest/guest.ts';
import { INIT } from '../../../../src/stack/guest/init.ts';
import { releaseOf } from '../../../../src/stack/guest/kernels.ts';
import { encodeOutcome, readResults } from '../../../../src/stack/guest/messages.ts';
import { dependenciesOf, modulesFrom } from '../../../../src/stack/guest/modules.ts';
import { packagesOf } from '../../../../src/bundle/packages.ts';
import { KERNEL_WORDS, qemuWords } from '../../../../src/stack/guest/qemu.ts';
import { librariesIn } from '../../../../src/stack/guest/tree.ts';
import { withLoaderBeside } from '../../../../src/stack/guest/uml-files.ts';
import { folder } from '../../../support/cli.ts';
import { needs, installed } from '../../../support/needs.ts';

describe('the archive of files', () => {
  test('is one that cpio unpacks, two after each other included', needs(installed('cpio', 'cpio')), () => {
    const home = folder();
    const file = path.join(home, 'archive');
    const parts = [
      archive([
        { path: 'bin', mode: FOLDER },
        { path: 'bin/odd', mode: PROGRAM, content: Buffer.from('abc') },
        { path: 'empty', mode: FILE },
      ]),
      archive([{ path: 'later', mode: FILE, content: Buffer.from('x'.repeat(5001)) }]),
    ];
    for (const [index, part] of parts.entries()) writeFileSync(`${file}${index}`, part);
    const listed = parts.flatMap((_, index) =>
      execFileSync('cpio', ['--list', '--verbose', '--quiet', '-F', `${file}${index}`], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, 10), line.split(/\s+/)[4], line.split(/\s+/).at(-1)]),
    );
    expect(listed).toEqual([
      ['drwxr-xr-x', '0', 'bin'],
      ['-rwxr-xr-x', '3', 'bin/odd'],
      ['-rw-r--r--', '0', 'empty'],
      ['-rw-r--r--', '5001', 'later'],
    ]);
  });
});

describe('the choice of a kernel', () => {
  const kernels = [
    { release: '6.1.0-50-cloud-amd64', version: '6.1.174-1' },
    { release: '6.1.0-56-cloud-amd64', version: '6.1.192-2' },
    { release: '6.12.94+deb13-cloud-amd64', version: '6.12.94-1' },
    { release: '6.12.107+deb13-cloud-amd64', version: '6.12.107-1' },
    { release: '7.3.4+deb13-cloud-amd64', version: '7.3.4-1~bpo13+1' },
  ];

  test.each([
    ['6.1', '6.1.192-2'],
    ['6.1.174', '6.1.174-1'],
    ['6.12', '6.12.107-1'],
    ['6.12.94', '6.12.94-1'],
    ['6.1.0-50-cloud-amd64', '6.1.174-1'],
    ['7', '7.3.4-1~bpo13+1'],
  ])('%s is %s', (asked, version) => {
    expect(chooseKernel(asked, kernels)?.version).toBe(version);
  });

  test.each(['6.2', '5', '6.12.9', 'x'])('%s is none', (asked) => {
    expect(chooseKernel(asked, kernels)).toBeNull();
  });

  test.each([
    ['6.12.94-1', '6.12.107-1'],
    ['7.3.4-1~bpo13+1', '7.3.4-1'],
    ['5.10.9-1', '5.10.10-1'],
  ])('%s comes before %s', (older, newer) => {
    expect(comparePackageVersions(older, newer)).toBeLessThan(0);
    expect(comparePackageVersions(newer, older)).toBeGreaterThan(0);
    expect(comparePackageVersions(older, older)).toBe(0);
  });
});

describe('what comes back', () => {
  const outcome = { exitCode: 1, reports: new Map([['linux-6.1-x64/record.json', Buffer.from('{}\u0000\u00ff')]]) };

  test('is whole, in whatever pieces it came', () => {
    const sent = Buffer.concat([Buffer.from('ready\n'), encodeOutcome(outcome)]);
    expect(readResults(sent)).toEqual({ ready: true, died: null, outcome });
    for (let length = 0; length < sent.length; length += 1) {
      expect(readResults(sent.subarray(0, length)).outcome).toBeNull();
    }
  });

  test('tells how Node died where it did', () => {
    expect(readResults(Buffer.from('ready\ndied 137\n'))).toEqual({ ready: true, died: 137, outcome: null });
  });

  test('is refused when it is not what a guest sends', () => {
    expect(() => readResults(Buffer.from('hello\n'))).toThrow("the guest sent 'hello'");
    expect(() => readResults(encodeOutcome({ exitCode: 999, reports: new Map() }))).toThrow(/exitCode/);
  });
});

describe('a machine that did not do it', () => {
  const nothing = { ready: false, died: null, odd: null, console: '', complaints: '' };

  test.each([
    [{}, 'kernel:6.1 does not boot and prints nothing'],
    [
      { console: '[ 1.0] a\n[ 2.0] Kernel panic - not syncing: no init\n[ 3.0] b\n' },
      'kernel:6.1 does not boot: Kernel panic - not syncing: no init',
    ],
    [
      { complaints: 'qemu: warning\nqemu: could not load kernel' },
      "kernel:6.1 can't be started: qemu: could not load kernel",
    ],
    [
      { ready: true, died: 137, console: '[ 9.1] Out of memory: Killed process 7' },
      'bindspec died inside kernel:6.1 by signal 9, out of memory: Out of memory: Killed process 7',
    ],
    [{ ready: true }, 'kernel:6.1 ended before its run did'],
  ])('says so in one line: %o', (what, message) => {
    const told = failure('kernel:6.1', { ...nothing, ...what });
    expect(told.message).toBe(message);
    expect(told.enable).not.toBe('');
  });
});

describe('modules', () => {
  const module = (depends: string) => Buffer.from(`\u007fELF...\0license=GPL\0depends=${depends}\0name=x\0`, 'latin1');

  test('say what they need', () => {
    expect(dependenciesOf(module('a,b'))).toEqual(['a', 'b']);
    expect(dependenciesOf(module(''))).toEqual([]);
    expect(dependenciesOf(Buffer.from('nothing'))).toEqual([]);
  });

  test('come after those that they need, and once each', () => {
    const home = folder();
    mkdirSync(path.join(home, 'net'));
    writeFileSync(path.join(home, 'net', 'top.ko'), module('left,right_side'));
    writeFileSync(path.join(home, 'left.ko'), module('base'));
    writeFileSync(path.join(home, 'right-side.ko'), module('base,built_in'));
    writeFileSync(path.join(home, 'base.ko'), module(''));
    expect(modulesFrom(home, ['top']).map(({ name }) => name)).toEqual(['base', 'left', 'right_side', 'top']);
    expect(modulesFrom(path.join(home, 'nowhere'), ['top'])).toEqual([]);
  });
});

test('a kernel tells its release, and nothing else is one', () => {
  const image = Buffer.alloc(0x400);
  image.write('HdrS', 0x202);
  image.writeUInt16LE(0x100, 0x20e);
  image.write('6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP\0', 0x300);
  expect(releaseOf(image)).toBe('6.1.0-56-cloud-amd64');
  expect(releaseOf(Buffer.from('#!/bin/sh'))).toBeNull();
  image.write('XXXX', 0x202);
  expect(releaseOf(image)).toBeNull();
});

test('the machine has no disk and no network, and ends when its kernel panics', () => {
  const words = qemuWords({ kernel: 'k', archive: 'a', accelerator: 'tcg', processors: 2, memory: 512 });
  expect(words.join(' ')).toContain('-nodefaults -no-user-config -nic none -display none -no-reboot');
  expect(words.filter((word) => /^-(?:drive|netdev|device|hda)/.test(word))).toEqual([]);
  expect(KERNEL_WORDS).toContain('panic=-1');
});

test('every program that the first process starts is in the guest', () => {
  const started = [...INIT.matchAll(/^(?:for .*; do )?([a-z]+) /gm)].map(([, name]) => name ?? '');
  const builtIn = new Set(['export', 'exec', 'for', 'printf', 'cd', 'echo', 'node']);
  expect(started.filter((name) => !builtIn.has(name) && !(name in PROGRAMS))).toEqual([]);
  expect(started).toContain('mount');
});

test('libraries are those that ldd tells, with the loader', () => {
  const printed = `\tlinux-vdso.so.1 (0x00007ffd)
\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f01)
\tlibnone.so => not found
\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)
`;
  expect(librariesIn(printed)).toEqual(['/lib/x86_64-linux-gnu/libdl.so.2', '/lib64/ld-linux-x86-64.so.2']);
});

test('the packages of the guest are those of this package at run time', () => {
  const places = packagesOf(path.resolve(import.meta.dirname, '../../../..')).map(({ place }) => place);
  expect(places).toEqual(
    expect.arrayContaining(['node_modules/koffi', `node_modules/@koromix/koffi-linux-${process.arch}`]),
  );
  expect(places).not.toContain('node_modules/vitest');
});

test('user-mode Linux looks for its loader beside it', () => {
  const program = Buffer.from('ELF\0/lib64/ld-linux-x86-64.so.2\0rest');
  expect(withLoaderBeside(program).toString('latin1')).toMatch(/^ELF\0ld-linux-x86-64\.so\.2\0+rest$/);
  expect(() => withLoaderBeside(Buffer.from('no'))).toThrow(/user-mode Linux has changed/);
});
