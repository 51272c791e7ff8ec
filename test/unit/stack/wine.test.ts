import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import type { Operation, Result } from '../../../src/protocol/messages.ts';
import type { NumberOption } from '../../../src/protocol/options.ts';
import { AgentProcess } from '../../../src/harness/agent-process.ts';
import { platformOf } from '../../../src/runner/platform.ts';
import { stackNamed } from '../../../src/stack/index.ts';
import { inPrefix, quoted } from '../../../src/stack/wine/place.ts';
import { findWine } from '../../../src/stack/wine/programs.ts';
import { folder } from '../../support/cli.ts';
import { needs } from '../../support/needs.ts';
import { withoutStack } from '../../support/stacks.ts';

test('Wine has no variants', async () => {
  await expect(stackNamed('wine:9')).rejects.toThrow("the stack wine has no variant '9'");
});

test.each([
  ['wine-8.0 (Debian 8.0~repack-4)', '8.0'],
  ['wine-10.0.1', '10.0.1'],
  ['something else', null],
])('the version of %s', (says, version) => {
  const bin = folder();
  mkdirSync(bin, { recursive: true });
  for (const name of ['wine64', 'wineserver']) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\necho '${says}'\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const found = findWine([bin]);
  expect(found?.version ?? null).toBe(version);
  if (found) expect(found.loader).toBe(path.join(bin, 'wine64'));
});

test('without a wineserver there is no Wine', () => {
  const bin = folder();
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'wine64'), '#!/bin/sh\necho wine-8.0\n');
  chmodSync(path.join(bin, 'wine64'), 0o755);
  expect(findWine([bin])).toBeNull();
});

test('words of the shell are quoted, and Wine offers to fetch nothing', () => {
  expect(quoted("it's")).toBe(String.raw`'it'\''s'`);
  expect(inPrefix('/run/prefix')).toContain('WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe=');
});

/** How long a wait would last if nothing arrived, in milliseconds. */
const HOUR = 3_600_000;
const noWine = await withoutStack('wine');

describe('an agent under Wine', needs(noWine), () => {
  let lab: Lab;
  let agent: AgentProcess;
  let platform: ReturnType<typeof platformOf>;

  beforeAll(async () => {
    const { inside } = await stackNamed('wine');
    if (inside.kind !== 'lab') throw new Error('Wine is a lab');
    lab = await inside.lab.open();
    const command = [...lab.launch('machine'), ...(lab.agent?.('machine') ?? [])];
    const started = await AgentProcess.start({ command, title: 'the agent' });
    ({ agent } = started);
    platform = platformOf(started.hello, lab.stack);
    expect(started.hello).toMatchObject({ system: 'win32', uid: null });
    expect(started.hello.wine).toBe(platform.release);
  });
  afterAll(async () => {
    await agent?.end();
    await lab?.close();
  });

  const ask = (...operations: Operation[]): Promise<Result[]> => agent.ask(operations, false);
  const outcomes = (results: readonly Result[]) => results.map(({ outcome }) => outcome);

  test('is a platform of its own', () => {
    expect(platform.id).toMatch(/^wine-\d+\.\d+-x64$/);
    expect(platform).toMatchObject({ system: 'wine', stack: 'wine', architecture: 'x64' });
  });

  test('hears of a refused connection at once, however long it would wait', async () => {
    const [, refused] = await ask(
      { op: 'socket', as: 'refused', family: 'inet', type: 'stream' },
      { op: 'connect', on: 'refused', address: '127.0.0.1', port: 1, within: HOUR },
      { op: 'close', on: 'refused' },
    );
    expect(refused).toMatchObject({ outcome: 'WSAECONNREFUSED', errno: 10_061 });
    expect(refused?.took).toBeLessThan(HOUR);
  });

  test('connects, accepts, sends and hears the end', async () => {
    const results = await ask(
      { op: 'socket', as: 'server', family: 'inet6', type: 'stream' },
      { op: 'getsockname', on: 'server' },
      { op: 'bind', on: 'server', address: '::1', port: 20_001 },
      { op: 'listen', on: 'server' },
      { op: 'socket', as: 'client', family: 'inet6', type: 'stream' },
      { op: 'connect', on: 'client', address: '::1', port: 20_001, within: 5000 },
      { op: 'accept', on: 'server', as: 'taken', within: 5000 },
      { op: 'send', on: 'client', data: 'hello' },
      { op: 'recv', on: 'taken', within: 5000 },
      { op: 'getpeername', on: 'client' },
      { op: 'close', on: 'client' },
      { op: 'recv', on: 'taken', within: 5000 },
      { op: 'reset' },
    );
    expect(outcomes(results)).toEqual(['ok', 'WSAEINVAL', ...Array.from({ length: 9 }, () => 'ok'), 'eof', 'ok']);
    expect(results[8]).toMatchObject({ data: 'hello', bytes: 5 });
    expect(results[9]).toMatchObject({ name: { address: '::1', port: 20_001 } });
    expect(results.at(-1)).toMatchObject({ open: 0 });
  });

  test.each([
    ['inet', 'IP_PKTINFO', '0.0.0.0', '127.0.0.2'],
    ['inet6', 'IPV6_RECVPKTINFO', '::', '::1'],
  ] as const)('tells who sent a datagram of %s, and where to', async (family, option, wildcard, to) => {
    const results = await ask(
      { op: 'socket', as: 'server', family, type: 'dgram' },
      { op: 'setsockopt', on: 'server', option, value: 1 },
      { op: 'bind', on: 'server', address: wildcard, port: 20_002 },
      { op: 'socket', as: 'client', family, type: 'dgram' },
      { op: 'send', on: 'client', data: 'hello', to: { address: to, port: 20_002 } },
      { op: 'getsockname', on: 'client' },
      { op: 'recv', on: 'server', within: 5000 },
      { op: 'reset' },
    );
    expect(outcomes(results)).toEqual(Array.from({ length: 8 }, () => 'ok'));
    const from = { address: family === 'inet' ? '127.0.0.1' : '::1', port: results[5]?.name?.port };
    expect(results[6]).toMatchObject({ data: 'hello', from, to });
  });

  test('dissolves the association of a datagram socket', async () => {
    const results = await ask(
      { op: 'socket', as: 'a', family: 'inet', type: 'dgram' },
      { op: 'connect', on: 'a', address: '127.0.0.1', port: 20_003 },
      { op: 'getpeername', on: 'a' },
      { op: 'disconnect', on: 'a' },
      { op: 'getpeername', on: 'a' },
      { op: 'reset' },
    );
    expect(outcomes(results)).toEqual(['ok', 'ok', 'ok', 'ok', 'WSAENOTCONN', 'ok']);
  });

  test('has the options of Windows, and no others', async () => {
    const set = (option: NumberOption, value = 1): Operation => ({ op: 'setsockopt', on: 'a', option, value });
    const results = await ask(
      { op: 'socket', as: 'a', family: 'inet6', type: 'dgram' },
      { op: 'getsockopt', on: 'a', option: 'IPV6_V6ONLY' },
      set('SIO_UDP_CONNRESET', 0),
      set('SO_REUSEPORT'),
      set('SO_REUSEADDR'),
      set('SO_EXCLUSIVEADDRUSE'),
      { op: 'getsockopt', on: 'a', option: 'SO_REUSEADDR' },
      { op: 'reset' },
    );
    expect(outcomes(results)).toEqual(['ok', 'ok', 'ok', 'not available here', 'ok', 'WSAEINVAL', 'ok', 'ok']);
    expect([results[1]?.value, results[6]?.value]).toEqual([1, 1]);
  });

  test('is heard and answered whole, in long lines of any letters', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${'x'.repeat(index)}${'Grüße, 你好 '.repeat(1500)}`);
    const results = await ask(
      { op: 'socket', as: 'a', family: 'inet', type: 'dgram' },
      { op: 'bind', on: 'a', address: '127.0.0.1', port: 20_004 },
      ...texts.flatMap((data): Operation[] => [
        { op: 'send', on: 'a', data, to: { address: '127.0.0.1', port: 20_004 } },
        { op: 'recv', on: 'a', size: 65_535, within: 5000 },
      ]),
      { op: 'reset' },
    );
    expect(results.flatMap(({ data }) => data ?? [])).toEqual(texts);
  });
});
