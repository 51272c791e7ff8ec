import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ContainersRecord } from '../../../src/record/containers.ts';
import type { Exploration } from '../../../src/record/explore.ts';
import type { MatrixRecord } from '../../../src/record/matrix.ts';
import { BadRecord, readAny, readContainers, readExploration, readMatrix, readRecord } from '../../../src/load/read.ts';
import type { BindRecord } from '../../../src/record/record.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';
import { ROOT } from '../../support/docs.ts';
import { fixture } from '../report/fixture.ts';
import { matrixRecord } from '../report/matrix/fixture.ts';

/** The one line of a refusal; null where the record is read. */
function refusal<R>(read: (text: string, file: string) => R, record: R, change: (record: R) => void): string | null {
  const changed = structuredClone(record);
  change(changed);
  try {
    // JSON has no infinity, but a number that is too large is read as infinity.
    read(JSON.stringify(changed).replaceAll('"Infinity"', '1e999'), 'x.json');
    return null;
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    expect(error.message).toMatch(/^x\.json: [^\n]+; move it away, and write it again with 'bindspec \w+'$/);
    return error.message.slice('x.json: not a valid record: '.length, error.message.indexOf('; move'));
  }
}

/** An element of a list, where the test knows that the element exists. */
function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new Error(`no place ${place}`);
  return found;
}

const infinite = 'Infinity' as unknown as number;

test('every committed record is read', () => {
  const files = readdirSync(path.join(ROOT, 'reports'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\/(?:record|matrix|containers|explore)\.json$/.test(file))
    .map((file) => path.join(ROOT, 'reports', file));
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) expect(() => readAny(readFileSync(file, 'utf8'), file)).not.toThrow();
});

describe('the record of a run', () => {
  const read = (change: (record: BindRecord) => void) => refusal(readRecord, fixture, change);

  test('whose parts agree is read', () => expect(read(() => undefined)).toBeNull());

  test.each<[string, (record: BindRecord) => void, RegExp]>([
    ['has no cells', (one) => (one.cells = []), /^it has no cells$/],
    [
      'has a cell twice',
      (one) => one.cells.push(at(one.cells, 2)),
      /^cells\[10\] is 'refusal\/second-try', as is cells\[2\]$/,
    ],
    ['took less than no time', (one) => (one.duration = -1), /^duration: Too small/],
    ['took for ever', (one) => (one.duration = infinite), /^duration: Invalid/],
    ['has a cell that took less than no time', (one) => (at(one.cells, 3).duration = -0.1), /^cells\[3\]\.duration: /],
    ['has a cell that took for ever', (one) => (at(one.cells, 3).duration = infinite), /^cells\[3\]\.duration: /],
    [
      'has a call before its cell began',
      (one) => (at(at(one.cells, 1).transcript, 0).at = -5),
      /^cells\[1\]\.transcript\[0\]\.at: /,
    ],
    ['began at no time', (one) => (one.started = '2026-02-30T00:00:00Z'), /^started: /],
    ['has less than no attempts', (one) => (at(one.cells, 0).attempts = -1), /^cells\[0\]\.attempts: /],
    ['has less than no jobs', (one) => (one.settings.jobs = 0), /^settings\.jobs: /],
    ['has a port that is none', (one) => (one.lab.lastPort = 70_000), /^lab\.lastPort: /],
    [
      'has a verdict that is none',
      (one) => Object.assign(at(one.cells, 0), { verdict: 'fine' }),
      /^cells\[0\]\.verdict/,
    ],
    [
      'has a cell of another experiment',
      (one) => (at(one.cells, 0).experiment = 'refusal/at-once'),
      /^cells\[0\]: 'refusal\/loopback\/family:inet' is not a cell of 'refusal\/at-once'$/,
    ],
    [
      'has a cell of an experiment whose name only begins alike',
      (one) => (at(one.cells, 0).experiment = 'refusal/loop'),
      /^cells\[0\]: .* is not a cell of 'refusal\/loop'$/,
    ],
    [
      'has a cell with other values',
      (one) => (at(one.cells, 0).values = { family: 'inet6' }),
      /^cells\[0\]: 'refusal\/loopback\/family:inet' has other values than family:inet6$/,
    ],
    [
      'is complete and has fewer cells than were chosen',
      (one) => (one.complete = true),
      /^it says that it is complete, and has 10 of 16 cells$/,
    ],
    [
      'has more cells than were chosen',
      (one) => (one.settings.cells = 9),
      /^it has 10 cells, and settings\.cells says 9$/,
    ],
    [
      'has a cell that passes and disagrees',
      (one) => (at(one.cells, 1).verdict = 'pass'),
      /'pass', and something disa/,
    ],
    [
      'has a cell that fails for nothing',
      (one) => (at(one.cells, 0).verdict = 'fail'),
      /'fail', and nothing disagrees$/,
    ],
    ['has a cell that passed untried', (one) => (at(one.cells, 0).attempts = 0), /'pass' after no attempt$/],
    [
      'has a cell that was skipped and observed something',
      (one) => Object.assign(at(one.cells, 0), { verdict: 'skipped' }),
      /^cells\[0\]: it was skipped, and observed something$/,
    ],
    [
      'has evidence against what holds',
      (one) => at(at(one.cells, 0).claims, 0).against.push({ path: '', expected: 1 }),
      /^cells\[0\]: the claim 'external-refuses-loopback' holds, and something is against it$/,
    ],
    [
      'has a claim twice',
      (one) => one.claims.push(at(one.claims, 1)),
      /^claims\[2\] is 'port-reserved', as is claims\[1\]/,
    ],
    [
      'has a claim that rests on a cell that is not there',
      (one) => at(one.claims, 0).holds.push('refusal/nowhere'),
      /^claims\[0\]: holds: the cell 'refusal\/nowhere' and this list do not say the same/,
    ],
    [
      'has a claim that leaves a cell out',
      (one) => at(one.claims, 0).contradicts.pop(),
      /^claims\[0\]: contradicts: the cell 'refusal\/loopback\/family:inet6' and/,
    ],
    [
      'has a claim that counts a cell twice',
      (one) => at(one.claims, 0).holds.push('conflict/evil'),
      /^claims\[0\]: holds names a cell twice$/,
    ],
    [
      'has a claim that is confirmed against a cell',
      (one) => (at(one.claims, 0).verdict = 'confirmed'),
      /^claims\[0\]: .* is 'confirmed' with 5 cells for it and 1 against it$/,
    ],
    [
      'has a claim that is refuted by nothing',
      (one) => (at(one.claims, 1).verdict = 'refuted'),
      /'refuted' with 0 cells/,
    ],
    [
      'has a platform whose id is of another system',
      (one) => (one.platform.system = 'darwin'),
      /^platform\.id is 'linux-6\.1-x64', and darwin 6\.1\.0-13-amd64 \(x64\) is 'darwin-6\.1-x64'$/,
    ],
    ['has a platform of another release', (one) => (one.platform.release = '6.12.1'), /is 'linux-6\.12-x64'$/],
    [
      'has a platform of another architecture',
      (one) => (one.platform.architecture = 'arm64'),
      /is 'linux-6\.1-arm64'$/,
    ],
  ])('that %s is refused in a line', (_, change, wrong) => expect(read(change)).toMatch(wrong));
});

describe('the record of a matrix', () => {
  const twist = (_: string, second: string, answer: string) => (second === '127.0.0.1 -' ? 'bind ENOTTY' : answer);
  const asked = { protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none' };
  const whole = matrixRecord({ ...asked, first: '0.0.0.0' }, twist);
  const read = (change: (record: MatrixRecord) => void) => refusal(readMatrix, whole, change);

  test('whose parts agree is read', () => expect(read(() => undefined)).toBeNull());

  test.each<[string, (record: MatrixRecord) => void, RegExp]>([
    ['has no pairs', (one) => Object.assign(one, { blocks: [], skipped: [] }), /^it has no pairs$/],
    ['has a corner twice', (one) => one.blocks.push(at(one.blocks, 0)), /^blocks\[1\] is 'udp bound same none\/none'/],
    ['has a socket twice', (one) => one.sockets.push(at(one.sockets, 0)), /^sockets\[\d+\] is '0\.0\.0\.0 -', as is/],
    [
      'has a pair twice',
      (one) => Object.assign(at(one.blocks, 0).second, { 1: at(at(one.blocks, 0).second, 0) }),
      /^blocks\[0\]: second\[1\] is '\d+', as is second\[0\]$/,
    ],
    ['counts a pair too many', (one) => (one.counts.pairs += 1), /^counts\.pairs is \d+, and it has \d+$/],
    ['counts no mismatch', (one) => (one.counts.mismatches = 0), /^counts\.mismatches is 0, and it has 4$/],
    ['counts less than nothing', (one) => (one.counts.agree = -1), /^counts\.agree: Too small/],
    ['counts what was skipped otherwise', (one) => (one.counts.skipped = 5), /^counts\.skipped is 5, and it has 0$/],
    [
      'names a mismatch that is none',
      (one) => (at(one.mismatches, 0).kernel = 'ok'),
      /^mismatches\[0\]: no pair is such/,
    ],
    [
      'is complete and was not run as a whole',
      (one) => {
        const [block] = one.blocks;
        if (block) block.kernel = block.kernel.map(() => '');
        Object.assign(one.counts, { agree: 0, mismatches: 0, notRun: one.counts.pairs });
      },
      /^it says that it is complete, and \d+ pairs were not run$/,
    ],
    ['took less than no time', (one) => (one.duration = -1), /^duration: /],
    ['has a platform of another release', (one) => (one.platform.release = '5.10'), /is 'linux-5\.10-x64'$/],
    ['has answers that are not in its list', (one) => (one.answers = ['ok']), /^its parts do not fit together: /],
  ])('that %s is refused in a line', (_, change, wrong) => expect(read(change)).toMatch(wrong));
});

describe('the record of containers', () => {
  const id = 'docker/none';
  const whole = containersRecord(
    [
      configurationRecord({ id, mode: 'none' }, [
        { published: 'not', bind: '::', socket: 'tcp', came: { 'itself inner ::1': 'answered' } },
      ]),
    ],
    {
      security: [
        {
          id: `${id}/lan/tcp/not/lan`,
          configuration: id,
          way: 'lan',
          protocol: 'tcp',
          published: 'not',
          target: 'lan',
          verdict: 'exposed',
          says: '',
          reached: ['::'],
        },
      ],
      promises: [{ id: `${id}/network/none`, configuration: id, says: '', source: '', known: '', held: 1, broken: [] }],
    },
  );
  const read = (change: (record: ContainersRecord) => void) => refusal(readContainers, whole, change);

  test('whose parts agree is read', () => expect(read(() => undefined)).toBeNull());

  test.each<[string, (record: ContainersRecord) => void, RegExp]>([
    ['has no configurations', (one) => (one.configurations = []), /^it has no configurations$/],
    [
      'has a configuration twice',
      (one) => one.configurations.push(at(one.configurations, 0)),
      /^configurations\[1\] is 'docker\/none', as is configurations\[0\]$/,
    ],
    ['took less than no time', (one) => (at(one.configurations, 0).duration = -1), /^configurations\[0\]\.duration: /],
    [
      'has an outcome that is not in its list',
      (one) => (at(at(one.configurations, 0).rows, 0).outcomes = [7]),
      /^configurations\[0\]: rows\[0\]: a list of 1 outcomes has no place 7$/,
    ],
    [
      'has more outcomes than questions',
      (one) => (at(at(one.configurations, 0).rows, 0).outcomes = [0, 0]),
      /rows\[0\]: it has 2 outcomes of 1 questions$/,
    ],
    [
      'was skipped and has answers',
      (one) => (at(one.configurations, 0).skipped = { reason: '', enable: '' }),
      /^configurations\[0\]: it was skipped, and has answers$/,
    ],
    [
      'judges a configuration that is not there',
      (one) => (at(one.security, 0).configuration = 'docker/host'),
      /^security\[0\]: there is no configuration 'docker\/host'$/,
    ],
    [
      'is exposed and was not reached',
      (one) => (at(one.security, 0).reached = []),
      /'exposed', and nothing was reached$/,
    ],
    ['has a verdict twice', (one) => one.security.push(at(one.security, 0)), /^security\[1\] is 'docker\/none\/lan/],
    ['held less than nothing', (one) => (at(one.promises, 0).held = -1), /^promises\[0\]\.held: /],
    [
      'is of another version',
      (one) => (one.engine.version = '28.1'),
      /^engine\.id is 'docker-20\.10-linux-6\.1-x64', and/,
    ],
  ])('that %s is refused in a line', (_, change, wrong) => expect(read(change)).toMatch(wrong));
});

describe('the record of an exploration', () => {
  const file = path.join(ROOT, 'reports/linux-6.18-x64/explore.json');
  const whole = readExploration(readFileSync(file, 'utf8'), file);
  const read = (change: (record: Exploration) => void) => refusal(readExploration, whole, change);

  test.each<[string, (record: Exploration) => void, RegExp]>([
    ['has no sequences', (one) => (one.protocols = []), /^it has no sequences$/],
    ['has a protocol twice', (one) => one.protocols.push(at(one.protocols, 0)), /^protocols\[2\] is 'udp', as is/],
    [
      'has more mismatches than sequences',
      (one) => (at(one.protocols, 0).mismatches = 20_001),
      /20001 of 20000 sequen/,
    ],
    ['took less than no time', (one) => (one.duration = -1), /^duration: /],
    ['is of another system', (one) => (one.platform.system = 'darwin'), /is 'darwin-6\.18-x64'$/],
  ])('that %s is refused in a line', (_, change, wrong) => expect(read(change)).toMatch(wrong));
});

test('what is read in the place of another kind of record is named', () => {
  const texts = {
    run: JSON.stringify(fixture),
    matrix: JSON.stringify(matrixRecord({ protocol: 'udp', state: 'bound', first: '0.0.0.0 -', second: '0.0.0.0 -' })),
    comparison: '{"kind": "comparison", "schema": 1}',
    exploration: readFileSync(path.join(ROOT, 'reports/linux-6.18-x64/explore.json'), 'utf8'),
  };
  const said = (read: (text: string, file: string) => unknown, text: string) => {
    try {
      read(text, 'x.json');
    } catch (error) {
      return (error as Error).message;
    }
    return 'was read';
  };
  expect(said(readMatrix, texts.run)).toBe(
    "x.json: it is the record of a run, not the record of a matrix; write one with 'bindspec matrix'",
  );
  expect(said(readRecord, texts.matrix)).toMatch(/: it is the record of a matrix, not the record of a run; /);
  expect(said(readMatrix, texts.comparison)).toMatch(/: it is a comparison of records, not the record of a matrix; /);
  expect(said(readContainers, texts.exploration)).toMatch(/: it is the record of an exploration, not the record of an/);
  expect(readAny(texts.exploration, 'x.json').kind).toBe('exploration');
});
