import { beforeAll, describe, expect, it } from 'vitest';
import { cellsOf, type Registered } from '../../../../src/experiment/cells.ts';
import { loadRegistry } from '../../../../src/experiment/registry.ts';
import type { ContainersRecord } from '../../../../src/record/containers.ts';
import type { BindRecord } from '../../../../src/record/record.ts';
import { columnsOf } from '../../../../src/report/comparison/columns.ts';
import { compareRuns } from '../../../../src/report/comparison/compare.ts';
import { signOf } from '../../../../src/report/systems/answer.ts';
import { SYSTEM_COLUMNS } from '../../../../src/report/systems/order.ts';
import type { SystemsTable } from '../../../../src/report/systems/shape.ts';
import { systemsTable } from '../../../../src/report/systems/table.ts';
import { expectationFor } from '../../../../src/verdict/judge.ts';
import { configurationRecord, containersRecord } from '../../../support/containers.ts';
import { given, runOn } from '../comparison/fixture.ts';

const ASKED = new Set(['conflict/specific-after-wildcard', 'refusal/unconnected', 'closing/restart']);
const ENGINE = configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, []);

let registry: Registered[];

beforeAll(async () => {
  registry = (await loadRegistry()).filter(({ id }) => ASKED.has(id));
});

function tableOf(runs: readonly BindRecord[], engines: readonly ContainersRecord[] = []): SystemsTable {
  const { columns } = columnsOf(given(...runs), []);
  return systemsTable(compareRuns(columns, '0.1.0', engines), engines, registry);
}

function answer({ columns, questions }: SystemsTable, id: string, system: string) {
  const place = columns.findIndex((column) => column.id === system);
  return questions.find((one) => one.id === id)?.answers[place];
}

/** A run of one cell of the registry, as if a system had done this. */
function ran(id: string, observation: unknown, platform: Parameters<typeof runOn>[0] = {}): BindRecord {
  const run = runOn(platform);
  const registered = registry.find((one) => one.id === id);
  const [cell] = registered === undefined ? [] : cellsOf(registered);
  const [like] = run.cells;
  if (cell === undefined || like === undefined) throw new Error(`no cell of ${id}`);
  const resolved = expectationFor(cell, 'linux');
  if (resolved === null) throw new Error('Linux has an expectation');
  const { expect: right, known, cite } = resolved;
  const expectation = { expect: right, known, cite: [...cite] };
  return {
    ...run,
    cells: [{ ...like, id: cell.id, experiment: id, values: cell.values, verdict: 'pass', expectation, observation }],
  };
}

describe('the table of systems', () => {
  it('has the systems in the order in which people look, and others after them', () => {
    const titles = tableOf([runOn({ id: 'haiku-1-x64', system: 'haiku' })]).columns.map(({ title }) => title);
    expect(titles.join()).toMatch(/^Linux,macOS,Windows,FreeBSD,OpenBSD,NetBSD,gVisor,Wine,Container engines,/);
    expect(titles).toEqual([...SYSTEM_COLUMNS.map((column) => column.title), 'haiku']);
  });

  it('tells what is known of systems that were never run, with its sources, by a hollow sign', () => {
    const table = tableOf([]);
    const id = 'conflict/specific-after-wildcard';
    expect(answer(table, id, 'linux')).toMatchObject({ word: 'in use', likeness: 'same' });
    const [freebsd, windows] = [answer(table, id, 'freebsd'), answer(table, id, 'windows')];
    expect(freebsd).toMatchObject({ word: 'in use', likeness: 'same', basis: 'known' });
    expect(freebsd?.cite.length).toBeGreaterThan(0);
    expect(windows).toMatchObject({ word: 'works', likeness: 'differs', basis: 'known' });
    expect(windows?.because.join(' ')).not.toBe('');
    expect([freebsd, windows].map((one) => one && signOf(one))).toEqual(['○', '◇']);
  });

  it('has no word where no one knows', () => {
    const unknown = answer(tableOf([]), 'closing/restart', 'engines');
    expect(unknown).toMatchObject({ word: '', basis: 'none' });
    expect(unknown && signOf(unknown)).toBe('');
  });

  it('puts what was observed before what is known, and names the platform', () => {
    const id = 'conflict/specific-after-wildcard';
    const registered = registry.find((one) => one.id === id);
    const right = registered && expectationFor(cellsOf(registered)[0] as never, 'linux')?.expect;
    const inItsNames: unknown = JSON.parse(JSON.stringify(right).replaceAll('EADDRINUSE', 'WSAEADDRINUSE'));
    const record = ran(id, inItsNames, { id: 'windows-10.0.1-x64', system: 'windows' });
    const [only] = record.cells;
    const told = (verdict: 'pass' | 'fail') =>
      answer(tableOf([{ ...record, cells: only ? [{ ...only, verdict }] : [] }]), id, 'windows');
    expect(told('fail')).toMatchObject({
      likeness: 'deviates',
      basis: 'observed',
      on: [{ platform: 'windows-10.0.1-x64', word: 'in use' }],
    });
    expect(told('pass')?.on).toMatchObject([{ likeness: 'same' }]);
  });

  it('does not call a difference what passes only because no one has said what is right there', () => {
    const id = 'refusal/unconnected';
    const registered = registry.find((one) => one.id === id);
    const right = registered && expectationFor(cellsOf(registered)[0] as never, 'linux')?.expect;
    const linux = ran(id, right);
    const other = { id: 'gvisor-1.0-x64', system: 'gvisor', release: '1.0' };
    expect(answer(tableOf([linux, ran(id, right, other)]), id, 'gvisor')?.on).toMatchObject([{ likeness: 'same' }]);
    const changed = Object.fromEntries(Object.keys(right as object).map((key) => [key, 'ECONNREFUSED']));
    expect(answer(tableOf([linux, ran(id, changed, other)]), id, 'gvisor')?.on).toMatchObject([
      { likeness: 'differs' },
    ]);
  });

  it('adds up: every question of a column is in one of its numbers, and every cell in one case', () => {
    const { columns, questions } = tableOf([runOn({})], [containersRecord([ENGINE])]);
    for (const { score } of columns) {
      expect(score.same + score.differs + score.deviates + score.none).toBe(score.asked);
      expect(score.observed).toBeLessThanOrEqual(score.asked - score.none);
    }
    for (const { id, cases } of questions.filter((one) => ASKED.has(one.id))) {
      const all = cellsOf(registry.find((one) => one.id === id) as Registered).map((cell) => cell.id);
      expect(cases.flatMap(({ cells }) => cells).toSorted()).toEqual(all.toSorted());
    }
  });

  it('asks engines their own questions, and says where a document is not kept', () => {
    const [security, promise] = [
      {
        id: 'x',
        configuration: ENGINE.id,
        way: 'lan',
        protocol: 'tcp',
        published: '127.0.0.1',
        target: 'lan',
        verdict: 'exposed',
        says: 'x',
        reached: [],
      },
      {
        id: `${ENGINE.id}/published/every`,
        configuration: ENGINE.id,
        says: 'It is reached.',
        source: 'a document',
        known: 'vendor',
        held: 3,
        broken: [],
      },
    ] as const;
    const record: ContainersRecord = {
      ...containersRecord([ENGINE]),
      security: [{ ...security, reached: [] }],
      promises: [{ ...promise, broken: [] }],
    };
    const table = tableOf([], [record]);
    expect(answer(table, 'containers/lan/127.0.0.1', 'engines')).toMatchObject({
      word: 'exposed',
      likeness: 'deviates',
    });
    expect(answer(table, 'containers/promise/published/every', 'engines')).toMatchObject({
      word: 'kept',
      likeness: 'same',
    });
    expect(table.columns.find(({ id }) => id === 'engines')?.score).toMatchObject({ asked: 2, deviates: 1 });
  });

  it('says in a sentence how a system differs, and that it was never run', () => {
    const { columns } = tableOf([]);
    expect(columns.length).toBe(SYSTEM_COLUMNS.length);
    expect(columns.find(({ id }) => id === 'darwin')?.sentence).toMatch(
      /^differs from Linux in \d of \d questions; never run by us: here is how$/,
    );
  });
});
