import { expect, test } from 'vitest';
import { models } from '../../../../src/model/index.ts';
import { plainPacket } from '../../../../src/model/receive/packet.ts';
import type { Packet } from '../../../../src/model/receive/types.ts';

const HOST = { devices: { en0: ['fe80::1', '10.0.0.1'] } };
const packet = (to: string, from: string, device?: string): Packet => ({
  protocol: 'udp',
  to: { address: to },
  from: { address: from, port: 5000 },
  ...(device === undefined ? {} : { device }),
});

test.each([
  [packet('::FFFF:10.0.0.1', '::ffff:10.0.0.9'), packet('10.0.0.1', '10.0.0.9')],
  [packet('FE80:0::2', 'fe80::9%en1'), packet('fe80::2', 'fe80::9', 'en1')],
  [packet('fe80::1%en0', 'fe80::9'), packet('fe80::1', 'fe80::9', 'en0')],
  [packet('fe80::1', 'fe80::9'), packet('fe80::1', 'fe80::9', 'en0')],
  [packet('10.0.0.1', '10.0.0.9'), packet('10.0.0.1', '10.0.0.9')],
])('%j', (given, plain) => {
  expect(plainPacket(given, { host: HOST })).toEqual(plain);
});

test.each(Object.values(models))('$name: a receiver on a link-local address', (model) => {
  const { after } = model
    .simulate({ host: HOST })
    .step({ op: 'bind', socket: 1, protocol: 'udp', family: 'inet6', address: 'fe80::1%en0', port: 5000 }, 'ok');
  expect(after.receivers(packet('fe80::1', 'fe80::9'))?.outcomes).toContainEqual([1]);
});
