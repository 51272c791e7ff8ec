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
import { holding } from '../../tools/interfaces.ts';
import { page } from '../support/docs.ts';

const written = page('docs/macos.md');
const LOOPBACK = ['127.0.0.1/8', '::1/128', 'fe80::1/64'];
const LAN = ['fe80::4/64', '192.168.1.20/24'];

let cells: Cell[];
beforeAll(async () => {
  cells = (await loadRegistry()).flatMap(cellsOf);
});

/** A lab of a Mac with all programs, no matter which ones this machine has. */
function mac(facts: LabFacts): Lab {
  return { facts, launch: () => [], programs: async (names) => new Set(names), close: async () => undefined };
}

describe("the page of a Mac's first minute", () => {
  test('shows what doctor says without any of the lines', async () => {
    const facts = hostFacts({ lo0: holding(...LOOPBACK), en0: holding(...LAN) }, false, { system: 'darwin' });
    const coverage = await coverageOf(mac(facts), cells);
    const printed = printedBy(() => tellOffer(facts, coverage));
    const screen = written.blocks.find(({ text }) => /\d+ of \d+ cells can run/.test(text));
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
