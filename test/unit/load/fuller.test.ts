import { describe, expect, test } from 'vitest';
import { extentOf, lossOfContainers, lossOfExploration, lossOfMatrix, lossOfRun } from '../../../src/load/fuller.ts';
import type { Exploration } from '../../../src/record/explore.ts';
import type { BindRecord, Verdict } from '../../../src/record/record.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';
import { fixture } from '../report/fixture.ts';
import { matrixRecord } from '../report/matrix/fixture.ts';

/** A run of cells by their verdicts; a selection unless it is `whole`. */
function run(verdicts: Record<string, Verdict>, whole = false): BindRecord {
  const [cell] = fixture.cells;
  if (!cell) throw new Error('the fixture has no cells');
  const cells = Object.entries(verdicts).map(([id, verdict]) => ({ ...cell, id, verdict }));
  return { ...fixture, complete: true, cells, settings: { ...fixture.settings, selectors: whole ? [] : ['some'] } };
}

describe('a run replaces an older one', () => {
  const older = run({ a: 'pass', b: 'fail', c: 'unjudged', d: 'skipped', e: 'error' });

  test.each<[string, Record<string, Verdict>, boolean, string | null]>([
    ['with the same cells', { a: 'pass', b: 'pass', c: 'known', d: 'skipped', e: 'error' }, false, null],
    ['with an outcome for each that had one', { a: 'fail', b: 'stale', c: 'differs' }, false, null],
    ['with more', { a: 'pass', b: 'pass', c: 'pass', d: 'pass', z: 'pass' }, false, null],
    ['not with fewer', { a: 'pass' }, false, 'has outcomes of 3 cells, and this run of 1 of them'],
    ['not with others', { x: 'pass', y: 'pass', z: 'pass', u: 'pass' }, false, 'this run of 0 of them'],
    ['not where one was skipped', { a: 'pass', b: 'skipped', c: 'pass' }, true, 'this run of 2 of them'],
    ['not where one ended with an error', { a: 'error', b: 'pass', c: 'pass' }, true, 'this run of 2 of them'],
    ['of everything, without a cell that is no more', { a: 'pass', c: 'pass' }, true, null],
  ])('%s', (_, verdicts, whole, said) => {
    const loss = lossOfRun(older, run(verdicts, whole));
    if (said === null) expect(loss).toBeNull();
    else expect(loss).toContain(said);
  });

  test('not when it was interrupted, though it was of everything', () => {
    expect(lossOfRun(older, { ...run({ a: 'pass' }, true), complete: false })).toContain('this run of 1 of them');
  });

  test('of another kernel, bindspec, lab or user is not kept for that', () => {
    const other = { ...older, bindspec: '9.9.9', platform: { ...older.platform, release: '6.1.99', uid: 0 } };
    expect(lossOfRun(older, other)).toBeNull();
  });
});

describe('a matrix replaces an older one', () => {
  const asked = { protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none' };
  const older = matrixRecord({ ...asked, first: '0.0.0.0' });

  test('with the same pairs or more, whatever was answered', () => {
    expect(
      lossOfMatrix(
        older,
        matrixRecord({ ...asked, first: '0.0.0.0' }, () => 'bind EACCES'),
      ),
    ).toBeNull();
    expect(lossOfMatrix(older, matrixRecord(asked))).toBeNull();
  });

  test('not with fewer, nor with others', () => {
    expect(lossOfMatrix(older, matrixRecord({ ...asked, first: '0.0.0.0 A', second: '0.0.0.0 A' }))).toBe(
      'has answers for 208 pairs, and this matrix for 1 of them',
    );
    expect(lossOfMatrix(older, matrixRecord({ ...asked, protocol: 'tcp' }))).toContain('this matrix for 0 of them');
  });

  test('not when a row was not run', () => {
    const interrupted = matrixRecord(asked, (first, _, answer) => (first === '0.0.0.0 A' ? null : answer));
    expect(lossOfMatrix(older, interrupted)).toContain('has answers for 208 pairs, and this matrix for 156 of them');
    expect(extentOf(interrupted)).toBe(interrupted.counts.pairs - 52);
  });

  test('not against the model of another system', () => {
    const against = (model: string) => ({ ...older, settings: { ...older.settings, model } });
    expect(lossOfMatrix(older, against('gvisor'))).toBe(
      'is compared with the model of linux, and this matrix with that of gvisor',
    );
    expect(lossOfMatrix(against('gvisor'), older)).toBeNull();
    expect(lossOfMatrix(against('gvisor'), against('wine'))).toBeNull();
  });
});

test('containers that can not be merged replace older ones with an outcome for every configuration that had one', () => {
  const one = (id: string) => configurationRecord({ id, mode: 'bridge' }, []);
  const failed = (id: string) => ({ ...one(id), error: 'interrupted' });
  const older = containersRecord([one('docker/proxy'), one('docker/none'), failed('docker/host')]);
  expect(lossOfContainers(older, containersRecord([one('docker/none'), one('docker/proxy')]))).toBeNull();
  for (const fewer of [[one('docker/none')], [one('docker/none'), failed('docker/proxy'), one('docker/host')]]) {
    expect(lossOfContainers(older, containersRecord(fewer))).toMatch(
      /^has outcomes of 2 configurations of docker 20\.10\S*, and this run of 1 of them$/,
    );
  }
});

test('an exploration replaces an older one with as many sequences or operations of each protocol', () => {
  const tally = (protocol: 'udp' | 'tcp', sequences: number, operations: number) => ({
    protocol,
    sequences,
    operations,
    mismatches: 0,
  });
  const of = (...protocols: Exploration['protocols']): Exploration => ({
    schema: 2,
    bindspec: '0.1.0',
    complete: true,
    started: fixture.started,
    duration: 1,
    platform: fixture.platform,
    lab: 'netns',
    asks: 'names',
    model: 'linux',
    owners: [0],
    seed: 1,
    protocols,
    mismatches: [],
  });
  const older = of(tally('udp', 2000, 9000), tally('tcp', 1000, 5000));
  expect(lossOfExploration(older, of(tally('tcp', 1000, 4990), tally('udp', 1990, 9001)))).toBeNull();
  expect(lossOfExploration(older, of(tally('udp', 2000, 9000)))).toBe(
    'has 1,000 sequences of tcp, and this exploration 0',
  );
  expect(lossOfExploration(older, of(tally('udp', 1999, 8999), tally('tcp', 1000, 5000)))).toBe(
    'has 2,000 sequences of udp, and this exploration 1,999',
  );
  expect(lossOfExploration(older, { ...older, model: 'gvisor' })).toContain('is compared with the model of linux');
});
