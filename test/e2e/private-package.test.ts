import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OTHER_USER } from '../../src/lab/second-user.ts';
import type { Operation, OperationName } from '../../src/protocol/messages.ts';
import { AgentProcess } from '../../src/harness/agent-process.ts';
import { bindspec } from '../support/cli.ts';
import { LOOPBACK_ONLY, noNamespaces } from '../support/namespace.ts';
import { needs, notRoot } from '../support/needs.ts';
import { copyPackage } from '../support/package-copy.ts';

const on = 'socket';
/** Every operation that an agent has, in an order in which each can be done. */
const EVERY: { readonly [Name in Exclude<OperationName, 'die'>]: Extract<Operation, { op: Name }> } = {
  socket: { op: 'socket', as: on, family: 'inet', type: 'stream' },
  'stand-in': { op: 'stand-in', as: 'file', of: 'file' },
  setsockopt: { op: 'setsockopt', on, option: 'SO_REUSEADDR', value: 1 },
  getsockopt: { op: 'getsockopt', on, option: 'SO_REUSEADDR' },
  bind: { op: 'bind', on, address: '127.0.0.1', port: 2000 },
  listen: { op: 'listen', on },
  accept: { op: 'accept', on, as: 'child' },
  poll: { op: 'poll', on: [on], within: 1 },
  'batch-take': { op: 'batch-take', on, as: 'taken', count: 0, within: 1 },
  serve: { op: 'serve', on, name: 'server' },
  served: { op: 'served', on },
  dup: { op: 'dup', on, as: 'second' },
  descriptor: { op: 'descriptor', on },
  give: { op: 'give', on, name: 'no-one-takes-it', within: 0 },
  take: { op: 'take', as: 'taken socket', name: 'no-one-gives-it', within: 0 },
  fetch: { op: 'fetch', as: 'fetched', pid: 1, descriptor: 0 },
  inspect: { op: 'inspect', pid: 1, descriptor: 0, inode: 1, options: [] },
  'kernel-sockets': { op: 'kernel-sockets', protocol: 'tcp', family: 'inet' },
  interface: { op: 'interface', device: 'lo' },
  resolve: { op: 'resolve', name: 'localhost' },
  burst: { op: 'burst', family: 'inet', to: { address: '127.0.0.1', port: 9 }, count: 1 },
  drain: { op: 'drain', on },
  write: { op: 'write', path: '/proc/sys/kernel/ostype', data: 'x' },
  getsockname: { op: 'getsockname', on },
  getpeername: { op: 'getpeername', on },
  connect: { op: 'connect', on, address: '127.0.0.1', port: 9 },
  disconnect: { op: 'disconnect', on },
  send: { op: 'send', on, data: 'x' },
  recv: { op: 'recv', on },
  shutdown: { op: 'shutdown', on, how: 'both' },
  close: { op: 'close', on },
  spawn: { op: 'spawn', as: 'program', command: 'sh', args: ['-c', 'exec sleep 60'] },
  output: { op: 'output', on: 'program' },
  kill: { op: 'kill', on: 'program' },
  read: { op: 'read', path: '/proc/sys/kernel/ostype' },
  batch: {
    op: 'batch',
    as: 'batch',
    kinds: [{ family: 'inet', type: 'stream', options: [], bind: '127.0.0.1', listen: 1 }],
    sockets: [0, 2001],
  },
  'batch-await': { op: 'batch-await', on: 'batch', state: 'LISTEN', within: 1000 },
  'batch-accept': { op: 'batch-accept', on: 'batch', within: 1 },
  'probe-answer': { op: 'probe-answer', on: 'batch' },
  'probe-send': {
    op: 'probe-send',
    sources: [{ address: '127.0.0.1', port: 0 }],
    targets: ['127.0.0.1'],
    ports: [9],
    probes: [0, 0, 0, 1],
    mark: 0,
  },
  'probe-connect': {
    op: 'probe-connect',
    as: 'probes',
    sources: [{ address: '127.0.0.1', port: 0 }],
    targets: ['127.0.0.1'],
    ports: [9],
    probes: [0, 0, 0, 1],
    open: 9,
    within: 1,
  },
  'probe-settle': { op: 'probe-settle', on: 'probes', ask: [0] },
  'batch-close': { op: 'batch-close', on: 'batch', how: 'close' },
  // A batch without sockets: the one above has listeners, which have no datagrams.
  'probe-drain': { op: 'probe-drain', on: 'taken' },
  reset: { op: 'reset' },
};

describe('a package that only root can read, and a second user', needs(noNamespaces, notRoot), () => {
  /** It lies in a folder that only root can enter, as the home folders of many systems are. */
  let place = '';
  beforeAll(() => {
    place = mkdtempSync(path.join(os.tmpdir(), 'bindspec-private-'));
    chmodSync(place, 0o700);
    copyPackage(place);
  });
  afterAll(() => rmSync(place, { recursive: true }));

  test('an agent of the second user can do every operation', async () => {
    const start = path.join(place, 'dist/src/agent/start.cjs');
    const command = [...LOOPBACK_ONLY, process.execPath, start, String(OTHER_USER)];
    const { agent, hello } = await AgentProcess.start({ command, title: 'the agent', grace: 20_000 });
    try {
      expect(hello.uid).toBe(OTHER_USER);
      // One request for each, so that the one that can't be done names itself.
      for (const operation of Object.values(EVERY)) {
        const [result] = await agent.ask([operation], false);
        expect(`${operation.op} ${result?.outcome}`).toMatch(
          / (ok|silence|EAGAIN|ENOTCONN|EISCONN|EINVAL|EPIPE|ECONNREFUSED|EADDRINUSE|EPERM|ENXIO|ENODEV|EACCES)$/,
        );
      }
    } finally {
      await agent.end();
    }
  });

  test.each([
    [['matrix', '--uid', 'different', '--protocol', 'udp', '--state', 'bound', '--first', '127.0.0.1,0.0.0.0']],
    [['matrix', '--uid', 'different', '--protocol', 'tcp', '--state', 'close-wait', '--first', '127.0.0.1']],
    [['run', 'conflict/another-user', 'conflict/reuse-by-another-user']],
    [['explore', '--sequences', '200', '--seed', '1']],
  ])('%j', async (words) => {
    const command = path.join(place, 'dist/src/cli/main.js');
    const ran = await bindspec([...words, '--lab', 'netns', '--no-reports', '--format', 'json'], { command });
    expect(ran.exitCode, ran.stderr).toBe(0);
    const { errors = [], cells = [] } = JSON.parse(ran.stdout) as { errors?: unknown; cells?: { verdict: string }[] };
    if (words[0] === 'matrix') expect(errors).toEqual([]);
    expect(cells.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });
});
