import { execFileSync, spawn } from 'node:child_process';
import dns from 'node:dns/promises';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hello, MessageFlag, Operation, OperationName, Result, Served } from '../../../src/protocol/messages.ts';
import type { OptionName, OptionSetting } from '../../../src/protocol/options.ts';
import { AgentProcess } from '../../../src/harness/agent-process.ts';
import { AGENT, LOOPBACK_ONLY, noNamespaces } from '../../support/namespace.ts';
import { runs, until } from '../../support/waiting.ts';
import { installed, isRoot, needs, notRoot } from '../../support/needs.ts';
import { paced } from '../../../src/process/pace.ts';

/** How long to wait for an event that should happen, and for one that should not, in milliseconds. */
const LONG = paced(10_000);
const SHORT = 60;

let agent: AgentProcess;
let hello: Hello;
let folder: string;

const start = (...words: string[]) =>
  AgentProcess.start({
    command: [...LOOPBACK_ONLY, process.execPath, AGENT, ...words],
    title: 'the agent',
  });
/** An agent in the namespaces of another. */
const startBeside = async (pid: number) => {
  const user = isRoot ? [] : [`--user=/proc/${pid}/ns/user`, '--preserve-credentials'];
  const command = ['nsenter', ...user, `--net=/proc/${pid}/ns/net`, '--', process.execPath, AGENT];
  return (await AgentProcess.start({ command, title: 'the other agent' })).agent;
};
const ask = (...operations: Operation[]) => agent.ask(operations, false);
const outcomes = async (...operations: Operation[]) => (await ask(...operations)).map(({ outcome }) => outcome);
const one = async (operation: Operation): Promise<Result> => {
  const [result] = await ask(operation);
  if (!result) throw new Error('no result');
  return result;
};

// The operations that the tests below used, so that none is forgotten.
const used = new Set<OperationName>();
const udp = (as: string, family: 'inet' | 'inet6' = 'inet'): Operation => ({ op: 'socket', as, family, type: 'dgram' });
const tcp = (as: string, family: 'inet' | 'inet6' = 'inet'): Operation => ({
  op: 'socket',
  as,
  family,
  type: 'stream',
});
const bind = (on: string, port: number, address = '127.0.0.1'): Operation => ({ op: 'bind', on, address, port });
const connect = (on: string, port: number, address = '127.0.0.1'): Operation => ({
  op: 'connect',
  on,
  address,
  port,
  within: LONG,
});

describe('an agent on the real kernel', needs(noNamespaces), () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-agent-'));
    ({ agent, hello } = await start());
    const plain = agent.ask.bind(agent);
    agent.ask = (operations, halt) => {
      for (const { op } of operations) used.add(op);
      return plain(operations, halt);
    };
  });
  afterAll(async () => {
    await agent.end();
    rmSync(folder, { recursive: true });
    expect(runs(hello.pid)).toBe(false);
  });
  // No test leaves anything behind; this is checked in the same way as the pool checks it.
  const clean = async () => {
    expect(await one({ op: 'reset' })).toMatchObject({ outcome: 'ok', open: 0 });
  };

  it('tells one word of each operation when it is asked tersely', async () => {
    const words = await agent.askTersely([
      udp('terse'),
      bind('terse', 25_000),
      bind('terse', 25_000),
      { op: 'getsockname', on: 'terse' },
      { op: 'recv', on: 'terse' },
      { op: 'close', on: 'terse' },
    ]);
    expect(words).toEqual(['ok', 'ok', 'EINVAL', '127.0.0.1 25000', 'silence', 'ok']);
    await expect(agent.askTersely([{ op: 'close', on: 'terse' }])).rejects.toThrow("there is no socket 'terse'");
  });

  it('describes itself', () => {
    expect(hello).toMatchObject({
      protocol: 3,
      system: 'linux',
      release: os.release(),
      architecture: process.arch,
      runtime: `node ${process.version}`,
      uid: 0,
    });
    expect(hello.networkNamespace).toMatch(/^net:\[\d+\]$/);
    expect(hello.networkNamespace).not.toBe(readlinkSync('/proc/self/ns/net'));
    expect(agent.clockOffset).toBe(0);
  });

  it('makes the socket calls of UDP, with names and sizes', async () => {
    const results = await ask(
      udp('a'),
      bind('a', 0),
      { op: 'getsockname', on: 'a' },
      udp('b'),
      bind('b', 4001),
      { op: 'send', on: 'a', data: 'häh', to: { address: '127.0.0.1', port: 4001 } },
      { op: 'recv', on: 'b', within: LONG },
      { op: 'getpeername', on: 'b' },
      { op: 'send', on: 'b', data: 'x' },
    );
    const name = results[2]?.name;
    expect(name).toMatchObject({ address: '127.0.0.1' });
    expect(name?.port).toBeGreaterThan(1023);
    expect(results[5]).toMatchObject({ outcome: 'ok', bytes: 4 });
    expect(results[6]).toMatchObject({ outcome: 'ok', data: 'häh', bytes: 4, from: name });
    expect(results[7]).toMatchObject({ outcome: 'ENOTCONN' });
    expect(results[8]).toMatchObject({ outcome: 'EDESTADDRREQ', errno: os.constants.errno.EDESTADDRREQ });
    await clean();
  });

  it('connects, disconnects and connects a datagram socket', async () => {
    const results = await ask(
      udp('a'),
      connect('a', 4001),
      { op: 'getpeername', on: 'a' },
      { op: 'disconnect', on: 'a' },
      { op: 'getpeername', on: 'a' },
      connect('a', 4002, '127.0.0.3'),
      { op: 'getpeername', on: 'a' },
    );
    expect(results.map(({ outcome, name }) => name ?? outcome)).toEqual([
      'ok',
      'ok',
      { address: '127.0.0.1', port: 4001 },
      'ok',
      'ENOTCONN',
      'ok',
      { address: '127.0.0.3', port: 4002 },
    ]);
    await clean();
  });

  it.each([
    ['inet', '127.0.0.1'],
    ['inet6', '::1'],
  ] as const)('makes the socket calls of TCP over %s', async (family, address) => {
    const results = await ask(
      tcp('listener', family),
      bind('listener', 4001, address),
      { op: 'accept', on: 'listener', as: 'early' },
      { op: 'listen', on: 'listener' },
      { op: 'accept', on: 'listener', as: 'early' },
      tcp('client', family),
      connect('client', 4001, address),
      { op: 'accept', on: 'listener', as: 'server', within: LONG },
      { op: 'getsockname', on: 'client' },
      { op: 'getpeername', on: 'server' },
      { op: 'getpeername', on: 'client' },
      { op: 'recv', on: 'server', within: SHORT },
      { op: 'send', on: 'client', data: 'to the server' },
      { op: 'recv', on: 'server', within: LONG, size: 6 },
      { op: 'recv', on: 'server', within: LONG },
      { op: 'shutdown', on: 'client', how: 'write' },
      { op: 'recv', on: 'server', within: LONG },
      { op: 'send', on: 'server', data: 'still heard' },
      { op: 'recv', on: 'client', within: LONG },
      { op: 'send', on: 'client', data: 'not any more' },
      { op: 'shutdown', on: 'client', how: 'read' },
      { op: 'shutdown', on: 'server', how: 'both' },
      { op: 'close', on: 'server' },
    );
    const client = results[8]?.name;
    expect(client?.address).toBe(address);
    const server = { address, port: 4001 };
    expect(results.slice(2).map(({ outcome, name, from, data }) => data ?? name ?? from ?? outcome)).toEqual([
      'EINVAL',
      'ok',
      'silence',
      'ok',
      'ok',
      client,
      client,
      client,
      server,
      'silence',
      'ok',
      'to the',
      ' server',
      'ok',
      'eof',
      'ok',
      'still heard',
      'EPIPE',
      'ok',
      'ok',
      'ok',
    ]);
    await clean();
  });

  it.each([
    ['inet', 'IP_PKTINFO', '0.0.0.0', '127.0.0.7'],
    ['inet6', 'IPV6_RECVPKTINFO', '::', '::1'],
  ] as const)('tells the local destination of a datagram over %s', async (family, option, wildcard, address) => {
    const results = await ask(
      udp('server', family),
      { op: 'setsockopt', on: 'server', option, value: 1 },
      bind('server', 4001, wildcard),
      udp('client', family),
      { op: 'send', on: 'client', data: 'x', to: { address, port: 4001 } },
      { op: 'recv', on: 'server', within: LONG },
      { op: 'setsockopt', on: 'server', option, value: 0 },
      { op: 'send', on: 'client', data: 'x', to: { address, port: 4001 } },
      { op: 'recv', on: 'server', within: LONG },
    );
    expect(results[5]).toMatchObject({ outcome: 'ok', to: address });
    expect(results[8]).toMatchObject({ outcome: 'ok' });
    expect(results[8]).not.toHaveProperty('to');
    await clean();
  });

  it('tells v4-mapped names on a dual-stack socket', async () => {
    const results = await ask(
      udp('server', 'inet6'),
      { op: 'setsockopt', on: 'server', option: 'IPV6_V6ONLY', value: 0 },
      { op: 'setsockopt', on: 'server', option: 'IPV6_RECVPKTINFO', value: 1 },
      bind('server', 4001, '::'),
      udp('client'),
      bind('client', 4002),
      { op: 'send', on: 'client', data: 'x', to: { address: '127.0.0.1', port: 4001 } },
      { op: 'recv', on: 'server', within: LONG },
    );
    expect(results[7]).toMatchObject({ from: { address: '::ffff:127.0.0.1', port: 4002 }, to: '::ffff:127.0.0.1' });
    await clean();
  });

  it('keeps a datagram of no bytes apart from silence and from the end', async () => {
    const results = await ask(
      udp('a'),
      bind('a', 4001),
      { op: 'recv', on: 'a', within: SHORT },
      { op: 'send', on: 'a', data: '', to: { address: '127.0.0.1', port: 4001 } },
      { op: 'recv', on: 'a', within: LONG },
      { op: 'recv', on: 'a' },
    );
    expect(results.slice(2)).toMatchObject([
      { outcome: 'silence' },
      { outcome: 'ok', bytes: 0 },
      { outcome: 'ok', bytes: 0, data: '', from: { address: '127.0.0.1', port: 4001 } },
      { outcome: 'silence' },
    ]);
    await clean();
  });

  it('says errnos by name', async () => {
    const results = await outcomes(
      udp('a'),
      bind('a', 4001),
      bind('a', 4002),
      udp('b'),
      bind('b', 4001),
      bind('b', 4001, '192.0.2.1'),
      { op: 'listen', on: 'b' },
      connect('b', 9, '192.0.2.1'),
      tcp('c'),
      connect('c', 4003),
      udp('d'),
      connect('d', 4003),
      { op: 'send', on: 'd', data: 'x' },
      { op: 'recv', on: 'd', within: LONG },
      udp('e', 'inet6'),
      bind('e', 4001, 'fe80::1'),
      { op: 'setsockopt', on: 'e', option: 'SO_EXCLUSIVEADDRUSE', value: 1 },
      { op: 'getsockopt', on: 'e', option: 'SO_EXCLUSIVEADDRUSE' },
      { op: 'setsockopt', on: 'e', option: 'SO_BINDTODEVICE', value: 'none0' },
      { op: 'shutdown', on: 'a', how: 'both' },
    );
    expect(results).toEqual([
      'ok',
      'ok',
      'EINVAL',
      'ok',
      'EADDRINUSE',
      'EADDRNOTAVAIL',
      'EOPNOTSUPP',
      'ENETUNREACH',
      'ok',
      'ECONNREFUSED',
      'ok',
      'ok',
      'ok',
      'ECONNREFUSED',
      'ok',
      'EINVAL',
      'not available here',
      'not available here',
      'ENODEV',
      'ENOTCONN',
    ]);
    await clean();
  });

  it('calls an address of the other family the mistake that it is', async () => {
    // The protocol encodes a name in its socket's family, so a wrong family is a mistake of the harness: a fault.
    await ask(udp('a', 'inet6'));
    await expect(ask(bind('a', 4001, '127.0.0.1'))).rejects.toThrow("refused: '127.0.0.1' is not an IPv6 address");
    await clean();
  });

  it('sets and gets options', async () => {
    const get = (option: OptionName): Operation => ({ op: 'getsockopt', on: 'a', option });
    const set = (setting: OptionSetting): Operation => ({ op: 'setsockopt', on: 'a', ...setting });
    const results = await ask(
      tcp('a'),
      get('SO_REUSEADDR'),
      set({ option: 'SO_REUSEADDR', value: 1 }),
      get('SO_REUSEADDR'),
      get('SO_ACCEPTCONN'),
      { op: 'listen', on: 'a', backlog: 1 },
      get('SO_ACCEPTCONN'),
      set({ option: 'SO_BINDTODEVICE', value: 'lo' }),
      udp('b', 'inet6'),
      { op: 'getsockopt', on: 'b', option: 'IPV6_V6ONLY' },
    );
    expect(results.map(({ outcome, value }) => value ?? outcome)).toEqual([
      'ok',
      0,
      'ok',
      1,
      0,
      'ok',
      1,
      'ok',
      'ok',
      0,
    ]);
    await clean();
  });

  it('serves over UDP, drops what it is told to drop, and tells who asked', async () => {
    const to = { address: '127.0.0.2', port: 4001 };
    const results = await ask(
      udp('server'),
      { op: 'setsockopt', on: 'server', option: 'IP_PKTINFO', value: 1 },
      bind('server', 4001, '0.0.0.0'),
      { op: 'serve', on: 'server', name: 'first', drop: [true, false] },
      udp('client'),
      bind('client', 4002),
      { op: 'send', on: 'client', data: 'one', to },
      { op: 'recv', on: 'client', within: SHORT },
      { op: 'send', on: 'client', data: 'three', to },
      { op: 'recv', on: 'client', within: LONG },
      { op: 'served', on: 'server' },
    );
    expect(results[7]?.outcome).toBe('silence');
    expect(results[9]).toMatchObject({ data: 'first: Your data was 5 bytes' });
    const from = { address: '127.0.0.1', port: 4002 };
    expect(results[10]?.served).toMatchObject([
      { bytes: 3, from, to: '127.0.0.2', answered: 'dropped' },
      { bytes: 5, from, to: '127.0.0.2', answered: 'ok' },
    ]);
    await clean();
  });

  it('serves over TCP several at once', async () => {
    const results = await ask(
      tcp('server'),
      bind('server', 4001, '0.0.0.0'),
      { op: 'listen', on: 'server' },
      { op: 'serve', on: 'server', name: 'first' },
      tcp('c1'),
      tcp('c2'),
      connect('c1', 4001),
      connect('c2', 4001, '127.0.0.2'),
      { op: 'send', on: 'c2', data: 'two' },
      { op: 'recv', on: 'c2', within: LONG },
      { op: 'send', on: 'c1', data: 'one' },
      { op: 'recv', on: 'c1', within: LONG },
      { op: 'close', on: 'c1' },
      { op: 'served', on: 'server' },
    );
    expect(results[9]?.data).toBe('first: Your data was 3 bytes');
    expect(results[11]?.data).toBe('first: Your data was 3 bytes');
    expect(results[13]?.served).toMatchObject([
      { to: '127.0.0.2', answered: 'ok' },
      { to: '127.0.0.1', answered: 'ok' },
    ]);
    await clean();
  });

  it('goes on serving after an error that the network left on the socket', async () => {
    const results = await ask(
      udp('server'),
      bind('server', 4001),
      connect('server', 4002),
      { op: 'serve', on: 'server', name: 'first' },
      // No one listens, so the refusal already waits on the socket when the event loop looks at it.
      { op: 'send', on: 'server', data: 'anybody?' },
    );
    expect(results.every(({ outcome }) => outcome === 'ok')).toBe(true);
    await after(SHORT);
    const again = await ask(
      udp('client'),
      bind('client', 4002),
      connect('client', 4001),
      { op: 'send', on: 'client', data: 'three' },
      { op: 'recv', on: 'client', within: 2000 },
    );
    expect(again[4]).toMatchObject({ outcome: 'ok', data: 'first: Your data was 5 bytes' });
    await clean();
  });

  it('polls several sockets, and names all that can be read', async () => {
    const names = ['a', 'b', 'c', 'd'];
    await ask(...names.flatMap((name, index) => [udp(name), bind(name, 4001 + index)]));
    expect(await one({ op: 'poll', on: names, within: SHORT })).toMatchObject({ outcome: 'silence' });
    const send = (port: number): Operation => ({ op: 'send', on: 'a', data: 'x', to: { address: '127.0.0.1', port } });
    expect((await ask(send(4003), { op: 'poll', on: names, within: LONG }))[1]?.ready).toEqual(['c']);
    expect((await ask(send(4002), { op: 'poll', on: names, within: LONG }))[1]?.ready).toEqual(['b', 'c']);
    // Polling removes nothing, and nothing is waiting any more.
    expect(await outcomes(...names.map((on): Operation => ({ op: 'recv', on, within: 0 })))).toEqual([
      'silence',
      'ok',
      'ok',
      'silence',
    ]);
    const waiting = one({ op: 'poll', on: names, within: LONG });
    await ask(send(4004));
    expect((await waiting).ready).toEqual(['d']);
    await clean();
  });

  it('refuses to poll a socket twice at once, and forgets the whole poll', async () => {
    await ask(udp('a'), bind('a', 4001), udp('b'), bind('b', 4002));
    await expect(ask({ op: 'poll', on: ['a', 'b', 'b'], within: LONG })).rejects.toThrow('two operations wait');
    expect(await outcomes({ op: 'poll', on: ['a', 'b'], within: SHORT })).toEqual(['silence']);
    await clean();
  });

  it('refuses a second wait on one socket, and the first goes on to its own end', async () => {
    await ask(udp('a'), bind('a', 4001));
    const first = one({ op: 'recv', on: 'a', within: LONG });
    await expect(ask({ op: 'recv', on: 'a', within: SHORT })).rejects.toThrow('two operations wait on one socket');
    await after(3 * SHORT);
    await ask({ op: 'send', on: 'a', data: 'x', to: { address: '127.0.0.1', port: 4001 } });
    expect(await first).toMatchObject({ outcome: 'ok', data: 'x' });
    await clean();
  });

  it('waits on many sockets at once and still answers', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `s${index}`);
    await ask(...names.flatMap((name, index) => [udp(name), bind(name, 4001 + index)]));
    const waiting = names.map((on) => one({ op: 'recv', on, within: LONG }));
    expect(await outcomes({ op: 'getsockname', on: 's0' })).toEqual(['ok']);
    await ask(
      ...names.map((_, index): Operation => {
        return { op: 'send', on: 's0', data: `${index}`, to: { address: '127.0.0.1', port: 4001 + index } };
      }),
    );
    expect((await Promise.all(waiting)).map(({ data }) => data)).toEqual(names.map((_, index) => `${index}`));
    await clean();
  });

  it('does not take for silence what came in time while the agent was kept from looking', async () => {
    const fifo = path.join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    await ask(udp('a'), bind('a', 4001), udp('b'), bind('b', 4002), udp('c'));
    const to = (port: number) => ({ address: '127.0.0.1', port });
    const waiting = one({ op: 'recv', on: 'a', within: 100 });
    const polling = one({ op: 'poll', on: ['b'], within: 100 });
    // The data arrive at once; then the agent is stuck while it reads the fifo, for longer than both wait.
    const stuck = ask(
      { op: 'send', on: 'c', data: 'in time', to: to(4001) },
      { op: 'send', on: 'c', data: 'in time', to: to(4002) },
      { op: 'read', path: fifo },
    );
    await after(400);
    await writeFile(fifo, 'go on');
    expect((await stuck).at(-1)).toMatchObject({ outcome: 'ok', data: 'go on' });
    expect(await waiting).toMatchObject({ outcome: 'ok', data: 'in time' });
    expect(await polling).toMatchObject({ outcome: 'ok', ready: ['b'] });
    await clean();
  });

  it('ends the wait of a socket that is closed, and does not call that silence', async () => {
    await ask(
      udp('a'),
      bind('a', 4001),
      tcp('l'),
      bind('l', 4001),
      { op: 'listen', on: 'l' },
      udp('b'),
      bind('b', 4002),
    );
    const waits = [
      ask({ op: 'recv', on: 'a', within: LONG }),
      ask({ op: 'accept', on: 'l', as: 'x', within: LONG }),
      ask({ op: 'poll', on: ['b'], within: LONG }),
    ];
    const settled = Promise.allSettled(waits);
    expect(await outcomes({ op: 'close', on: 'a' }, { op: 'close', on: 'l' }, { op: 'close', on: 'b' })).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('was closed') } });
    }
    // The descriptors' numbers are free again, and no one waits on the descriptors that now get these numbers.
    expect(await outcomes(udp('a'), bind('a', 4001), { op: 'recv', on: 'a', within: SHORT })).toEqual([
      'ok',
      'ok',
      'silence',
    ]);
    await clean();
  });

  it('starts programs, tells what they print, and ends them', async () => {
    const [started] = await ask({
      op: 'spawn',
      as: 'p',
      command: 'sh',
      args: ['-c', 'echo out; echo err >&2; exec sleep 60'],
    });
    const pid = started?.pid ?? 0;
    expect(runs(pid)).toBe(true);
    await until('it has printed', async () => (await one({ op: 'output', on: 'p' })).data?.length === 8);
    // Two pipes, in either order.
    expect((await one({ op: 'output', on: 'p' })).data?.split('\n').toSorted()).toEqual(['', 'err', 'out']);
    expect(await one({ op: 'output', on: 'p' })).not.toHaveProperty('exit');
    expect(await outcomes({ op: 'kill', on: 'p' })).toEqual(['ok']);
    await until('it has ended', () => !runs(pid));
    await ask({ op: 'spawn', as: 'q', command: 'sh', args: ['-c', 'exit 3'] });
    await until('it has ended', async () => (await one({ op: 'output', on: 'q' })).exit === 3);
    await ask({ op: 'spawn', as: 's', command: 'sh', args: ['-c', 'sleep 0.1; echo late; exit 4'] });
    expect(await one({ op: 'output', on: 's', within: 60_000 })).toMatchObject({ data: 'late\n', exit: 4 });
    // One that has ended is not waited for, and one that has not is waited for no longer than that.
    expect(await one({ op: 'output', on: 's', within: 60_000 })).toMatchObject({ exit: 4 });
    await ask({ op: 'spawn', as: 't', command: 'sleep', args: ['60'] });
    expect(await one({ op: 'output', on: 't', within: 1 })).not.toHaveProperty('exit');
    expect(await outcomes({ op: 'spawn', as: 'r', command: 'no-such-program', args: [] })).toEqual(['ENOENT']);
    await expect(ask({ op: 'output', on: 'r' })).rejects.toThrow("there is no program 'r'");
    await clean();
  });

  it('ends programs at a reset', async () => {
    const [started] = await ask({ op: 'spawn', as: 'p', command: 'sleep', args: ['3600'] });
    await clean();
    await until('it has ended', () => !runs(started?.pid ?? 0));
  });

  it('never loses a socket or a program under a name that is given twice', async () => {
    await ask(tcp('l'), bind('l', 4001), { op: 'listen', on: 'l' }, tcp('c'), connect('c', 4001));
    await expect(ask({ op: 'accept', on: 'l', as: 'c', within: LONG })).rejects.toThrow(
      "there is a socket 'c' already",
    );
    await expect(ask(udp('c'))).rejects.toThrow("there is a socket 'c' already");
    expect(await outcomes({ op: 'accept', on: 'l', as: 's', within: LONG })).toEqual(['ok']);
    const sleep: Operation = { op: 'spawn', as: 'p', command: 'sleep', args: ['3600'] };
    const [started] = await ask(sleep);
    await expect(ask(sleep)).rejects.toThrow("there is a program 'p' already");
    await clean();
    await until('it has ended', () => !runs(started?.pid ?? 0));
  });

  it('ends a program that is just being started when everything is reset', async () => {
    const spawning = ask({ op: 'spawn', as: 'p', command: 'sleep', args: ['3600'] });
    const reset = clean();
    const [started] = await spawning.catch(() => []);
    await reset;
    await clean();
    if (started?.pid !== undefined) await until('it has ended', () => !runs(started.pid ?? 0));
    const children = `/proc/${hello.pid}/task/${hello.pid}/children`;
    await until('the agent has no children', () => readFileSync(children, 'utf8') === '');
  });

  it('reads files', async () => {
    writeFileSync(path.join(folder, 'file'), 'content');
    expect(await one({ op: 'read', path: path.join(folder, 'file') })).toMatchObject({
      outcome: 'ok',
      data: 'content',
    });
    expect(await outcomes({ op: 'read', path: path.join(folder, 'none') }, { op: 'read', path: folder })).toEqual([
      'ENOENT',
      'EISDIR',
    ]);
    await ask(tcp('l'), bind('l', 4001), { op: 'listen', on: 'l' });
    // 4001 is 0x0FA1.
    expect((await one({ op: 'read', path: '/proc/net/tcp' })).data).toContain('0100007F:0FA1');
    await clean();
  });

  it('stops after the first failure when asked to, and only then', async () => {
    const list: Operation[] = [udp('a'), bind('a', 4001, '192.0.2.1'), { op: 'getsockname', on: 'a' }];
    expect((await agent.ask(list, true)).map(({ outcome }) => outcome)).toEqual(['ok', 'EADDRNOTAVAIL']);
    await clean();
    expect((await agent.ask(list, false)).map(({ outcome }) => outcome)).toEqual(['ok', 'EADDRNOTAVAIL', 'ok']);
    await clean();
  });

  it.each<[string, unknown, string]>([
    ['a socket of no such name', { op: 'close', on: 'unknown' }, "there is no socket 'unknown'"],
    ['a program of no such name', { op: 'kill', on: 'unknown' }, "there is no program 'unknown'"],
    ['an unknown operation', { op: 'ioctl', on: 'a' }, "unknown operation 'ioctl'"],
    ['an operation named as what every object has', { op: 'constructor' }, "unknown operation 'constructor'"],
    [
      'a misspelt option',
      { op: 'setsockopt', on: 'a', option: 'SO_REUSEADR', value: 1 },
      "unknown option 'SO_REUSEADR'",
    ],
    ['an option named as what every object has', { op: 'getsockopt', on: 'a', option: 'toString' }, 'unknown option'],
    ['a value of another kind', { op: 'setsockopt', on: 'a', option: 'SO_REUSEADDR', value: 'on' }, 'is not a number'],
    ['a port that is none', { op: 'bind', on: 'a', address: '127.0.0.1', port: 65_536 }, 'port 65536 is not a number'],
    ['an address that is none', { op: 'bind', on: 'a', address: 'localhost', port: 1 }, 'is not an IPv4 address'],
    ['the list of a socket that does not serve', { op: 'served', on: 'a' }, "'a' does not serve"],
  ])('calls %s a fault, and goes on', async (_, operation, message) => {
    await ask(udp('a'));
    await expect(ask(operation as Operation)).rejects.toThrow('the agent refused: ');
    await expect(ask(operation as Operation)).rejects.toThrow(message);
    expect(agent.usable).toBe(true);
    await clean();
  });

  it('does thousands of operations in one message', async () => {
    const list = Array.from({ length: 3000 }, (_, index): Operation[] => [
      udp('a'),
      bind('a', 1024 + index),
      { op: 'close', on: 'a' },
    ]).flat();
    const results = await ask(...list);
    expect(results).toHaveLength(9000);
    expect(results.every(({ outcome }) => outcome === 'ok')).toBe(true);
    await clean();
  });

  describe('messages with flags and control data', () => {
    const to = { address: '127.0.0.1', port: 4001 };
    const recv = (...flags: MessageFlag[]): Operation => ({ op: 'recv', on: 'a', within: LONG, size: 4, flags });

    it('are looked at without being taken, and cut, as asked', async () => {
      const results = await ask(
        udp('a'),
        bind('a', 4001),
        udp('b'),
        { op: 'send', on: 'b', data: 'longer', to },
        recv('MSG_PEEK'),
        recv('MSG_PEEK', 'MSG_TRUNC'),
        recv(),
        { op: 'recv', on: 'a' },
      );
      expect(results.slice(4)).toMatchObject([
        { outcome: 'ok', data: 'long', bytes: 4, flags: ['MSG_TRUNC'] },
        { outcome: 'ok', data: 'long', bytes: 6, flags: ['MSG_TRUNC'] },
        { outcome: 'ok', data: 'long', bytes: 4, flags: ['MSG_TRUNC'] },
        { outcome: 'silence' },
      ]);
      await clean();
    });

    it('resolve names as the resolver of Node.js does, and their own', async () => {
      const looked = await dns.lookup('localhost', { all: true });
      const [found, none] = await ask(
        { op: 'resolve', name: 'localhost' },
        { op: 'resolve', name: 'no-such-name.invalid' },
      );
      // The order is another where one of the two namespaces has no IPv6.
      expect(found?.addresses?.toSorted()).toEqual(looked.map(({ address }) => address).toSorted());
      expect(none?.outcome).toMatch(/^(ENOTFOUND|EAI_[A-Z]+)$/);
      const [inet] = await ask({ op: 'resolve', name: '127.0.0.1', family: 'inet', configured: true });
      expect(inet).toMatchObject({ outcome: 'ok', addresses: ['127.0.0.1'] });
    });

    it.each([
      ['inet', 'IP_PKTINFO', '0.0.0.0', '127.0.0.1', '127.0.0.9'],
      ['inet6', 'IPV6_RECVPKTINFO', '::', '::1', '::1'],
    ] as const)(
      'leave over %s from the address and by the interface that they name',
      async (family, option, any, at, from) => {
        const [index] = await ask({ op: 'interface', device: 'lo' });
        const lo = index?.value as number;
        expect(lo).toBeGreaterThan(0);
        const results = await ask(
          udp('a', family),
          { op: 'setsockopt', on: 'a', option, value: 1 },
          bind('a', 4001, any),
          udp('b', family),
          { op: 'send', on: 'b', data: 'x', to: { address: at, port: 4001 }, from: { address: from, interface: lo } },
          { op: 'recv', on: 'a', within: LONG },
          { op: 'send', on: 'b', data: 'y', to: { address: at, port: 4001 }, from: { address: from, interface: 9999 } },
        );
        expect(results[4]).toMatchObject({ outcome: 'ok', bytes: 1 });
        expect(results[5]).toMatchObject({ data: 'x', from: { address: from }, to: at, interface: lo });
        expect(results[6]?.outcome).not.toBe('ok');
        await clean();
      },
    );

    it('bring what waits in the queue of errors, and who said it', async () => {
      const results = await ask(
        udp('a'),
        { op: 'setsockopt', on: 'a', option: 'IP_RECVERR', value: 1 },
        { op: 'recv', on: 'a', flags: ['MSG_ERRQUEUE'] },
        { op: 'send', on: 'a', data: 'xyz', to },
        { op: 'recv', on: 'a', within: LONG, flags: ['MSG_ERRQUEUE'] },
        { op: 'recv', on: 'a' },
      );
      expect(results[2]?.outcome).toBe('silence');
      expect(results[4]).toMatchObject({
        outcome: 'ok',
        data: 'xyz',
        from: to,
        flags: ['MSG_ERRQUEUE'],
        error: {
          outcome: 'ECONNREFUSED',
          errno: 111,
          origin: 'icmp',
          type: 3,
          code: 3,
          offender: { address: '127.0.0.1' },
        },
      });
      await clean();
    });

    it('wait for an error also while there are data', async () => {
      await ask(udp('a'), bind('a', 4001), { op: 'send', on: 'a', data: 'data', to });
      expect(await outcomes({ op: 'recv', on: 'a', within: SHORT, flags: ['MSG_ERRQUEUE'] })).toEqual(['silence']);
      await clean();
    });
  });

  it('sets and gets options that are structures', async () => {
    const set = (on: string, setting: OptionSetting): Operation => ({ op: 'setsockopt', on, ...setting });
    const results = await ask(
      udp('a'),
      set('a', { option: 'SO_LINGER', value: { on: true, seconds: 12 } }),
      { op: 'getsockopt', on: 'a', option: 'SO_LINGER' },
      set('a', { option: 'SO_RCVTIMEO', value: 2500 }),
      { op: 'getsockopt', on: 'a', option: 'SO_RCVTIMEO' },
      set('a', { option: 'SO_BINDTODEVICE', value: 'lo' }),
      { op: 'getsockopt', on: 'a', option: 'SO_BINDTODEVICE' },
      set('a', { option: 'IP_MULTICAST_IF', value: '127.0.0.1' }),
      { op: 'getsockopt', on: 'a', option: 'IP_MULTICAST_IF' },
      udp('b', 'inet6'),
      set('b', { option: 'IPV6_UNICAST_IF', value: 1 }),
      { op: 'getsockopt', on: 'b', option: 'IPV6_UNICAST_IF' },
    );
    expect(results.map(({ outcome, value }) => value ?? outcome)).toEqual([
      'ok',
      'ok',
      { on: true, seconds: 12 },
      'ok',
      2500,
      'ok',
      'lo',
      'ok',
      '127.0.0.1',
      'ok',
      'ok',
      1,
    ]);
    await clean();
  });

  it('joins and leaves a group, whose datagrams come as long as it is in it', async () => {
    const value = { group: '239.1.2.3', interface: '127.0.0.1' };
    const send: Operation = { op: 'send', on: 'b', data: 'x', to: { address: value.group, port: 4001 } };
    const results = await ask(
      udp('a'),
      // On Linux a socket receives from groups that any other socket has joined, unless an option turns that off.
      { op: 'setsockopt', on: 'a', option: 'IP_MULTICAST_ALL', value: 0 },
      bind('a', 4001, '0.0.0.0'),
      { op: 'setsockopt', on: 'a', option: 'IP_ADD_MEMBERSHIP', value },
      { op: 'setsockopt', on: 'a', option: 'IP_ADD_MEMBERSHIP', value },
      udp('b'),
      { op: 'setsockopt', on: 'b', option: 'IP_MULTICAST_IF', value: '127.0.0.1' },
      send,
      { op: 'recv', on: 'a', within: LONG },
      { op: 'setsockopt', on: 'a', option: 'IP_DROP_MEMBERSHIP', value },
      send,
      { op: 'recv', on: 'a', within: SHORT },
    );
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
      'EADDRINUSE',
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'silence',
    ]);
    await clean();
  });

  it('joins and leaves a group of IPv6, as the system itself lists it', async () => {
    const value = { group: 'ff15::1:2', interface: 1 };
    const list: Operation = { op: 'read', path: '/proc/net/igmp6' };
    const results = await ask(
      udp('a', 'inet6'),
      { op: 'setsockopt', on: 'a', option: 'IPV6_JOIN_GROUP', value },
      list,
      { op: 'setsockopt', on: 'a', option: 'IPV6_LEAVE_GROUP', value },
      list,
      { op: 'setsockopt', on: 'a', option: 'IPV6_LEAVE_GROUP', value },
    );
    const isListed = (index: number) => results[index]?.data?.includes('ff150000000000000000000000010002') ?? null;
    expect([results[1]?.outcome, isListed(2), results[3]?.outcome, isListed(4)]).toEqual(['ok', true, 'ok', false]);
    expect(results[5]?.outcome).toBe('EADDRNOTAVAIL');
    await clean();
  });

  it('binds to a name of no family', async () => {
    const unspecified = (on: string, address: string): Operation => ({
      op: 'bind',
      on,
      address,
      port: 0,
      form: { family: 'unspecified' },
    });
    expect(
      await outcomes(
        udp('a'),
        unspecified('a', '127.0.0.1'),
        unspecified('a', '0.0.0.0'),
        udp('b', 'inet6'),
        unspecified('b', '0.0.0.0'),
      ),
    ).toEqual(['ok', 'EAFNOSUPPORT', 'ok', 'ok', 'EINVAL']);
    await clean();
  });

  it('takes everything that waits at a socket, and says how many there were of each', async () => {
    const to = { address: '127.0.0.1', port: 4001 };
    const sent = await outcomes(
      udp('a'),
      bind('a', 4001),
      { op: 'burst', family: 'inet', to, count: 5, data: 'five' },
      { op: 'burst', family: 'inet', to, count: 2, data: 'two' },
    );
    expect(sent).toEqual(['ok', 'ok', 'ok', 'ok']);
    // Datagrams on loopback have arrived when sendto() returns.
    expect((await one({ op: 'drain', on: 'a' })).counts).toEqual({ five: 5, two: 2 });
    expect((await one({ op: 'drain', on: 'a' })).counts).toEqual({});
    await ask(tcp('l'), bind('l', 4002), { op: 'listen', on: 'l' }, tcp('c'), connect('c', 4002));
    const { name } = await one({ op: 'getsockname', on: 'c' });
    const { counts } = await one({ op: 'drain', on: 'l' });
    expect(counts).toEqual({ [`127.0.0.1 ${name?.port}`]: 1 });
    expect(await outcomes({ op: 'recv', on: 'c', within: LONG })).toEqual(['ECONNRESET']);
    expect(await outcomes(tcp('unbound'), { op: 'drain', on: 'unbound' })).toEqual(['ok', 'EINVAL']);
    await clean();
  });

  it('binds and connects to a name of another family, and of another length', async () => {
    const name = { address: '127.0.0.1', port: 0 };
    expect(
      await outcomes(
        udp('a'),
        { op: 'bind', on: 'a', ...name, form: { length: 15 } },
        { op: 'bind', on: 'a', address: '::1', port: 0, form: { family: 'inet6' } },
        { op: 'bind', on: 'a', ...name, form: { length: 40 } },
        { op: 'connect', on: 'a', ...name, form: { length: 15 } },
        udp('b', 'inet6'),
        { op: 'bind', on: 'b', ...name, form: { family: 'inet', length: 28 } },
        { op: 'bind', on: 'b', ...name, form: { family: 'inet' } },
      ),
    ).toEqual(['ok', 'EINVAL', 'EAFNOSUPPORT', 'ok', 'EINVAL', 'ok', 'EAFNOSUPPORT', 'EINVAL']);
    await clean();
  });

  it('sends many datagrams, each from a port of its own', async () => {
    const to = { address: '127.0.0.1', port: 4001 };
    const results = await ask(
      udp('a'),
      bind('a', 4001),
      { op: 'serve', on: 'a', name: 'a' },
      { op: 'burst', family: 'inet', to, count: 200, from: '127.0.0.8' },
      { op: 'burst', family: 'inet', to: { address: '192.0.2.1', port: 9 }, count: 3 },
    );
    expect(results.slice(3)).toMatchObject([
      { outcome: 'ok', value: 200 },
      { outcome: 'ENETUNREACH', value: 0 },
    ]);
    let served: Served[] = [];
    await until('all have come', async () => {
      served = (await one({ op: 'served', on: 'a' })).served ?? [];
      return served.length === 200;
    });
    expect(new Set(served.map(({ from }) => from.port)).size).toBeGreaterThan(150);
    expect(new Set(served.map(({ from }) => from.address))).toEqual(new Set(['127.0.0.8']));
    await clean();
  });

  it('stands in for a socket with a file, or with a number that is not a descriptor, until it is closed', async () => {
    const results = await ask(
      { op: 'stand-in', as: 'file', of: 'file' },
      { op: 'stand-in', as: 'nothing', of: 'nothing' },
      { op: 'descriptor', on: 'nothing' },
      { op: 'listen', on: 'file' },
      { op: 'listen', on: 'nothing' },
      { op: 'close', on: 'file' },
      { op: 'close', on: 'nothing' },
    );
    expect(results.map(({ outcome, value }) => value ?? outcome)).toEqual([
      'ok',
      'ok',
      -1,
      'ENOTSOCK',
      'EBADF',
      'ok',
      'EBADF',
    ]);
  });

  it('names no place in memory where the form says so', async () => {
    const nowhere = { ...bind('a', 4001), form: { nowhere: true } } as Operation;
    const results = await ask(udp('a'), nowhere, bind('a', 4001));
    expect(results.map(({ outcome }) => outcome)).toEqual(['ok', 'EFAULT', 'ok']);
    await clean();
  });

  it('writes a setting, and says what the system makes of it', async () => {
    const setting = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
    const results = await ask(
      { op: 'write', path: setting, data: '80' },
      { op: 'read', path: setting },
      { op: 'write', path: setting, data: 'eighty' },
      { op: 'write', path: '/proc/sys/net/ipv4/no_such_setting', data: '1' },
    );
    expect(results.map(({ outcome, data }) => data?.trim() ?? outcome)).toEqual(['ok', '80', 'EINVAL', 'ENOENT']);
  });

  describe('a socket with several holders', () => {
    it('stays bound until its last descriptor is closed', async () => {
      const again: Operation[] = [udp('c'), bind('c', 4001), { op: 'close', on: 'c' }];
      const results = await ask(
        udp('a'),
        bind('a', 4001),
        { op: 'dup', on: 'a', as: 'b' },
        { op: 'close', on: 'a' },
        ...again,
        { op: 'getsockname', on: 'b' },
        { op: 'close', on: 'b' },
        ...again,
      );
      expect(results.map(({ outcome }) => outcome)).toEqual([
        'ok',
        'ok',
        'ok',
        'ok',
        'ok',
        'EADDRINUSE',
        'ok',
        'ok',
        'ok',
        'ok',
        'ok',
        'ok',
      ]);
      await clean();
    });

    it('is held by a program that inherits it, also after the agent has closed it', async () => {
      await ask(tcp('l'), bind('l', 4001), { op: 'listen', on: 'l' });
      await ask({
        op: 'spawn',
        as: 'p',
        command: 'sh',
        args: ['-c', 'readlink /proc/self/fd/3; exec sleep 3600'],
        inherit: ['l'],
      });
      await until('it has printed', async () => ((await one({ op: 'output', on: 'p' })).data ?? '') !== '');
      expect((await one({ op: 'output', on: 'p' })).data).toMatch(/^socket:\[\d+\]\n$/);
      const again: Operation[] = [tcp('m'), bind('m', 4001), { op: 'close', on: 'm' }];
      expect(await outcomes({ op: 'close', on: 'l' }, ...again)).toEqual(['ok', 'ok', 'EADDRINUSE', 'ok']);
      await ask({ op: 'kill', on: 'p' });
      await until('its port is free', async () => (await outcomes(...again))[1] === 'ok');
      await clean();
    });

    it('is handed to another process by SCM_RIGHTS, in either order', async () => {
      const giver = await startBeside(hello.pid);
      try {
        const give: Operation = { op: 'give', on: 'a', name: 'bindspec-test', within: LONG };
        const take = (as: string): Operation => ({ op: 'take', as, name: 'bindspec-test', within: LONG });
        await giver.ask([udp('a'), bind('a', 4001)], false);
        const [given, taken] = await Promise.all([giver.ask([give], false), one(take('b'))]);
        expect([given[0]?.outcome, taken.outcome]).toEqual(['ok', 'ok']);
        const waiting = one(take('c'));
        await after(SHORT);
        expect(await giver.ask([give, { op: 'close', on: 'a' }], false)).toMatchObject([
          { outcome: 'ok' },
          { outcome: 'ok' },
        ]);
        expect(await waiting).toMatchObject({ outcome: 'ok' });
        await giver.end();
        // The process that made the socket has ended, and the socket still receives here.
        expect(
          (
            await ask(
              { op: 'getsockname', on: 'b' },
              udp('d'),
              { op: 'send', on: 'd', data: 'x', to: { address: '127.0.0.1', port: 4001 } },
              { op: 'recv', on: 'c', within: LONG },
            )
          ).at(-1),
        ).toMatchObject({ outcome: 'ok', data: 'x' });
      } finally {
        await giver.end();
      }
      expect(await one({ op: 'descriptor', on: 'b' })).toMatchObject({ outcome: 'ok', pid: hello.pid });
      expect(await outcomes({ op: 'take', as: 'e', name: 'nothing', within: SHORT })).toEqual(['silence']);
      expect(await outcomes({ op: 'give', on: 'b', name: 'no-one', within: 0 })).toEqual(['ECONNREFUSED']);
      await clean();
    });

    it('is fetched out of another process by pidfd_getfd()', async () => {
      const owner = await startBeside(hello.pid);
      try {
        const [, , told] = await owner.ask(
          [tcp('l'), bind('l', 4001), { op: 'descriptor', on: 'l' }, { op: 'listen', on: 'l' }],
          false,
        );
        const { pid = 0, value } = told ?? {};
        const fetch: Operation = { op: 'fetch', as: 'stolen', pid, descriptor: value as number };
        expect(
          await outcomes(fetch, tcp('c'), connect('c', 4001), { op: 'accept', on: 'stolen', as: 's', within: LONG }),
        ).toEqual(['ok', 'ok', 'ok', 'ok']);
        expect(await outcomes({ ...fetch, as: 'none', descriptor: 999 })).toEqual(['EBADF']);
      } finally {
        await owner.end();
      }
      await clean();
    });
  });

  it('has been asked for every operation there is', () => {
    // The operations of batches and of probes have their own tests in files of their names, those that look at sockets of
    // others in inspect.test.ts, and 'die' is below.
    type Elsewhere = 'die' | `batch${string}` | `probe-${string}` | 'inspect' | 'kernel-sockets';
    const all: Record<Exclude<OperationName, Elsewhere>, true> = {
      accept: true,
      bind: true,
      burst: true,
      close: true,
      connect: true,
      descriptor: true,
      disconnect: true,
      drain: true,
      dup: true,
      fetch: true,
      getpeername: true,
      getsockname: true,
      getsockopt: true,
      give: true,
      interface: true,
      kill: true,
      listen: true,
      output: true,
      poll: true,
      read: true,
      recv: true,
      reset: true,
      resolve: true,
      send: true,
      serve: true,
      served: true,
      setsockopt: true,
      shutdown: true,
      socket: true,
      spawn: true,
      'stand-in': true,
      take: true,
      write: true,
    };
    expect(Object.keys(all).filter((name) => !used.has(name as OperationName))).toEqual([]);
  });
});

describe("an agent's end", needs(noNamespaces), () => {
  const sleep: Operation = { op: 'spawn', as: 'p', command: 'sleep', args: ['3600'] };

  it('at the end of stdin releases every socket and ends every program, whatever it waits for', async () => {
    const { agent: ending, hello: ended } = await start();
    const [, , started] = await ending.ask([udp('a'), bind('a', 4001), sleep], false);
    const waiting = ending.ask([{ op: 'recv', on: 'a', within: 3_600_000 }], false).catch((error: unknown) => error);
    await ending.end();
    expect(runs(ended.pid)).toBe(false);
    await until('the program has ended', () => !runs(started?.pid ?? 0));
    // A caller that still waits for an answer gets an error at once.
    expect(await waiting).toMatchObject({ message: 'the agent was ended' });
    await expect(ending.ask([udp('b')], false)).rejects.toThrow('the agent was ended');
  });

  it('by a kill is at once, and leaves nothing bound', async () => {
    const { agent: dying, hello: dead } = await start();
    const beside = await startBeside(dead.pid);
    try {
      const [, , started] = await dying.ask([udp('a'), bind('a', 4001), sleep], false);
      const again: Operation[] = [udp('b'), bind('b', 4001)];
      expect(await beside.ask([...again, { op: 'close', on: 'b' }], false)).toMatchObject([
        {},
        { outcome: 'EADDRINUSE' },
        {},
      ]);
      await dying.kill();
      expect(runs(dead.pid)).toBe(false);
      expect(await beside.ask(again, false)).toMatchObject([{}, { outcome: 'ok' }]);
      await until('the program has ended', () => !runs(started?.pid ?? 0));
      await expect(dying.ask([udp('c')], false)).rejects.toThrow('the agent was killed');
    } finally {
      await beside.end();
      await dying.end();
    }
  });

  it('at SIGTERM ends every program', async () => {
    const { agent: ending, hello: ended } = await start();
    const [started] = await ending.ask([sleep], false);
    process.kill(ended.pid, 'SIGTERM');
    await until('the program has ended', () => !runs(started?.pid ?? 0));
    await ending.end();
  });

  it('by a mistake of its own ends every program', async () => {
    const [command, ...words] = [...LOOPBACK_ONLY, process.execPath, AGENT];
    const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    child.stdin.write(`${JSON.stringify({ id: 1, operations: [sleep] })}\n`);
    const { results } = JSON.parse((await lines.next()).value ?? '') as { results: Result[] };
    child.stdin.write('no request\n');
    await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    await until('the program has ended', () => !runs(results[0]?.pid ?? 0));
  });

  it('reads whatever its stdin is, and ends with it', () => {
    const request = `${JSON.stringify({ id: 1, operations: [udp('a'), { op: 'reset' }] })}\n`;
    const place = mkdtempSync(path.join(os.tmpdir(), 'bindspec-agent-'));
    const file = path.join(place, 'requests');
    writeFileSync(file, request.repeat(1000));
    const [command, ...words] = [...LOOPBACK_ONLY, process.execPath, AGENT];
    const answersTo = (stdin: 'pipe' | number, input?: string) =>
      execFileSync(command, words, {
        encoding: 'utf8',
        stdio: [stdin, 'pipe', 'inherit'],
        ...(input === undefined ? {} : { input }),
      });
    const descriptor = openSync(file, 'r');
    for (const answers of [answersTo(descriptor), answersTo('pipe', request.repeat(1000))]) {
      expect(answers.match(/"open":0/g)).toHaveLength(1000);
    }
    closeSync(descriptor);
    rmSync(place, { recursive: true });
  });

  it('counts an internet socket that it does not know of', needs(installed('bash', 'bash')), async () => {
    const [command = '', ...words] = LOOPBACK_ONLY;
    const inherit = ['bash', '-c', 'exec 9<>/dev/udp/127.0.0.1/4001; exec "$0" "$@"', process.execPath, AGENT];
    const { agent: ending } = await AgentProcess.start({
      command: [command, ...words, ...inherit],
      title: 'the agent',
    });
    expect(await ending.ask([udp('a'), tcp('b', 'inet6'), { op: 'reset' }], false)).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'ok' },
      { outcome: 'ok', open: 1 },
    ]);
    await ending.end();
  });

  it('as another user it is that user, and its sockets are counted too', needs(notRoot), async () => {
    const { agent: other, hello: greeting } = await start('65534');
    expect(greeting).toMatchObject({ uid: 65_534, networkNamespace: expect.stringMatching(/^net:/) });
    expect((await other.ask([udp('a'), bind('a', 80)], false)).map(({ outcome }) => outcome)).toEqual(['ok', 'EACCES']);
    expect(await other.ask([{ op: 'reset' }], false)).toMatchObject([{ outcome: 'ok', open: 0 }]);
    await other.end();
  });
});
