import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paced } from '../../src/process/pace.ts';
import { programSchema, type ProgramRecord } from '../../src/record/program.ts';
import { bindspec, CLI } from '../support/cli.ts';
import { noNamespaces } from '../support/namespace.ts';
import { installed, needs, notRoot } from '../support/needs.ts';
import { until } from '../support/waiting.ts';

/** A program is started several times. */
const MINUTES = paced(120_000);

/** Servers with options that Node.js does not set. */
const SERVERS = `
import socket, sys
kind = sys.argv[1]
server = socket.socket()
if kind == 'shares': server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
server.bind(('127.0.0.1', 7000))
server.listen()
ones = []
while True:
    one = server.accept()[0]
    one.recv(100)
    ones.append(one)
`;

describe.concurrent('bindspec program, of servers', needs(noNamespaces, installed('python3', 'python3')), () => {
  let folder = '';
  let server = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-program-'));
    server = path.join(folder, 'server.py');
    writeFileSync(server, SERVERS);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function ask(words: readonly string[]): Promise<ProgramRecord> {
    const { stdout, stderr } = await bindspec(['program', '--format', 'json', ...words], { own: true });
    expect(stderr).toBe('');
    return programSchema.parse(JSON.parse(stdout));
  }

  test('that share their port get the connections both', { timeout: MINUTES }, async () => {
    const { observation, says } = await ask(['--ask', 'second', '--', 'python3', server, 'shares']);
    expect(observation.second?.map(({ outcome, shared }) => [outcome, shared])).toEqual([
      ['shares', ['tcp 127.0.0.1:7000']],
      ['shares', ['tcp 127.0.0.1:7000']],
    ]);
    const [{ connections = { first: 0, second: 0, none: 0 } } = {}] = observation.second ?? [];
    // By chance one gets none of forty in two of 10 ** 12 runs.
    expect([connections.first > 0, connections.second > 0]).toEqual([true, true]);
    expect(says.join(' ')).toMatch(/shares tcp 127\.0\.0\.1:7000 silently, and each gets a part of the connections/);
  });

  test('without SO_REUSEADDR do not start again for as long as the kernel says', { timeout: MINUTES }, async () => {
    const { observation, says } = await ask(['--ask', 'restart', '--', 'python3', server, 'plain']);
    expect(observation.restart?.map(({ clients, outcome }) => [clients, outcome])).toEqual([
      [false, 'at once'],
      [true, 'EADDRINUSE'],
    ]);
    const { lasts = 0, states = {} } = observation.restart?.[1] ?? {};
    expect(Object.keys(states).toSorted()).toEqual(['FIN_WAIT_2', 'TIME_WAIT']);
    // The kernel keeps each for at most 60 s, and for this long yet.
    expect(lasts).toBeGreaterThan(0);
    expect(lasts).toBeLessThanOrEqual(60);
    expect(says.join(' ')).toContain(`it does not start again for up to ${lasts} s: EADDRINUSE`);
  });

  test(
    'of a unit have its user, its folders and its environment',
    { timeout: MINUTES, ...needs(notRoot) },
    async () => {
      const unit = path.join(folder, 'made.service');
      writeFileSync(
        unit,
        [
          '[Service]',
          'Type=notify',
          'User=nobody',
          'RuntimeDirectory=made',
          'Environment=PORT=80',
          'AmbientCapabilities=CAP_NET_BIND_SERVICE',
          `ExecStartPre=+/bin/sh -c 'echo x >/run/made/before'`,
          `ExecStart=python3 -c "import os,socket,time; open('/run/made/before'); open('/run/made/own','w'); s=socket.socket(); s.bind(('',int(os.environ['PORT']))); s.listen(); time.sleep(999)"`,
          '',
        ].join('\n'),
      );
      const { observation, program } = await ask(['--ask', 'sockets', '--unit', unit]);
      expect(observation.first.start).toMatchObject({ outcome: 'up' });
      expect(observation.first.sockets).toMatchObject([{ address: '0.0.0.0', port: 80, users: ['nobody'] }]);
      expect(program).toMatchObject({ unit: 'made.service', user: 'nobody' });
    },
  );

  test('are gone when it is interrupted, and what was answered is shown', { timeout: MINUTES }, async () => {
    const mark = `mark-${process.pid}-${Date.now()}`;
    const child = spawn(process.execPath, [CLI, 'program', '--', 'python3', server, 'plain', mark], {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const ended = new Promise<number | null>((resolve) => {
      child.on('exit', resolve);
    });
    // Two instances of it: the questions after the first one have begun.
    await until('a second start', () => Promise.resolve(serversWith(mark).length > 1));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(text).toContain('tcp 127.0.0.1:7000');
    expect(text).toContain('Interrupted: not every question was answered.');
    await until('its processes to have ended', () => Promise.resolve(serversWith(mark).length === 0));
  });
});

/** The servers with a word among their arguments, by their processes. */
function serversWith(mark: string): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const [program = '', ...words] = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      return program.endsWith('python3') && words.includes(mark);
    } catch {
      // It has ended.
      return false;
    }
  });
}
