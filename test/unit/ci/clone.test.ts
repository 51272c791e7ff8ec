import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { folder } from '../../support/cli.ts';
import { ROOT } from '../../support/docs.ts';
import { installed, needs } from '../../support/needs.ts';

test('a clone on Windows has the same bytes as any other', needs(installed('git', 'git')), async () => {
  const clone = path.join(folder(), 'clone');
  // These are the settings with which Git for Windows is installed.
  const asOnWindows = ['-c', 'core.autocrlf=true', '-c', 'core.eol=crlf'];
  await execa('git', ['clone', '--quiet', '--depth', '1', ...asOnWindows, pathToFileURL(ROOT).href, clone]);
  const { stdout } = await execa('git', ['-C', clone, 'ls-files', '-z']);
  const files = stdout.split('\0').filter((name) => name !== '');
  expect(files.length).toBeGreaterThan(500);
  expect(
    files.filter((name) => !name.endsWith('.png') && readFileSync(path.join(clone, name)).includes('\r\n')),
  ).toEqual([]);
  const picture = files.find((name) => name.endsWith('.png')) ?? '';
  expect(readFileSync(path.join(clone, picture)).equals(readFileSync(path.join(ROOT, picture)))).toBe(true);
});
