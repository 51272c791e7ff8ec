import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../support/docs.ts';
import { needs, notUnix } from '../../support/needs.ts';

const SRC = path.join(ROOT, 'dist/src');

test('no piece of what is built loads a program, which would run it', () => {
  const pieces = readdirSync(path.join(SRC, 'pieces'));
  expect(pieces.length).toBeGreaterThan(10);
  const loading = pieces.filter((name) =>
    /require\("\.\.\/(cli\/main|relay\/|stack\/guest\/inside)/.test(
      readFileSync(path.join(SRC, 'pieces', name), 'utf8'),
    ),
  );
  expect(loading).toEqual([]);
});

test('whoever may read a folder of the clone may read what is built', needs(notUnix), () => {
  expect(statSync(path.join(ROOT, 'dist')).mode & 0o777).toBe(statSync(SRC).mode & 0o777);
});
