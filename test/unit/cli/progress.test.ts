import process from 'node:process';
import { afterEach, expect, test, vi } from 'vitest';
import { Progress } from '../../../src/cli/progress.ts';
import { cellsOf } from '../../../src/experiment/cells.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import type { CellRecord } from '../../../src/record/record.ts';

const { isTTY, columns } = process.stdout;

afterEach(() => {
  Object.assign(process.stdout, { isTTY, columns });
  vi.restoreAllMocks();
});

/** The output of a whole run that passes, on a terminal of a given width, without status lines and colours. */
async function printed(width: number): Promise<string[]> {
  const cells = (await loadRegistry()).flatMap(cellsOf);
  Object.assign(process.stdout, { isTTY: true, columns: width });
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const progress = new Progress(cells, '1');
  for (const { id, registered, values } of cells) {
    const { title } = registered.experiment;
    progress.ended({ id, experiment: registered.id, title, values, verdict: 'pass' } as CellRecord);
  }
  progress.end();
  return text
    .replaceAll(new RegExp(String.raw`[^\n]*\r${'\u001B'}\[K`, 'g'), '')
    .replaceAll(new RegExp(String.raw`${'\u001B'}\[\d+m`, 'g'), '')
    .trimEnd()
    .split('\n');
}

test.each([80, 100, 120, 200])('every experiment is shown with its title in %i columns', async (width) => {
  const registry = await loadRegistry();
  const lines = await printed(width);
  expect(lines.filter((line) => line.length > width)).toEqual([]);
  const all = lines.join('\n');
  for (const { id, experiment } of registry) {
    const place = lines.findIndex((line) => line.includes(` ${id} `));
    const beside = `${lines[place]}\n${lines[place + 1]}`;
    expect(beside, all).toContain(experiment.title.slice(0, 45));
  }
});
