import { statSync } from 'node:fs';
import os from 'node:os';
import { expect, test } from 'vitest';
import { AgentProcess } from '../../../src/harness/agent-process.ts';
import { agentCommand } from '../../../src/lab/agent-command.ts';
import type { Operation } from '../../../src/protocol/messages.ts';
import { LOOPBACK_ONLY, noNamespaces } from '../../support/namespace.ts';
import { needs, notLinux, notRoot } from '../../support/needs.ts';

/** Two agents of this machine, both root, the first in a network of its own. */
async function withAgents(act: (owner: AgentProcess, looker: AgentProcess) => Promise<void>): Promise<void> {
  const owner = await AgentProcess.start({ command: [...LOOPBACK_ONLY, ...agentCommand()], title: 'the owner' });
  try {
    const looker = await AgentProcess.start({ command: agentCommand(), title: 'the looker' });
    try {
      await act(owner.agent, looker.agent);
    } finally {
      await looker.agent.end();
    }
  } finally {
    await owner.agent.end();
  }
}

const listener: Operation[] = [
  { op: 'socket', as: 'l', family: 'inet6', type: 'stream' },
  { op: 'setsockopt', on: 'l', option: 'SO_REUSEADDR', value: 1 },
  { op: 'setsockopt', on: 'l', option: 'IPV6_V6ONLY', value: 1 },
  { op: 'setsockopt', on: 'l', option: 'IP_FREEBIND', value: 1 },
  { op: 'setsockopt', on: 'l', option: 'SO_BINDTODEVICE', value: 'lo' },
  { op: 'bind', on: 'l', address: '::', port: 4001 },
  { op: 'listen', on: 'l', backlog: 7 },
];

test(
  'the kernel tells the sockets of a port, those that are bound only too',
  needs(notLinux, noNamespaces),
  async () => {
    await withAgents(async (owner) => {
      await owner.ask(
        [
          ...listener,
          { op: 'socket', as: 'u', family: 'inet', type: 'dgram' },
          { op: 'bind', on: 'u', address: '127.0.0.1', port: 4001 },
          { op: 'socket', as: 'bound', family: 'inet', type: 'stream' },
          { op: 'bind', on: 'bound', address: '127.0.0.1', port: 4001 },
          { op: 'socket', as: 'other', family: 'inet6', type: 'stream' },
          { op: 'bind', on: 'other', address: '::1', port: 4002 },
          { op: 'listen', on: 'other' },
        ],
        true,
      );
      const [tcp, udp, four, all] = await owner.ask(
        [
          { op: 'kernel-sockets', protocol: 'tcp', family: 'inet6', port: 4001 },
          { op: 'kernel-sockets', protocol: 'udp', family: 'inet', port: 4001 },
          { op: 'kernel-sockets', protocol: 'tcp', family: 'inet', port: 4001 },
          { op: 'kernel-sockets', protocol: 'tcp', family: 'inet6' },
        ],
        false,
      );
      expect(tcp?.sockets).toMatchObject([
        { local: { address: '::', port: 4001 }, state: 10, device: 1, received: 0, queued: 7, v6only: true },
      ]);
      expect(tcp?.sockets?.[0]?.on ?? ['IP_FREEBIND']).toEqual(['IP_FREEBIND']);
      expect(udp?.sockets).toMatchObject([{ local: { address: '127.0.0.1', port: 4001 }, state: 7, device: 0 }]);
      // Linux tells those since 6.8.
      const [major = 0, minor = 0] = os.release().split('.').map(Number);
      const isTold = major > 6 || (major === 6 && minor >= 8);
      expect(four?.sockets?.map(({ state, local }) => [state, local.address])).toEqual(
        isTold ? [[7, '127.0.0.1']] : [],
      );
      expect(all?.sockets?.map(({ local }) => local.port).toSorted()).toEqual([4001, 4002]);
    });
  },
);

test(
  'root reads the options of a live socket of another process, and leaves it as it was',
  needs(notLinux, notRoot, noNamespaces),
  async () => {
    await withAgents(async (owner, looker) => {
      const made = await owner.ask([...listener, { op: 'descriptor', on: 'l' }], true);
      const descriptor = Number(made.at(-1)?.value);
      const pid = made.at(-1)?.pid ?? 0;
      const inode = statSync(`/proc/${pid}/fd/${descriptor}`).ino;
      const ask = (more: Partial<Extract<Operation, { op: 'inspect' }>> = {}): Operation => ({
        op: 'inspect',
        pid,
        descriptor,
        inode,
        options: ['SO_REUSEADDR', 'SO_REUSEPORT', 'IPV6_V6ONLY', 'IP_FREEBIND', 'SO_BINDTODEVICE', 'TCP_FASTOPEN'],
        ...more,
      });
      const [read, stale, gone] = await looker.ask([ask(), ask({ inode: 1 }), ask({ descriptor: 999 })], false);
      expect(read).toMatchObject({
        outcome: 'ok',
        options: {
          SO_REUSEADDR: 1,
          SO_REUSEPORT: 0,
          IPV6_V6ONLY: 1,
          IP_FREEBIND: 1,
          SO_BINDTODEVICE: 'lo',
          TCP_FASTOPEN: 0,
        },
        backlog: { waiting: 0, most: 7 },
      });
      expect(stale).toMatchObject({ outcome: 'EBADF' });
      expect(stale).not.toHaveProperty('options');
      expect(gone).toMatchObject({ outcome: 'EBADF' });
      // No copy is left: once the owner has closed it, its port is free again.
      const [closed, ...again] = await owner.ask(
        [{ op: 'close', on: 'l' }, ...listener.filter(({ op }) => op !== 'setsockopt')],
        false,
      );
      expect([closed, ...again].map((one) => one?.outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
      const [reset] = await looker.ask([{ op: 'reset' }], false);
      expect(reset?.open).toBe(0);
    });
  },
);
