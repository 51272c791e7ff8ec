import { expect, test } from 'vitest';
import { declaredPackages, startOfServer, wordsOf } from '../../../src/programs/declaration.ts';
import { placeOf } from '../../../src/programs/sockets.ts';
import { upstream } from '../../../src/runner/programs/layers.ts';
import { SERVERS } from '../../../suites/programs/servers/index.ts';

test('at least sixty programs are declared besides the runtimes, each once', () => {
  expect(SERVERS.filter(({ group }) => group !== 'runtimes').length).toBeGreaterThanOrEqual(60);
  const names = SERVERS.map(({ name }) => name.toLowerCase());
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
});

test.each(SERVERS)('$name says what its documents say in a way that can be compared, and where', ({ says, where }) => {
  expect(where.length).toBeGreaterThan(10);
  expect((says ?? []).filter((line) => placeOf(line) === null)).toEqual([]);
});

test.each(SERVERS)('$name has a command, and packages whose versions are named where they are of npm', (declared) => {
  expect(startOfServer(declared, []).command.length).toBeGreaterThan(0);
  for (const { kind, names } of declaredPackages(declared)) {
    expect(names.length).toBeGreaterThan(0);
    if (kind === 'npm') expect(names.filter((name) => !/.@\d+\.\d+\.\d+$/.test(name))).toEqual([]);
  }
});

test('an address that comes late is where its declaration says', () => {
  for (const { late } of SERVERS) {
    if (late === undefined) continue;
    expect(typeof late === 'string' ? late : late.to).toContain('{address}');
  }
});

test('words are divided by spaces, and single quotes keep some together', () => {
  expect(wordsOf("sh -c 'exec a b' --x='1 2'")).toEqual(['sh', '-c', 'exec a b', '--x=1 2']);
});

test('the version of a program is that of its package without what the distribution adds', () => {
  expect(upstream('5:7.0.15-1~deb12u10')).toBe('7.0.15');
  expect(upstream('1.22.1-9+deb12u11')).toBe('1.22.1');
  expect(upstream('7.93+dfsg1-1')).toBe('7.93');
  expect(upstream('8.3.8')).toBe('8.3.8');
});
