import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import type { PlacedRecord } from '../../../src/cli/place-record.ts';
import { lastOutcomes } from '../../../src/cli/last-outcomes.ts';
import { lastMatrix, matrixAt } from '../../../src/cli/matrix-files.ts';
import { recordsAt } from '../../../src/cli/record-files.ts';
import { writeContainers, writeExploration, writeMatrix, writeRun } from '../../../src/cli/write-reports.ts';
import { readContainers, readExploration, readRecord } from '../../../src/load/read.ts';
import type { BindRecord } from '../../../src/record/record.ts';
import { folder } from '../../support/cli.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';
import { ROOT } from '../../support/docs.ts';
import { noNamespaces } from '../../support/namespace.ts';
import { isRoot, needs } from '../../support/needs.ts';
import { fixture } from '../report/fixture.ts';
import { matrixRecord } from '../report/matrix/fixture.ts';

const WRITING = fileURLToPath(new URL('../../support/writing.mjs', import.meta.url));
const HOME = fixture.platform.id;
const WHOLE: BindRecord = { ...fixture, started: '2026-01-01T00:00:00.000Z' };

/** A run of some of the fixture's cells, by their places, that began on a day of January. */
function runOf(day: number, places: readonly number[], more: Partial<BindRecord> = {}): BindRecord {
  return {
    ...fixture,
    started: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
    cells: fixture.cells.filter((_, place) => places.includes(place)),
    claims: [],
    ...more,
  };
}

/** The run in a folder, as it was written. */
function runIn(...where: string[]): BindRecord {
  const file = path.join(...where, 'record.json');
  return readRecord(readFileSync(file, 'utf8'), file);
}

const asWritten = (record: BindRecord) => JSON.parse(JSON.stringify(record)) as BindRecord;
const OWN = '2026-01-02T00-00-00.000Z';

describe('the record of a run', () => {
  test('has its files in the folder of its platform, and is replaced by one that has as much', async () => {
    const reports = folder();
    const names = ['record.json', 'junit.xml', 'report.md'];
    const files = names.map((name) => path.join(reports, HOME, name));
    expect(await writeRun(reports, WHOLE)).toEqual({ files });
    const newer = { ...WHOLE, started: '2026-01-02T00:00:00.000Z', bindspec: '9.9.9' };
    expect(await writeRun(reports, newer)).toEqual({ files });
    expect(runIn(reports, HOME)).toEqual(asWritten(newer));
    expect(readdirSync(path.join(reports, HOME)).toSorted()).toEqual(names.toSorted());
  });

  test('of a selection goes into a folder of its own, with all its files, and the older stays', async () => {
    const reports = folder();
    await writeRun(reports, WHOLE);
    const before = readFileSync(path.join(reports, HOME, 'junit.xml'), 'utf8');
    const selection = runOf(2, [0, 1]);
    const own = path.join(reports, HOME, OWN);
    const { kept, failure, files } = await writeRun(reports, selection);
    expect(failure).toBeUndefined();
    expect(files).toEqual(['record.json', 'junit.xml', 'report.md'].map((name) => path.join(own, name)));
    const file = path.join(reports, HOME, 'record.json');
    expect(kept).toBe(`kept: ${file} has outcomes of 7 cells, and this run of 2 of them; this one is in ${own}`);
    expect(runIn(reports, HOME)).toEqual(asWritten(WHOLE));
    expect(readFileSync(path.join(reports, HOME, 'junit.xml'), 'utf8')).toBe(before);
    expect(runIn(own)).toEqual(asWritten(selection));
    // CI systems follow a link to report.md; it leads to the report.md in the same folder.
    expect(readFileSync(path.join(own, 'junit.xml'), 'utf8')).toContain(path.resolve(own, 'report.md'));
    // Another run that began at the same moment gets another folder.
    expect((await writeRun(reports, selection)).files[0]).toBe(path.join(`${own}-2`, 'record.json'));
  });

  test.each([
    ['is empty', ''],
    ['is garbage', '{"schema": 2, '],
    ['is of a newer bindspec', '{"schema": 99}'],
    ['contradicts itself', JSON.stringify({ ...fixture, cells: [] })],
  ])('goes into a folder of its own where the one that is there %s', async (_, text) => {
    const reports = folder();
    const file = path.join(reports, HOME, 'record.json');
    mkdirSync(path.dirname(file));
    writeFileSync(file, text);
    const { kept } = await writeRun(reports, runOf(2, [0]));
    expect(kept).toMatch(/^kept, as it can't be read: [^\n]*record\.json: [^\n]*; this one is in [^\n]*Z$/);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(existsSync(path.join(reports, HOME, OWN, 'record.json'))).toBe(true);
  });

  test('goes into a folder of its own where another was written meanwhile, but not for a clock that was wrong', async () => {
    const reports = folder();
    const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
    await writeRun(reports, { ...WHOLE, started: ago(5000), duration: 4000 });
    const meanwhile = await writeRun(reports, { ...WHOLE, started: ago(6000) });
    expect(meanwhile.kept).toMatch(/^kept: .*record\.json was written while this command ran; this one is in /);
    const other = folder();
    await writeRun(other, { ...WHOLE, started: '2999-01-01T00:00:00.000Z' });
    expect((await writeRun(other, WHOLE)).kept).toBeUndefined();
  });

  test('is one of several at once, none of which is lost', async () => {
    const [reports, given] = [folder(), folder()];
    const moment = Date.now() + 1000;
    const many = Array.from({ length: 6 }, (_, number) => `run ${number}`);
    const placed = await Promise.all(
      many.map(async (bindspec, number) => {
        const file = path.join(given, String(number));
        writeFileSync(file, JSON.stringify({ ...WHOLE, bindspec, started: new Date(moment - 9000).toISOString() }));
        const { stdout } = await execa(process.execPath, [WRITING, 'run', reports, file, String(moment)]);
        return JSON.parse(stdout) as PlacedRecord;
      }),
    );
    expect(placed.filter(({ kept }) => kept === undefined)).toHaveLength(1);
    const written = placed.map(({ files: [record = '', junit = '', report = ''] }) => {
      const { bindspec } = runIn(path.dirname(record));
      for (const file of [junit, report]) expect(readFileSync(file, 'utf8')).toContain(bindspec);
      return bindspec;
    });
    expect(written.toSorted()).toEqual(many);
    expect(readdirSync(path.join(reports, HOME)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('waits for no other command for ever, and not for one that was killed', async () => {
    const reports = folder();
    const lock = path.join(reports, HOME, '.bindspec-lock');
    mkdirSync(lock, { recursive: true });
    expect((await writeRun(reports, WHOLE)).kept).toMatch(/^another command is writing into .*; this one is in /);
    expect(existsSync(lock)).toBe(true);
    const past = new Date(Date.now() - 3_600_000);
    utimesSync(lock, past, past);
    expect((await writeRun(reports, WHOLE)).kept).toBeUndefined();
    expect(existsSync(lock)).toBe(false);
  });

  test('that can not be written where it belongs is written elsewhere, and a line says where', async () => {
    const reports = folder();
    const home = path.join(reports, HOME);
    await writeRun(reports, WHOLE);
    mkdirSync(path.join(reports, 'x', HOME, 'junit.xml'), { recursive: true });
    const { files, failure } = await writeRun(path.join(reports, 'x'), WHOLE);
    const [file = ''] = files;
    expect(failure).toBe(
      `the reports can't be written into '${path.join(reports, 'x', HOME)}' ('${path.join(reports, 'x', HOME, 'junit.xml')}' is a folder): ` +
        `the record is ${file}; read it with 'bindspec report ${file}'`,
    );
    expect(runIn(path.dirname(file))).toEqual(asWritten(WHOLE));
    expect(readdirSync(path.join(reports, 'x', HOME))).toEqual(['junit.xml']);
    expect(readdirSync(home)).toHaveLength(3);
    await execa('rm', ['-r', path.dirname(file)]);
  });

  test('on a disk that fills up at any of the writes leaves the older set as it was', needs(noNamespaces), async () => {
    const [reports, temporary] = [folder(), folder()];
    const file = path.join(temporary, 'given.json');
    const full = path.join(temporary, 'tmp');
    writeFileSync(file, JSON.stringify(WHOLE));
    const mount = `mount -t tmpfs -o size=512k tmpfs '${reports}' && exec "$0" "$@"`;
    const own = ['unshare', ...(isRoot ? [] : ['--user', '--map-root-user']), '--mount', 'sh', '-c', mount];
    const fill = async (TMPDIR: string) => {
      const [program, ...rest] = [...own, process.execPath, WRITING, 'fullDisk', reports, file];
      const { stdout } = await execa(program ?? '', rest, { env: { TMPDIR } });
      return JSON.parse(stdout) as {
        failure: string | null;
        files: string[];
        there: Record<string, string>;
        temporary: string[];
      }[];
    };
    const names = ['junit.xml', 'record.json', 'report.md'];
    for (const { failure, there, temporary: left } of await fill(full)) {
      expect(Object.keys(there).toSorted()).toEqual(names);
      const says = failure === null ? /^with \d+ pages$/ : /^0\.1\.0$/;
      const record = JSON.parse(there['record.json'] ?? '') as BindRecord;
      expect(record.bindspec).toMatch(says);
      for (const name of ['junit.xml', 'report.md']) expect(there[name]).toContain(record.bindspec);
      if (failure === null) expect(left).toEqual([]);
      else {
        expect(failure).toMatch(
          /^the reports can't be written into '.*' \(ENOSPC: [^\n]*; read it with 'bindspec report .*'$/,
        );
        expect(left).toHaveLength(1);
      }
    }
    const told = await fill(path.join(reports, 'tmp'));
    expect(told.filter(({ failure }) => failure === null).length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject({
      files: [],
      failure: expect.stringMatching(/, and the record can't be written into .*ENOSPC.*: make room, or run it again/),
    });
  });
});

test('a matrix and an exploration are kept in the same way', async () => {
  const reports = folder();
  const asked = { protocol: 'udp', state: 'bound', uid: 'same', first: '0.0.0.0' };
  const matrix = matrixRecord(asked);
  await writeMatrix(reports, matrix);
  const few = { ...matrixRecord({ ...asked, second: '0.0.0.0' }), started: '2026-01-03T00:00:00.000Z' };
  expect((await writeMatrix(reports, few)).kept).toMatch(/has answers for 208 pairs, and this matrix for 16 of them; /);

  const file = path.join(ROOT, 'reports/linux-6.18-x64/explore.json');
  const exploration = readExploration(readFileSync(file, 'utf8'), file);
  await writeExploration(reports, exploration);
  const [udp] = exploration.protocols;
  const less = { ...exploration, started: '2026-11-22T00:00:00.000Z', protocols: udp ? [udp] : [] };
  expect((await writeExploration(reports, less)).kept).toContain(
    'has 20,000 sequences of tcp, and this exploration 0; ',
  );
});

test('containers are merged into those of the same version, configuration by configuration', async () => {
  const reports = folder();
  const one = (id: string, more: object = {}) => ({ ...configurationRecord({ id, mode: 'bridge' }, []), ...more });
  const first = containersRecord([one('docker/proxy'), one('docker/none'), one('docker/proxy-ufw-first')]);
  await writeContainers(reports, first);
  const started = '2026-01-03T00:00:00.000Z';
  const failed = one('docker/proxy', { error: 'interrupted' });
  const next = containersRecord([failed, one('docker/host'), one('docker/none', { facts: { new: 'yes' } })], {
    started,
  });
  const { merged, kept, files } = await writeContainers(reports, next);
  expect(kept).toBeUndefined();
  expect(merged).toMatch(/^merged into .*containers\.json: it keeps 2 configurations without an outcome in this run$/);
  expect(files.map((name) => path.relative(reports, name))).toEqual(
    ['containers.json', 'containers.md'].map((name) => `docker-20.10-linux-6.1-x64/${name}`),
  );
  const file = files[0] ?? '';
  const whole = readContainers(readFileSync(file, 'utf8'), file);
  expect(whole).toMatchObject({ complete: true, started });
  // In the order of the list, with the outcome of the first run where the second has none.
  expect(whole.configurations.map(({ id, error, facts }) => ({ id, error, isNew: facts['new'] === 'yes' }))).toEqual([
    { id: 'docker/proxy', isNew: false },
    { id: 'docker/host', isNew: false },
    { id: 'docker/none', isNew: true },
    { id: 'docker/proxy-ufw-first', isNew: false },
  ]);

  const { engine } = next;
  const other = { ...next, started: '2026-01-04T00:00:00.000Z', engine: { ...engine, version: '20.10.99' } };
  const apart = await writeContainers(reports, other);
  expect(apart.kept).toContain('has outcomes of 4 configurations of docker');
  expect(apart.files.map((name) => path.relative(reports, name))[0]).toBe(
    'docker-20.10-linux-6.1-x64/2026-01-04T00-00-00.000Z/containers.json',
  );
});

describe('whoever reads a folder with runs in places of their own', () => {
  test('takes the fullest, and of equally full ones the newest, and says what was left out', async () => {
    const reports = folder();
    const file = (...names: string[]) => path.join(reports, HOME, ...names, 'record.json');
    await writeRun(reports, runOf(1, [0]));
    await writeRun(reports, runOf(2, [1, 3, 4, 5]));
    await writeRun(reports, runOf(3, [1, 3]));
    const fuller = recordsAt([reports]);
    expect(fuller.runs.map((one) => one.file)).toEqual([file(OWN)]);
    expect(fuller.leftOut).toEqual([
      `${file('2026-01-03T00-00-00.000Z')} and 1 more are left out, because ${file(OWN)} is fuller`,
    ]);
    await writeRun(reports, runOf(4, [1, 3, 4, 7]));
    const newer = recordsAt([reports]);
    expect(newer.runs.map((one) => one.file)).toEqual([file('2026-01-04T00-00-00.000Z')]);
    expect(newer.leftOut[0]).toMatch(/^.*2026-01-02T.* and 2 more are left out, because .* is newer$/);
    // A caller that names a file means exactly that file.
    expect(recordsAt([file()]).leftOut).toEqual([]);
    expect(recordsAt([file(), file(OWN)]).runs).toHaveLength(2);
    // A folder that is still being written does not belong to any run yet.
    mkdirSync(path.join(reports, HOME, '.bindspec-new-x'));
    writeFileSync(path.join(reports, HOME, '.bindspec-new-x', 'record.json'), '');
    expect(recordsAt([reports])).toEqual(newer);
  });

  test('shows the last outcome of each cell', async () => {
    const reports = folder();
    await writeRun(reports, WHOLE);
    await writeRun(reports, runOf(2, [0, 1]));
    // It was skipped then, and a skip is not an outcome.
    await writeRun(reports, runOf(3, [1], { cells: fixture.cells.slice(1, 2).map(skipped) }));
    const last = lastOutcomes(reports).map(({ started, cells }) => [started.slice(0, 10), cells.map(({ id }) => id)]);
    expect(last).toEqual([
      ['2026-01-02', ['refusal/loopback/family:inet', 'refusal/loopback/family:inet6']],
      ['2026-01-01', fixture.cells.slice(2).map(({ id }) => id)],
    ]);
    expect(lastOutcomes(path.join(reports, 'nowhere'))).toEqual([]);
    const file = path.join(reports, HOME, 'record.json');
    expect(() => lastOutcomes(file)).toThrow(
      `'${file}' is a file: with --reports, name the folder of reports that contains it`,
    );
  });

  test('takes the last matrix, or the one of a folder', async () => {
    const reports = folder();
    const asked = { protocol: 'udp', state: 'bound', uid: 'same', first: '0.0.0.0' };
    const [whole = ''] = (await writeMatrix(reports, matrixRecord(asked))).files;
    const few = { ...matrixRecord({ ...asked, second: '0.0.0.0' }), started: '2026-01-03T00:00:00.000Z' };
    const [own = ''] = (await writeMatrix(reports, few)).files;
    expect(statSync(own).mtimeMs).toBeGreaterThanOrEqual(statSync(whole).mtimeMs);
    utimesSync(whole, new Date(0), new Date(0));
    expect(lastMatrix(reports).file).toBe(own);
    for (const given of [reports, path.dirname(whole), whole]) expect(matrixAt(given).file).toBe(whole);
    expect(matrixAt(path.dirname(own)).file).toBe(own);
    expect(() => matrixAt(path.join(ROOT, 'reports'))).toThrow(/' has 8 records of a matrix \(.*\): name one of them/);
    expect(() => matrixAt(folder())).toThrow(/^there is no matrix\.json in '.*': write one with 'bindspec matrix'$/);
    expect(() => matrixAt(path.join(ROOT, 'nowhere'))).toThrow(/nowhere: there is no such file; correct the name/);
  });
});

function skipped(cell: BindRecord['cells'][number]): BindRecord['cells'][number] {
  return {
    ...cell,
    verdict: 'skipped',
    reason: 'not here',
    observation: undefined,
    claims: [],
    disagreements: [],
    attempts: 0,
  };
}
