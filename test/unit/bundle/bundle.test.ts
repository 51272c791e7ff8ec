import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { linked } from '../../../src/bundle/libraries.ts';
import { packagesOf } from '../../../src/bundle/packages.ts';
import { bindspecEntries } from '../../../src/bundle/rootfs.ts';
import { tar } from '../../../src/bundle/tar.ts';
import { folder } from '../../support/cli.ts';
import { needs, installed } from '../../support/needs.ts';

describe('libraries', () => {
  it('are the paths that ldd prints, with the loader and without what the kernel adds', () => {
    const printed = `\tlinux-vdso.so.1 (0x00007ffd3a5f2000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1b7c000000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f1b7c3d1000)
`;
    expect(linked(printed)).toEqual(['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
    expect(linked('\tstatically linked\n')).toEqual([]);
    expect(linked('\tlibgone.so.1 => not found\n')).toEqual([]);
  });
});

describe('an archive', needs(installed('tar', 'tar')), () => {
  it('is one that tar unpacks, with modes, long paths and the folders above', () => {
    const home = folder();
    const long = `/${'deep/'.repeat(25)}file`;
    const archive = tar([
      { path: '/bin/run', kind: 'file', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
      { path: '/tmp', kind: 'folder', mode: 0o1777 },
      { path: long, kind: 'file', content: Buffer.alloc(700, 'x') },
      { path: long, kind: 'file', content: Buffer.from('a second of one path is left out') },
    ]);
    const { stdout } = execaSync('tar', ['-tvf', '-'], { input: archive, env: { LC_ALL: 'C' } });
    expect(stdout.match(/^-rwxr-xr-x 0\/0 +10 .* bin\/run$/m)).not.toBeNull();
    expect(stdout.match(/^drwxrwxrwt .* tmp\/?$/m)).not.toBeNull();
    execaSync('tar', ['-xf', '-', '-C', home], { input: archive });
    const { stdout: size } = execaSync('wc', ['-c', path.join(home, long)]);
    expect(size).toMatch(/^700 /);
  });

  it('refuses a path that the format can not hold', () => {
    expect(() => tar([{ path: `/${'x'.repeat(101)}`, kind: 'folder' }])).toThrow(RangeError);
  });
});

describe('packages', () => {
  it('are found beside, above and below the one that needs them, and keep their order of precedence', () => {
    const root = folder();
    const make = (where: string, manifest: object) => {
      mkdirSync(path.join(root, where), { recursive: true });
      writeFileSync(path.join(root, where, 'package.json'), JSON.stringify(manifest));
    };
    make('node_modules/app', { dependencies: { a: '1', b: '1' }, optionalDependencies: { gone: '1' } });
    make('node_modules/a', { dependencies: { b: '2' } });
    make('node_modules/a/node_modules/b', { dependencies: { '@scope/c': '1' } });
    make('store/b', {});
    make('node_modules/@scope/c', {});
    symlinkSync('../store/b', path.join(root, 'node_modules/b'));
    expect(packagesOf(path.join(root, 'node_modules/app'))).toEqual([
      { folder: path.join(root, 'node_modules/a'), place: 'node_modules/a' },
      { folder: path.join(root, 'store/b'), place: 'node_modules/b' },
      { folder: path.join(root, 'node_modules/a/node_modules/b'), place: 'node_modules/a/node_modules/b' },
      { folder: path.join(root, 'node_modules/@scope/c'), place: 'node_modules/@scope/c' },
    ]);
  });

  it('of one name in two versions lie apart, the one that the home needs at the top', () => {
    const root = folder();
    const make = (where: string, manifest: object) => {
      mkdirSync(path.join(root, where), { recursive: true });
      writeFileSync(path.join(root, where, 'package.json'), JSON.stringify(manifest));
    };
    make('app', { dependencies: { a: '1', b: '1' } });
    make('app/node_modules/b', {});
    // Version 2 of b is installed beside a, which needs it, and a is linked from there, as pnpm does.
    make('store/node_modules/a', { dependencies: { b: '2' } });
    make('store/node_modules/b', {});
    symlinkSync('../../store/node_modules/a', path.join(root, 'app/node_modules/a'));
    expect(packagesOf(path.join(root, 'app'))).toEqual([
      { folder: path.join(root, 'store/node_modules/a'), place: 'node_modules/a' },
      { folder: path.join(root, 'app/node_modules/b'), place: 'node_modules/b' },
      { folder: path.join(root, 'store/node_modules/b'), place: 'node_modules/a/node_modules/b' },
    ]);
  });

  it('that are missing are an error that names them', () => {
    const root = folder();
    writeFileSync(path.join(root, 'package.json'), JSON.stringify({ dependencies: { 'no-such-package': '1' } }));
    expect(() => packagesOf(root)).toThrow("the package 'no-such-package', which");
  });

  it('of bindspec make a file system that has all it imports', async () => {
    const paths = new Set((await bindspecEntries()).map((entry) => entry.path));
    for (const file of [
      'dist/src/cli/main.js',
      'dist/src/agent/start.cjs',
      'node_modules/koffi/package.json',
      'package.json',
    ]) {
      expect(paths, file).toContain(`/opt/bindspec/${file}`);
    }
    expect([...paths].filter((file) => file.endsWith('.d.ts'))).toEqual([]);
    expect(paths).toContain('/usr/bin/node');
  });
});
