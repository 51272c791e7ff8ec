import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import process from 'node:process';
import { expect, test } from 'vitest';
import { AgentProcess } from '../../../src/harness/agent-process.ts';
import { agentCommand } from '../../../src/lab/agent-command.ts';
import { socketHolders } from '../../../src/runner/sockets/holders.ts';
import { readHeldSockets } from '../../../src/runner/sockets/read-held.ts';
import { LOOPBACK_ONLY, noNamespaces } from '../../support/namespace.ts';
import { needs, notLinux, notRoot } from '../../support/needs.ts';
import { until } from '../../support/waiting.ts';

const SERVER = `require('node:net').createServer().listen(4011, '::', 9)`;

test('a listener of this machine has its process, its options and its queue', needs(notLinux), async () => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0, backlog: 9 }, resolve);
  });
  const { agent } = await AgentProcess.start({ command: agentCommand(), title: 'the looker' });
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const { sockets } = await readHeldSockets(agent, { port: address.port });
    expect(sockets).toMatchObject([
      {
        protocol: 'tcp',
        family: 'inet',
        local: { address: '127.0.0.1', port: address.port },
        state: 'LISTEN',
        uid: process.getuid?.(),
        holders: [{ pid: process.pid, uid: process.getuid?.() }],
      },
    ]);
    expect(sockets[0]?.holders[0]?.command.length).toBeGreaterThan(0);
    const [read] = sockets;
    // Without the right to trace this process, the options stay unknown; the kernel's list still has the queue, if it has one.
    if (read?.options !== undefined) expect(read.options).toMatchObject({ SO_REUSEADDR: 1, SO_REUSEPORT: 0 });
    if (read?.backlog !== undefined) expect(read.backlog).toBe(9);
  } finally {
    await agent.end();
    server.close();
  }
});

test(
  'sockets of another network are read through a process that is in it',
  needs(notLinux, notRoot, noNamespaces),
  async () => {
    const [command = '', ...words]: string[] = [...LOOPBACK_ONLY, process.execPath, '-e', SERVER];
    const child = spawn(command, words, { stdio: 'ignore' });
    const { agent } = await AgentProcess.start({ command: agentCommand(), title: 'the looker' });
    try {
      const wanted = { net: `/proc/${child.pid}/net`, port: 4011 };
      await until('the server to listen', async () => (await readHeldSockets(agent, wanted)).sockets.length > 0);
      const { sockets, unasked } = await readHeldSockets(agent, wanted);
      expect(sockets).toMatchObject([
        {
          protocol: 'tcp',
          family: 'inet6',
          state: 'LISTEN',
          v6only: false,
          backlog: 9,
          options: { SO_REUSEADDR: 1, IPV6_V6ONLY: 0 },
          holders: [{ pid: child.pid }],
        },
      ]);
      expect(unasked).toBe(0);
      expect((await readHeldSockets(agent, { port: 4011 })).sockets).toEqual([]);
    } finally {
      await agent.end();
      child.kill('SIGKILL');
    }
  },
);

test('a process is a holder once, and a socket that no one has has no holder', needs(notLinux), () => {
  const { byInode } = socketHolders(new Set([0, Number.MAX_SAFE_INTEGER]));
  expect([...byInode]).toEqual([]);
});
