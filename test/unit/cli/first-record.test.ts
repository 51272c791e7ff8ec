import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it, vi } from 'vitest';
import { conclude } from '../../../src/cli/conclusion.ts';
import { firstRecordLine } from '../../../src/cli/first-record.ts';
import { OBSERVED_SYSTEMS } from '../../../src/record/observed-systems.ts';
import { readRecord } from '../../../src/load/read.ts';
import type { BindRecord } from '../../../src/record/record.ts';
import { ROOT } from '../../support/docs.ts';

const files = readdirSync(path.join(ROOT, 'reports'))
  .map((platform) => path.join(ROOT, 'reports', platform, 'record.json'))
  .filter((file) => existsSync(file));
const records = files.map((file) => readRecord(readFileSync(file, 'utf8'), file));

/** A record, changed as if it were of another system. */
function of(system: string, changes: Partial<BindRecord> = {}): BindRecord {
  const [record] = records;
  if (record === undefined) throw new Error('there is no committed record');
  const settings = { ...record.settings, selectors: [] };
  return { ...record, complete: true, settings, ...changes, platform: { ...record.platform, system } };
}

describe('the systems that have a record', () => {
  it('are those of the committed records', () => {
    expect([...OBSERVED_SYSTEMS].toSorted()).toEqual(
      [...new Set(records.map(({ platform }) => platform.system))].toSorted(),
    );
  });

  it.each([...OBSERVED_SYSTEMS])('%s: nothing is asked', (system) => {
    expect(firstRecordLine(of(system), ['reports/x/record.json'])).toBeNull();
  });

  it.each([
    ['darwin', 'macOS'],
    ['windows', 'Windows'],
    ['freebsd', 'FreeBSD'],
    ['openbsd', 'OpenBSD'],
  ])('%s is not among them, which a run says', (system, title) => {
    const file = `reports/${system}/record.json`;
    const line = firstRecordLine(of(system), [file, `reports/${system}/junit.xml`]);
    expect(line).toBe(
      `There is no record of ${title} yet: please attach ${file} to an issue of the repository of bindspec (docs/ci.md)`,
    );
    expect(line).not.toContain('\n');
  });

  it('is the last line of a run', () => {
    const printed: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
    conclude(of('darwin'), ['reports/x/record.json']);
    conclude(of('linux'), ['reports/x/record.json']);
    write.mockRestore();
    const lines = printed.join('').trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('There is no record of macOS yet'))).toHaveLength(1);
    expect(lines.at(-1)).toContain('written: reports/x/record.json');
  });

  it('a run of a selection, or one that wrote nothing, says how to make one', () => {
    const { settings } = of('darwin');
    const part = { settings: { ...settings, selectors: ['reach'] } };
    for (const line of [
      firstRecordLine(of('darwin', part), ['reports/x/record.json']),
      firstRecordLine(of('darwin', { complete: false }), ['reports/x/record.json']),
      firstRecordLine(of('darwin'), []),
    ]) {
      expect(line).toContain("please run 'npx bindspec run' to its end, and attach the record.json it writes");
    }
  });
});
