import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { programJsonSchema } from '../../src/json-schemas/records.ts';
import { paced } from '../../src/process/pace.ts';
import { programSchema, type ProgramRecord } from '../../src/record/program.ts';
import { bindspec } from '../support/cli.ts';
import { noNamespaces } from '../support/namespace.ts';
import { installed, needs, notRoot } from '../support/needs.ts';

/** A program is started ten times and more. */
const MINUTES = paced(120_000);

/** Small servers, one for each kind of behaviour. */
const SERVERS = `
const net = require('node:net');
const [kind, port = 7000] = process.argv.slice(2);
const listen = (host, failed, served) => {
  const server = net.createServer(served ?? ((one) => one.on('error', () => {}).resume()));
  if (failed) server.on('error', failed);
  return server.listen({ port: Number(port), host });
};
const kinds = {
  plain: () => listen('127.0.0.1'),
  open: () => listen('0.0.0.0'),
  dual: () => listen('::'),
  six: () => listen('::1', undefined).on('listening', () => console.log('http://127.0.0.1:' + port)),
  once: () => { const server = listen('127.0.0.1', undefined, (one) => { one.end('bye'); server.close(); }); },
  late: () => { listen('127.0.0.1'); setTimeout(() => net.createServer().listen(7001, '127.0.0.1'), 600); },
  later: () => { listen('127.0.0.1'); setTimeout(() => net.createServer().listen(7001, '127.0.0.1'), 3500); },
  never: () => setInterval(() => {}, 1000),
  zero: () => listen('127.0.0.1', () => { console.log('listening on http://localhost:' + port); process.exit(0); }),
  lazy: () => listen('127.0.0.1', () => setInterval(() => {}, 1000)),
  next: () => { const go = (at) => net.createServer().on('error', () => go(at + 1)).listen(at, '127.0.0.1'); go(Number(port)); },
  daemon: () => { require('node:child_process').spawn(process.execPath, [__filename, 'plain'], { detached: true, stdio: 'ignore' }).unref(); setTimeout(() => process.exit(0), 200); },
  terminal: () => process.stdin.isTTY ? listen('127.0.0.1') : process.exit(3),
  chance: () => net.createServer().listen(0, '127.0.0.1'),
  shut: () => listen('0.0.0.0', undefined, (one) => one.destroy()),
  greets: () => listen('0.0.0.0', undefined, (one) => one.on('error', () => {}).end('hello '.repeat(200))),
  other: () => listen('127.0.0.53'),
  elsewhere: () => listen('10.1.2.3', () => process.exit(9)),
  mute: () => listen('127.0.0.1', () => process.exit(9)),
  crash: () => { console.error('boom'); process.exit(7); },
  where: () => { require('node:fs').writeFileSync(process.cwd() + '/written', 'x'); listen('127.0.0.1'); },
  fixed: () => { listen('127.0.0.1'); const bound = (at) => require('node:dgram').createSocket('udp4').bind(at, '0.0.0.0'); bound(51820); bound(0); },
  udp: () => require('node:dgram').createSocket('udp4').bind(Number(port), '0.0.0.0'),
  address: () => net.createServer().listen(7000, process.argv[4]),
};
kinds[kind]();
`;

// They wait for most of their time, and each is in namespaces of its own.
describe.concurrent('bindspec program', needs(noNamespaces), () => {
  let folder = '';
  let server = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-program-'));
    server = path.join(folder, 'server.cjs');
    writeFileSync(server, SERVERS);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function ask(questions: string, kind: string, ...more: string[]): Promise<ProgramRecord> {
    const words = ['program', '--ask', questions, '--format', 'json', ...more, '--', process.execPath, server, kind];
    const { stdout, stderr } = await bindspec(words, { own: true });
    expect(stderr).toBe('');
    return programSchema.parse(JSON.parse(stdout));
  }

  const names = ({ observation }: ProgramRecord) =>
    observation.first.sockets.map(({ address, port, role }) => `${address} ${port} ${role}`);

  test('answers every question about a light server, in few and short lines', { timeout: MINUTES }, async () => {
    const reports = path.join(folder, 'reports');
    const [junit, record] = [path.join(reports, 'junit.xml'), path.join(reports, 'program.json')];
    const words = ['program', '--reports', reports, '--', process.execPath, server, 'open'];
    const { exitCode, stdout } = await bindspec(words, { own: true });
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const written: unknown = JSON.parse(readFileSync(record, 'utf8'));
    expect(z.fromJSONSchema(JSON.parse(programJsonSchema())).safeParse(written).error).toBeUndefined();
    const { observation, says, program } = programSchema.parse(written);
    expect(program.command).toEqual([process.execPath, server, 'open']);
    expect(observation.first.sockets).toMatchObject([
      { protocol: 'tcp', address: '0.0.0.0', port: 7000, options: { SO_REUSEADDR: 1 }, processes: ['node'] },
    ]);
    expect(observation.first.sockets[0]?.backlog).toBeGreaterThan(0);
    expect(observation.reach).toContainEqual(
      expect.objectContaining({ from: 'neighbour', to: 'lan', reached: 'yes', served: 'open' }),
    );
    expect(observation.second?.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
    expect(observation.second?.[0]?.run.start).toMatchObject({ exit: 1, error: { name: 'EADDRINUSE' } });
    expect(observation.restart).toMatchObject([
      { clients: false, outcome: 'at once' },
      { clients: true, outcome: 'at once', states: { TIME_WAIT: 1, FIN_WAIT_2: 1 } },
    ]);
    expect(observation['ipv6-off']).toMatchObject({ outcome: 'same' });
    expect(observation.taken?.map(({ by, outcome }) => `${by} ${outcome}`)).toEqual([
      '127.0.0.1 refused',
      '::1 as before',
      '0.0.0.0 refused',
      ':: refused',
    ]);
    expect(says).toContain('Anyone on the LAN reaches tcp 7000.');
    expect(readFileSync(junit, 'utf8')).toContain('<testcase name="restart"');
    expect(readFileSync(path.join(reports, 'report.md'), 'utf8')).toContain(
      '| `tcp 0.0.0.0:7000` | wildcard | service |',
    );
    const compared = await bindspec(['diff', record, record]);
    expect(compared).toMatchObject({ exitCode: 0, stderr: '' });
    expect(compared.stdout.split('\n').map((line) => line.trim())).toEqual([
      path.basename(process.execPath),
      'Nothing that both were asked differs.',
    ]);
    const other = path.join(folder, 'other.json');
    const second = (observation.second ?? []).map((one) => ({ ...one, outcome: 'shares' as const }));
    writeFileSync(other, JSON.stringify({ ...programSchema.parse(written), observation: { ...observation, second } }));
    const differs = await bindspec(['diff', record, other]);
    expect(differs.exitCode).toBe(1);
    expect(differs.stdout).toContain('second instance (same): refused, EADDRINUSE, exit 1 before, now shares');
  });

  test('tells ::1 alone from 127.0.0.1, as clients of localhost see it', { timeout: MINUTES }, async () => {
    const { observation, says } = await ask('reach', 'six');
    expect(observation.localhost?.map(({ address }) => address)).toEqual(['::1', '::1', null]);
    expect(says).toContain('http://127.0.0.1:7000 is refused: it listens on IPv6 only, on ::1.');
    expect(says).toContain('It prints http://127.0.0.1:7000, which is refused.');
  });

  test('tries a loopback address of its own', { timeout: MINUTES }, async () => {
    const { observation, says } = await ask('reach', 'other');
    const to = (address: string) => observation.reach?.find((one) => one.to === address)?.reached;
    expect([to('127.0.0.53'), to('127.0.0.1')]).toEqual(['yes', 'refused']);
    expect(says).toContain('Only this machine reaches it.');
  });

  test('starts a server again that serves one connection and ends', { timeout: MINUTES }, async () => {
    const { observation, says } = await ask('reach', 'once');
    expect(observation.ended).toBe(true);
    expect(observation.reach?.find(({ to }) => to === '127.0.0.1')).toMatchObject({ reached: 'yes', served: 'banner' });
    expect(says).toContain('It serves one connection and ends.');
  });

  test('waits for a socket that opens late, and for a daemon', { timeout: MINUTES }, async () => {
    expect(names(await ask('sockets', 'late'))).toEqual(['127.0.0.1 7000 service', '127.0.0.1 7001 service']);
    const daemon = await ask('sockets', 'daemon');
    expect(daemon.observation.first.start).toMatchObject({ outcome: 'up', exit: 0, daemon: true });
  });

  test.for([
    { kind: 'never', outcome: 'silent' },
    { kind: 'crash', outcome: 'failed' },
  ])('says what a program does that opens no socket: $kind', { timeout: MINUTES }, async ({ kind, outcome }) => {
    const { observation, says } = await ask('reach,second', kind, '--limit', '2');
    expect(observation.first).toMatchObject({ sockets: [], start: { outcome } });
    expect(says).toHaveLength(1);
  });

  test.for([
    { kind: 'zero', outcome: 'ended', ports: [] },
    { kind: 'lazy', outcome: 'silent', ports: [] },
    { kind: 'next', outcome: 'other port', ports: [7001] },
    { kind: 'chance', outcome: 'chance', ports: [] },
  ])('a second instance: $kind', { timeout: MINUTES }, async ({ kind, outcome, ports }) => {
    const { observation } = await ask('second', kind, '--limit', '3');
    expect(observation.second).toMatchObject([
      { files: 'same', outcome, ports, firstLost: false },
      { files: 'own', outcome, ports, firstLost: false },
    ]);
  });

  test('tells reached from served', { timeout: MINUTES }, async () => {
    const { observation, says } = await ask('reach', 'shut');
    const there = observation.reach?.find(({ from, to }) => from === 'neighbour' && to === 'lan');
    expect(['closed', 'reset']).toContain(there?.served);
    expect(says).toContain('It accepts connections from the LAN to tcp 7000, and closes them at once.');
  });

  test('leaves states of a server that closes by itself', { timeout: MINUTES }, async () => {
    const { observation } = await ask('restart', 'greets');
    expect(observation.restart).toMatchObject([{}, { outcome: 'at once', states: { TIME_WAIT: 1, FIN_WAIT_2: 1 } }]);
  });

  test(
    'finds out by its calls why a program does not start that does not say it',
    { timeout: MINUTES, ...needs(installed('strace', 'strace')) },
    async () => {
      const { observation } = await ask('taken', 'mute');
      const there = observation.taken?.find(({ by }) => by === '127.0.0.1');
      expect(there).toMatchObject({
        outcome: 'refused',
        run: { start: { exit: 9, error: { name: 'EADDRINUSE', certain: true } } },
      });
      const elsewhere = await ask('sockets', 'elsewhere');
      expect(elsewhere.observation.first.start).toMatchObject({
        outcome: 'failed',
        error: { name: 'EADDRNOTAVAIL', call: 'bind 10.1.2.3:7000', certain: true },
      });
    },
  );

  test('tries UDP, where silence and a refusal differ', { timeout: MINUTES }, async () => {
    const { observation } = await ask('reach', 'udp');
    const to = (name: string) => observation.reach?.find((one) => one.from === 'machine' && one.to === name);
    expect(to('127.0.0.1')).toMatchObject({ protocol: 'udp', reached: 'yes', served: 'queued' });
    expect(to('::1')).toMatchObject({ reached: 'refused' });
  });

  test('leaves the files of the machine as they are', { timeout: MINUTES }, async () => {
    const record = await ask('sockets', 'where', '--cwd', folder);
    expect(names(record)).toEqual(['127.0.0.1 7000 service']);
    expect(() => readFileSync(path.join(folder, 'written'))).toThrow(/ENOENT/);
  });

  test('gives it an address that comes late', { timeout: MINUTES }, async () => {
    const words = [
      'program',
      '--ask',
      'late',
      '--format',
      'json',
      '--',
      process.execPath,
      server,
      'address',
      '7000',
      '{address}',
    ];
    const { stdout } = await bindspec(words, { own: true });
    const { observation } = programSchema.parse(JSON.parse(stdout));
    expect(observation.first.sockets).toMatchObject([{ address: '192.168.5.130', scope: 'lan' }]);
    expect(observation.late).toMatchObject({
      outcome: 'refused',
      run: { start: { error: { name: 'EADDRNOTAVAIL' } } },
    });
  });

  test(
    'has a terminal where one can be made',
    { timeout: MINUTES, ...needs(installed('script', 'bsdutils')) },
    async () => {
      expect((await ask('sockets', 'terminal')).observation.first.start.outcome).toBe('up');
      expect((await ask('sockets', 'terminal', '--stdin', 'none')).observation.first.start).toMatchObject({ exit: 3 });
    },
  );

  test(
    'starts it as another user',
    { timeout: MINUTES, ...needs(notRoot, installed('setpriv', 'util-linux')) },
    async () => {
      // Its user may not read the folder of the test.
      const words = [
        'program',
        '--ask',
        'sockets',
        '--user',
        'nobody',
        '--format',
        'json',
        '--cwd',
        '/',
        '--prepare',
        'mkdir -p /run/x',
        '--',
        process.execPath,
        '-e',
        'require("net").createServer().listen(7000, "127.0.0.1")',
      ];
      const { stdout } = await bindspec(words, { own: true });
      expect(programSchema.parse(JSON.parse(stdout)).observation.first.sockets).toMatchObject([{ users: ['nobody'] }]);
    },
  );

  test(
    'tells a port of its own from one that the kernel chose, among those that the kernel chooses from',
    { timeout: MINUTES },
    async () => {
      const { observation, against } = await ask('reach', 'fixed', '--only', 'loopback');
      expect(against?.extra).toEqual(['udp 0.0.0.0:51820']);
      expect(observation.first.sockets.map(({ protocol, role }) => `${protocol} ${role}`)).toEqual([
        'tcp service',
        'udp service',
        'udp chance',
      ]);
      expect(observation.reach?.some(({ port, reached }) => port === 51820 && reached === 'yes')).toBe(true);
    },
  );

  test('waits for more sockets as long as --settle says', { timeout: MINUTES }, async () => {
    expect(names(await ask('sockets', 'later', '--settle', '6'))).toHaveLength(2);
  });

  test('is a check: --only and --expect', { timeout: MINUTES }, async () => {
    const check = (kind: string, ...more: string[]) =>
      bindspec(['program', '--ask', 'sockets', ...more, '--', process.execPath, server, kind], { own: true });
    expect(await check('plain', '--only', 'loopback')).toMatchObject({ exitCode: 0 });
    const open = await check('dual', '--only', 'loopback');
    expect(open).toMatchObject({ exitCode: 1 });
    expect(open.stdout).toContain('only loopback: tcp [::]:7000 dual can be reached from other machines');
    const list = path.join(folder, 'expected');
    writeFileSync(list, 'tcp 127.0.0.1:7000\ntcp 127.0.0.1:7002\n');
    const missing = await check('late', '--expect', list);
    expect(missing.exitCode).toBe(1);
    expect(missing.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /127\.0\.0\.1:7001 is too many.*127\.0\.0\.1:7002 is missing/,
    );
  });

  test.for([
    { words: [], says: /no program is named/ },
    { words: ['--', 'no-such-program-here'], says: /no program 'no-such-program-here'/ },
    { words: ['--ask', 'wat', '--', 'sh'], says: /unknown question 'wat'/ },
    { words: ['--ask', 'late', '--', 'sh'], says: /needs \{address\}/ },
    { words: ['--only', 'wan', '--', 'sh'], says: /unknown only 'wan'/ },
    { words: ['--expect', '/nonexistent', '--', 'sh'], says: /no such file/ },
    { words: ['--unit', 'no-such-unit'], says: /unknown unit 'no-such-unit.service'/ },
    { words: ['--unit', 'a.socket'], says: /not a service/ },
    { words: ['--unit', 'a.service', '--', 'sh'], says: /not both/ },
    { words: ['--env', '=x', '--', 'sh'], says: /--env/ },
    { words: ['--cwd', '/nonexistent', '--', 'sh'], says: /not a folder/ },
    { words: ['--user', 'a b', '--', 'sh'], says: /--user/ },
    { words: ['--reports', '/proc/nonexistent', '--', 'sh'], says: /reports folder.*can't be written/ },
    { words: ['--limit', '0', '--', 'sh'], says: /--limit/ },
  ])('refuses $words in one line', async ({ words, says }) => {
    const { exitCode, stdout, stderr } = await bindspec(['program', ...words]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr.split('\n')).toHaveLength(1);
  });
});
