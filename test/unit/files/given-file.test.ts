import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGivenBytes, readGivenText, UnreadableFile } from '../../../src/files/given-file.ts';
import { folder } from '../../support/cli.ts';
import { needs, notLinux, notUnix } from '../../support/needs.ts';

const KIND = { what: 'a list', most: 1, advice: 'name a list' };

function refusal(file: string): string {
  try {
    readGivenText(file, KIND);
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}

function made(content: string | Buffer): string {
  const file = path.join(folder(), 'file');
  writeFileSync(file, content);
  return file;
}

test('text is read whole, without a byte order mark, and bytes as they are', () => {
  const long = 'ä'.repeat(400_000);
  expect(readGivenText(made(`\uFEFF${long}`), KIND)).toBe(long);
  expect(readGivenText(made(''), KIND)).toBe('');
  expect(readGivenBytes(made(Buffer.from([0, 255])), KIND)).toEqual(Buffer.from([0, 255]));
});

test('a file may have as much as its kind has, and no byte more', () => {
  const file = made('');
  truncateSync(file, 1024 * 1024);
  expect(readGivenBytes(file, KIND)).toHaveLength(1024 * 1024);
  truncateSync(file, 1024 * 1024 + 1);
  expect(refusal(file)).toBe(`${file}: it has 2 MiB, and no list has more than 1; see what wrote it`);
});

test('a file that is not text is reported', () => {
  expect(refusal(made(Buffer.from('a\0b')))).toMatch(/: it is binary, not the text of a list; name a list$/);
  expect(refusal(made(Buffer.from([0x61, 0xff])))).toMatch(/: its text is not UTF-8; save it as UTF-8$/);
  expect(refusal(made(Buffer.from('\uFEFFa', 'utf16le')))).toMatch(/: its text is UTF-16; save it as UTF-8$/);
});

test('a missing file is reported, and an empty name too', () => {
  expect(refusal('/nowhere/list')).toBe('/nowhere/list: there is no such file; correct the name');
  expect(refusal('')).toBe("'': there is no such file; correct the name");
  expect(refusal(path.join(made(''), 'below'))).toMatch(/: it can't be read: ENOTDIR: not a directory; correct/);
});

describe('what is not a file', needs(notUnix), () => {
  test('is reported, and not waited for', () => {
    const home = folder();
    const at = (name: string) => path.join(home, name);
    mkdirSync(at('folder'));
    execFileSync('mkfifo', [at('fifo')]);
    symlinkSync('fifo', at('link'));
    expect(refusal(at('folder'))).toBe(`${at('folder')}: it is a folder, not a list; name a list`);
    expect(refusal(at('fifo'))).toBe(`${at('fifo')}: it is a FIFO, not a list; name a list`);
    expect(refusal(at('link'))).toBe(`${at('link')}: it is a FIFO, not a list; name a list`);
    for (const device of ['/dev/null', '/dev/zero', '/dev/tty']) {
      if (existsSync(device)) expect(refusal(device)).toBe(`${device}: it is a device, not a list; name a list`);
    }
  });

  test('a file of the kernel, whose size is 0, is read to its end', needs(notLinux), () => {
    expect(readGivenText('/proc/self/status', KIND)).toMatch(/^Name:/);
    // This file covers all the memory that a process may have; it takes very long to read it to its end.
    expect(refusal('/proc/self/pagemap')).toMatch(/: it has more than 1 MiB, and no list has more than 1; see what/);
  });
});
