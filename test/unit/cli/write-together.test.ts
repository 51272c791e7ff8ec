import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { writeApart, writeTogether } from '../../../src/cli/write-together.ts';
import { folder } from '../../support/cli.ts';

const WRITING = fileURLToPath(new URL('../../support/writing.mjs', import.meta.url));

/** Everything below a folder, by its name; null for a folder. */
function contents(home: string): Record<string, string | null> {
  return Object.fromEntries(
    readdirSync(home, { recursive: true, withFileTypes: true }).map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(home, file), entry.isDirectory() ? null : readFileSync(file, 'utf8')];
    }),
  );
}

describe('files that are written together', () => {
  test('take the place of those before, and leave others alone', () => {
    const home = folder();
    writeFileSync(path.join(home, 'mine.txt'), 'mine');
    expect(writeTogether(home, { a: '1', b: '1' })).toEqual([path.join(home, 'a'), path.join(home, 'b')]);
    writeTogether(home, { a: '2', b: '2', c: '2' });
    expect(contents(home)).toEqual({ a: '2', b: '2', c: '2', 'mine.txt': 'mine' });
  });

  test.each(['a', 'b', 'c'])('leave all as it was when %s can not be put in place', (name) => {
    const home = folder();
    writeTogether(home, { a: '1', b: '1', c: '1', d: '1' });
    const other = folder();
    for (const one of ['a', 'b', 'c', 'd'].filter((given) => given !== name)) {
      writeFileSync(path.join(other, one), '1');
    }
    mkdirSync(path.join(other, name));
    const before = contents(other);
    expect(() => writeTogether(other, { a: '2', b: '2', c: '2', d: '2' })).toThrow(`'${path.join(other, name)}' is a`);
    expect(contents(other)).toEqual(before);
  });

  test('leave all as it was when one can not be written aside', () => {
    const home = folder();
    writeTogether(home, { a: '1', b: '1' });
    // There is no folder with that name, so the system refuses the write.
    expect(() => writeTogether(home, { a: '2', b: '2', 'no/such': '2' })).toThrow(/ENOENT/);
    expect(contents(home)).toEqual({ a: '1', b: '1' });
  });

  test('replace a link, and not what it leads to', () => {
    const [home, away] = [folder(), folder()];
    writeFileSync(path.join(away, 'a'), 'away');
    symlinkSync(path.join(away, 'a'), path.join(home, 'a'));
    writeTogether(home, { a: '2' });
    expect([contents(home), contents(away)]).toEqual([{ a: '2' }, { a: 'away' }]);
  });

  test('take away what a process that was killed has left, and nothing that may be of one that runs', () => {
    const home = folder();
    for (const name of ['.bindspec-new-old', '.bindspec-new-young']) {
      mkdirSync(path.join(home, name));
      writeFileSync(path.join(home, name, 'record.json'), '');
    }
    const past = new Date(Date.now() - 3_600_000);
    utimesSync(path.join(home, '.bindspec-new-old'), past, past);
    writeTogether(home, { a: '1' });
    expect(Object.keys(contents(home)).toSorted()).toEqual([
      '.bindspec-new-young',
      '.bindspec-new-young/record.json',
      'a',
    ]);
  });

  test('are never of two sets, whenever the process is killed', async () => {
    const home = folder();
    for (let kill = 0; kill < 6; kill += 1) {
      const writing = execa(process.execPath, [WRITING, 'sets', home], { reject: false });
      await new Promise((resolve) => writing.stdout.once('data', resolve));
      await after(Math.random() * 40);
      writing.kill('SIGKILL');
      await writing;
      const there = Object.entries(contents(home)).filter(([name]) => !name.startsWith('.bindspec-new-'));
      expect(there.map(([name]) => name)).toContain('record.json');
      for (const [name, content] of there) expect(content, name).toBe(there[0]?.[1]);
    }
  });
});

test('files that are written apart appear in a folder of their own, or not at all', () => {
  const home = folder();
  expect(writeApart(home, 'x', { a: '1', b: '1' })).toEqual(['x/a', 'x/b'].map((name) => path.join(home, name)));
  expect(() => writeApart(home, 'x', { a: '2' })).toThrow(/ENOTEMPTY|EEXIST|EPERM/);
  expect(() => writeApart(home, 'y', { a: '2', 'no/such': '2' })).toThrow(/ENOENT/);
  expect(contents(home)).toEqual({ x: null, 'x/a': '1', 'x/b': '1' });
});
