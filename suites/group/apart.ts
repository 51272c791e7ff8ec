import { bindAs, CROWDS, receiving, type SceneBind } from '../../src/experiment/index.ts';

const GROUP = ['SO_REUSEPORT'] as const;
const OF_USERS = ['SO_REUSEADDR', 'SO_REUSEPORT'] as const;
const PAIRS: Readonly<Record<'nothing' | 'family' | 'v6only' | 'address' | 'device' | 'owner', SceneBind[]>> = {
  nothing: [bindAs('first', 'inet-wildcard', GROUP), bindAs('second', 'inet-wildcard', GROUP)],
  family: [bindAs('first', 'inet-wildcard', GROUP), bindAs('second', 'mapped-wildcard', GROUP)],
  v6only: [bindAs('first', 'inet6-wildcard', GROUP), bindAs('second', 'dual-wildcard', GROUP)],
  address: [bindAs('first', 'dual-wildcard', GROUP), bindAs('second', 'mapped-wildcard', GROUP)],
  device: [bindAs('first', 'inet-wildcard', GROUP, { device: 'external' }), bindAs('second', 'inet-wildcard', GROUP)],
  owner: [bindAs('first', 'inet-wildcard', OF_USERS), bindAs('second', 'inet-wildcard', OF_USERS, { otherUser: true })],
};

export default receiving({
  title: 'What keeps two sockets with SO_REUSEPORT out of one group',
  asks: 'Two wildcard sockets have SO_REUSEPORT and differ in one property; do they share the senders, or does one get all?',
  tags: ['receive', 'options', 'group'],
  axes: { differ: ['nothing', 'family', 'v6only', 'address', 'device', 'owner'], protocol: ['udp', 'tcp'] },
  scene: ({ differ, protocol }) => ({
    protocol,
    senders: { crowd: { family: differ === 'v6only' ? 'inet6' : 'inet', at: 'external', sources: CROWDS[2] } },
    steps: PAIRS[differ],
    packets: { crowd: { from: 'crowd', to: 'external' } },
  }),
  expect: ({ differ, protocol }) => {
    if (differ === 'nothing') return { receives: { crowd: 'first or second' } };
    if (differ === 'owner' && protocol === 'tcp') {
      return { sockets: { second: 'EADDRINUSE' }, receives: { crowd: 'first' } };
    }
    return { receives: { crowd: differ === 'device' || differ === 'owner' ? 'second' : 'first' } };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_reuseport_add_sock, inet_reuseport_add_sock' }],
});
