import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cell } from '../../../src/experiment/cells.ts';
import { CellQueue, labsFor } from '../../../src/runner/queue.ts';
import { anExperiment, binds, cells } from '../../support/trials.ts';

const run = () => Promise.resolve({});
const three = anExperiment({ run, expect: {}, axes: { n: ['1', '2', '3'] } });
const quiet = anExperiment({ run, expect: {}, axes: { n: ['1', '2'] }, needs: () => ['quiet interface'] });
const waiting = anExperiment({ run, expect: {}, axes: { n: ['1', '2'] }, waits: true });
const id = (cell: Cell | undefined) => cell?.id;
const [one, other] = [{}, {}];

describe('a queue of cells', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('has those first that wait', async () => {
    const queue = new CellQueue([...cells('a/binds', binds), ...cells('b/waits', waiting)]);
    expect(id(await queue.next(one, 'single'))).toBe('b/waits/n:1');
  });

  it('lets a worker go on with its experiment, and others begin with another', async () => {
    const queue = new CellQueue([...cells('a/three', three), ...cells('b/three', three)]);
    expect(id(await queue.next(one, 'shared'))).toBe('a/three/n:1');
    expect(id(await queue.next(other, 'shared'))).toBe('b/three/n:1');
    expect(id(await queue.next(one, 'shared'))).toBe('a/three/n:2');
  });

  it('leaves short cells to the worker that has the agents for them', async () => {
    const queue = new CellQueue(cells('a/three', three));
    const got: (string | undefined)[] = [];
    const first = await queue.next(one, 'shared');
    const idle = queue.next(other, 'shared').then((cell) => got.push(id(cell)));
    await vi.advanceTimersByTimeAsync(100);
    if (first) queue.ended(first);
    await queue.next(one, 'shared');
    await vi.advanceTimersByTimeAsync(100);
    await queue.next(one, 'shared');
    await vi.advanceTimersByTimeAsync(5000);
    await idle;
    expect(got).toEqual([undefined]);
  });

  it('gives long cells to whoever has nothing else to do, while the first is under way', async () => {
    const queue = new CellQueue(cells('a/three', three));
    await queue.next(one, 'shared');
    const idle = queue.next(other, 'shared');
    await vi.advanceTimersByTimeAsync(5000);
    expect(id(await idle)).toBe('a/three/n:2');
  });

  it('gives cells that wait, and in labs of their own all cells, at once', async () => {
    const queue = new CellQueue([...cells('a/three', three), ...cells('b/waits', waiting)]);
    await queue.next(one, 'shared');
    expect(id(await queue.next(one, 'single'))).toBe('b/waits/n:2');
    await queue.next(one, 'single');
    expect(id(await queue.next(other, 'single'))).toBe('a/three/n:2');
  });

  it('keeps cells that need a quiet interface apart from those that share a lab', async () => {
    const queue = new CellQueue([...cells('a/three', three), ...cells('b/quiet', quiet)]);
    expect(id(await queue.next(one, 'quiet'))).toBe('b/quiet/n:1');
    expect(id(await queue.next(one, 'quiet'))).toBe('b/quiet/n:2');
    expect(await queue.next(one, 'quiet')).toBeUndefined();
    const shared = [];
    for (let cell = await queue.next(other, 'shared'); cell; cell = await queue.next(other, 'shared'))
      shared.push(cell.id);
    expect(shared).toEqual(['a/three/n:1', 'a/three/n:2', 'a/three/n:3']);
  });

  it('leaves no cell of an experiment to a worker that had only those that need a quiet interface', async () => {
    const needs = ({ n }: { n: string }) => (n === '1' ? (['quiet interface'] as const) : []);
    const mixed = anExperiment({ run, expect: {}, axes: { n: ['1', '2'] }, needs });
    const queue = new CellQueue(cells('a/mixed', mixed));
    const first = await queue.next(one, 'quiet');
    expect(id(first)).toBe('a/mixed/n:1');
    if (first) queue.ended(first);
    const got: (string | undefined)[] = [];
    void queue.next(other, 'shared').then((cell) => got.push(id(cell)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(got).toEqual(['a/mixed/n:2']);
  });
});

describe('the labs of a run', () => {
  it.each([
    [1, 8, true, ['single 1']],
    [3, 1, true, ['single 1', 'single 1', 'single 1']],
    [2, 8, true, ['quiet 1', 'shared 1']],
    [5, 8, true, ['quiet 1', 'shared 4']],
    [5, 8, false, ['shared 5']],
    [17, 8, true, ['quiet 1', 'shared 5', 'shared 5', 'shared 6']],
  ])('for %i cells at a time, %i of them in a lab', (jobs, most, isQuietWanted, expected) => {
    const labs = labsFor(jobs, most, isQuietWanted);
    expect(labs.map(({ use, workers }) => `${use} ${workers}`)).toEqual(expected);
    expect(labs.reduce((sum, { workers }) => sum + workers, 0)).toBe(jobs);
  });
});
