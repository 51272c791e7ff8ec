import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { idMatcher } from '../../src/experiment/selection.ts';
import { readRecord } from '../../src/load/read.ts';
import { engineRecords } from '../../tools/engine-records.ts';
import { page, ROOT, rows, section } from '../support/docs.ts';

const { text } = page('docs/findings.md');
/** The rows of a section's table, without its heading. */
const found = (heading: string) => rows(section(text, heading)).slice(1);
const plain = (cell = '') => cell.replaceAll('`', '');
const recordOf = (platform: string) => {
  const file = path.join(ROOT, 'reports', platform, 'record.json');
  return readRecord(readFileSync(file, 'utf8'), file);
};

describe('what bindspec found is what the committed records say', () => {
  test('of the documents: every claim that is not confirmed, and no other', () => {
    const told = found("## The documents' mistakes").map(([claim, verdict]) => `${plain(claim)} ${verdict}`);
    const not = recordOf('linux-6.18-x64').claims.filter(({ verdict }) => verdict !== 'confirmed');
    expect(new Set(told)).toEqual(new Set(not.map(({ id, verdict }) => `${id} ${verdict}`)));
  });

  test.each([
    ...found('## Bugs of kernels').map(([kernel, , command]) => ({ platform: plain(kernel), command: plain(command) })),
    ...found('## How other stacks differ').map(([name, , command]) => ({
      platform: plain(name),
      command: plain(command),
    })),
  ])('of $platform: $command', ({ platform, command }) => {
    const [id = '', release] = platform.split(' ');
    const selector = /bindspec run (\S+)/.exec(command)?.[1] ?? '';
    const record = recordOf(id);
    if (release !== undefined) expect(record.platform.version).toContain(release);
    const cells = record.cells.filter(({ experiment }) => idMatcher(selector)(experiment));
    expect(cells.some(({ verdict }) => verdict === 'differs')).toBe(true);
  });

  test('of the kernels that have neither bug', () => {
    for (const platform of ['linux-6.12-x64', 'linux-6.18-x64', 'linux-7.3-x64']) {
      expect(recordOf(platform).cells.filter(({ verdict }) => verdict === 'differs')).toEqual([]);
    }
  });

  test('of the engines: every configuration that exposes anything, and no other', () => {
    const told = found('## What container engines expose').map(([engine, configurations]) => [
      plain(engine),
      configurations === 'none' ? [] : plain(configurations).split(', '),
    ]);
    const exposed = engineRecords(path.join(ROOT, 'reports')).map(({ engine, security }) => [
      engine.id,
      [...new Set(security.filter(({ verdict }) => verdict === 'exposed').map((one) => one.configuration))],
    ]);
    expect(told).toEqual(exposed);
  });
});
