import { expect, test } from 'vitest';
import { models } from '../../../../src/model/index.ts';
import type { NextSocket, Operation } from '../../../../src/model/types.ts';

const HOST = {
  addresses: ['127.0.0.1', '192.168.5.130'],
  devices: { lo: ['127.0.0.1'], eth0: ['192.168.5.130'] },
};

function bind(socket: number, address: string, more: Partial<NextSocket> = {}): Operation {
  return {
    op: 'bind',
    socket,
    protocol: 'udp',
    family: 'inet',
    address,
    port: 5353,
    options: { reuseport: true },
    ...more,
  };
}

test('a disconnect takes a socket that returns to the wildcard out of the group made while it was connected', () => {
  const steps: Operation[] = [
    bind(1, '0.0.0.0'),
    { op: 'connect', socket: 1, local: '127.0.0.1', to: { address: '127.0.0.1', port: 1031 } },
    bind(2, '0.0.0.0', { device: 'eth0' }),
    bind(3, '127.0.0.1'),
    { op: 'disconnect', socket: 1 },
  ];
  let state = models.linux.simulate({ host: HOST });
  for (const step of steps) state = state.step(step, 'ok').after;
  const packet = { protocol: 'udp', from: { address: '127.0.0.1', port: 40_000 } } as const;
  expect(state.receivers({ ...packet, to: { address: '192.168.5.130' } })?.outcomes).toEqual([[2]]);
  // The one that stays is a group of its own.
  expect(state.receivers({ ...packet, to: { address: '127.0.0.1' } })?.outcomes).toEqual([[3]]);
});
