import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { archive } from '../../../../src/stack/guest/cpio.ts';
import { runGuest, type GuestPlan } from '../../../../src/stack/guest/guest.ts';
import { encodeOutcome } from '../../../../src/stack/guest/messages.ts';
import type { GuestRequest } from '../../../../src/stack/stack.ts';
import { folder } from '../../../support/cli.ts';
import { runs, until } from '../../../support/waiting.ts';

/** A machine that is a script of Node: it has the archive's file, and `line(n, text)` writes to serial line n. */
function machine(script: string, defaults: GuestPlan['defaults'] = () => []): GuestPlan {
  const home = folder();
  const base = path.join(home, 'base');
  writeFileSync(base, archive([]));
  const prelude = `const fs = require('node:fs'); const archive = process.argv[1];
    const line = (n, text) => fs.writeSync(3 + n, text);
    const outcome = (base64) => line(2, Buffer.from(base64, 'base64'));`;
  return {
    name: 'kernel:test',
    base,
    modules: [{ name: 'veth', content: Buffer.from('module') }],
    pace: 3,
    defaults,
    command: (file) => [process.execPath, '-e', prelude + script, file],
  };
}

const OUTCOME = encodeOutcome({ exitCode: 1, reports: new Map([['p/record.json', Buffer.from('{}')]]) }).toString(
  'base64',
);

async function run(plan: GuestPlan, more: Partial<GuestRequest> = {}) {
  const printed = { stdout: '', stderr: '' };
  const result = await runGuest(plan, {
    argv: ['run', '--', 'conflict'],
    files: { '/tmp/files/known': 'text' },
    reports: '/tmp/reports',
    signal: new AbortController().signal,
    print: (chunk, to) => {
      printed[to] += chunk;
    },
    ...more,
  });
  return { result, printed };
}

test('what a guest prints is passed on, and its outcome returned', async () => {
  const { result, printed } = await run(
    machine(`line(0, 'to stdout é'); line(1, 'to stderr'); line(2, 'ready\\n'); line(0, ' and more');
      outcome('${OUTCOME}'); setInterval(() => undefined, 1000);`),
  );
  expect(printed).toEqual({ stdout: 'to stdout é and more', stderr: 'to stderr' });
  expect(result.exitCode).toBe(1);
  expect([...result.reports]).toEqual([['p/record.json', Buffer.from('{}')]]);
});

test('the archive has the base, the order and the modules, and no name on disk', async () => {
  const copy = path.join(folder(), 'copy');
  await run(
    machine(
      `fs.copyFileSync(archive, '${copy}'); line(0, fs.readlinkSync(archive)); line(2, 'ready\\n'); outcome('${OUTCOME}');`,
    ),
  ).then(({ printed }) => expect(printed.stdout).toMatch(/ \(deleted\)$/));
  const content = readFileSync(copy, 'latin1');
  expect(content).toContain('TRAILER!!!');
  expect(content).toContain('modules/00-veth.ko');
  expect(content).toContain('"argv":["run","--","conflict"]');
  expect(content).toContain('"/tmp/files/known":"text"');
  expect(content).toContain('"BINDSPEC_STACK":"kernel:test","BINDSPEC_PACE":"3"');
});

test('what suits a slow machine is added unless it was asked for', async () => {
  const copy = path.join(folder(), 'copy');
  const script = `fs.copyFileSync(archive, '${copy}'); line(2, 'ready\\n'); outcome('${OUTCOME}');`;
  await run(
    machine(script, () => ['--jobs=2', '--patience=1500']),
    { argv: ['run', '--jobs=7', '--'] },
  );
  expect(readFileSync(copy, 'latin1')).toContain('"argv":["run","--patience=1500","--jobs=7","--"]');
});

test('a run that is interrupted ends the machine', async () => {
  const interruption = new AbortController();
  const pid = path.join(folder(), 'pid');
  const running = run(
    machine(
      `line(2, 'ready\\n'); fs.writeFileSync('${pid}', String(process.pid)); setInterval(() => undefined, 1000);`,
    ),
    { signal: interruption.signal },
  );
  await until('the machine runs', () => exists(pid));
  interruption.abort();
  expect((await running).result).toEqual({ exitCode: 130, reports: new Map() });
  expect(runs(Number(readFileSync(pid, 'utf8')))).toBe(false);
});

describe('a machine that does not start is reported in one line', () => {
  test.each([
    [
      'that can not be started',
      `console.error('qemu: no kernel'); process.exit(1)`,
      "can't be started: qemu: no kernel",
    ],
    [
      'that panics',
      `line(3, '[ 1.2] Kernel panic - not syncing: VFS\\n[ 1.3] more\\n')`,
      'does not boot: Kernel panic - not syncing: VFS',
    ],
    ['that says nothing', '', 'does not boot and prints nothing'],
    ['whose bindspec dies', `line(2, 'ready\\ndied 139\\n')`, 'bindspec died inside kernel:test by signal 11'],
    ['that ends too early', `line(2, 'ready\\n')`, 'kernel:test ended before its run did'],
    ['that answers oddly', `line(2, 'login:\\n')`, "kernel:test sent an unexpected answer (the guest sent 'login:')"],
  ])('one %s', async (_, script, told) => {
    await expect(run(machine(script))).rejects.toThrow(told);
  });
});

function exists(file: string): boolean {
  try {
    return readFileSync(file, 'utf8') !== '';
  } catch {
    return false;
  }
}
