import process from 'node:process';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { coverageOf, tellOffer } from '../../src/cli/coverage.ts';
import { firstRecordLine } from '../../src/cli/first-record.ts';
import { cellsOf, type Cell } from '../../src/experiment/cells.ts';
import { loadRegistry } from '../../src/experiment/registry.ts';
import { hostFacts } from '../../src/lab/host.ts';
import type { Lab, LabFacts } from '../../src/lab/lab.ts';
import type { BindRecord } from '../../src/record/record.ts';
import { bindspec } from '../support/cli.ts';
import { holding } from '../support/interfaces.ts';
import { page, rows, section } from '../support/docs.ts';

const written = page('docs/macos.md');
const LOOPBACK = ['127.0.0.1/8', '::1/128', 'fe80::1/64'];
const ALIASES = Array.from({ length: 15 }, (_, index) => `127.0.0.${index + 2}/32`);
const LAN = ['fe80::4/64', '192.168.1.20/24'];
const SECOND = '192.0.2.130/32';
const SIXTH = ['fd00:5::130/64', 'fd00:5::131/64'];

let cells: Cell[];
beforeAll(async () => {
  cells = (await loadRegistry()).flatMap(cellsOf);
});

/** A lab of a Mac with all programs, whatever this machine has. */
function mac(facts: LabFacts): Lab {
  return { facts, launch: () => [], programs: async (names) => new Set(names), close: async () => undefined };
}

/** How many cells a Mac with these addresses runs. */
async function runs(lo0: readonly string[], en0: readonly string[], root = false): Promise<number> {
  const facts = hostFacts({ lo0: holding(...lo0), en0: holding(...en0) }, root, { system: 'darwin' });
  const { runnable } = await coverageOf(mac(facts), cells);
  return runnable;
}

describe("the page of a Mac's first minute", () => {
  test('says how many cells run with which addresses', async () => {
    const counts = [
      await runs(LOOPBACK, LAN),
      await runs(LOOPBACK, [...LAN, SECOND]),
      await runs(LOOPBACK, [...LAN, SECOND, ...SIXTH]),
      await runs([...LOOPBACK, ...ALIASES], [...LAN, SECOND, ...SIXTH]),
      await runs([...LOOPBACK, ...ALIASES], [...LAN, SECOND, ...SIXTH], true),
    ];
    const table = rows(section(written.text, '## What a Mac can do, and what gives it more'));
    expect(table.map((row) => row.at(-1))).toEqual(['Cells that run', ...counts.map((count) => `${count}`)]);
  });

  test('shows what doctor says without any of the lines', async () => {
    const facts = hostFacts({ lo0: holding(...LOOPBACK), en0: holding(...LAN) }, false, { system: 'darwin' });
    const coverage = await coverageOf(mac(facts), cells);
    const printed = printedBy(() => tellOffer(facts, coverage));
    const screen = written.blocks.find(({ text }) => text.includes('of 235 cells can run'));
    expect(screen?.text.trimEnd()).toBe(printed.map((line) => line.replace(/^ {4}/, '')).join('\n'));
  });

  test('has the lines that the skips name, each undone', () => {
    const { missing } = hostFacts({ lo0: holding(...LOOPBACK), en0: holding(...LAN) }, false, { system: 'darwin' });
    const [add = '', undo = ''] = written.blocks
      .filter(({ text }) => text.includes('ifconfig'))
      .map(({ text }) => text);
    for (const need of ['inet second-external', 'inet6 external', 'loopback network'] as const) {
      expect(add.split('\n')).toContain(missing[need]?.enable);
    }
    expect(missing['second user']?.enable).toBe('sudo npx bindspec run');
    const addresses = (text: string) => [...text.matchAll(/(?:inet6?) (\S+)/g)].map(([, address]) => address);
    expect(addresses(undo)).toEqual(addresses(add));
  });

  test('shows what explain answers, and how a first run ends', async () => {
    const [, command = '', answer = ''] = /^\$ npx bindspec (.*)\n([^]*)$/.exec(written.blocks[0]?.text ?? '') ?? [];
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const { stdout } = await bindspec(words);
    expect(stdout.startsWith(answer.trimEnd())).toBe(true);
    const platform = { ...PLATFORM, system: 'darwin' };
    const record = { platform, complete: true, settings: { selectors: [] } } as unknown as BindRecord;
    const line = firstRecordLine(record, ['bindspec-reports/darwin-24.6-arm64/record.json']);
    expect(written.blocks.map(({ text }) => text.trimEnd())).toContain(line);
  });
});

const PLATFORM = {
  id: 'darwin-24.6-arm64',
  release: '24.6.0',
  version: '',
  architecture: 'arm64',
  runtime: '',
  uid: 501,
};

function printedBy(tell: () => void): string[] {
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  tell();
  write.mockRestore();
  return printed.join('').trimEnd().split('\n');
}
