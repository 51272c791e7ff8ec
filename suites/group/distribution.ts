import { bindAs, CROWDS, receiving } from '../../src/experiment/index.ts';

const MEMBERS = ['first', 'second', 'third', 'fourth'] as const;

export default receiving({
  title: 'How SO_REUSEPORT spreads its senders',
  asks: 'Several sockets on one address all set SO_REUSEPORT and many senders ask there; does each of the sockets receive from some of them?',
  tags: ['receive', 'options', 'group'],
  claims: {
    'exactly-one-receiver': {
      says: { receives: { crowd: 'first' } },
      when: 'several sockets on one address set SO_REUSEPORT',
    },
  },
  axes: {
    name: ['inet-wildcard', 'inet-loopback', 'inet-external', 'inet6-wildcard', 'inet6-loopback', 'dual-wildcard'],
    members: ['2', '3', '4'],
    protocol: ['udp', 'tcp'],
  },
  scene: ({ name, members, protocol }) => {
    const family = name.startsWith('inet6') ? 'inet6' : 'inet';
    const at = name === 'inet-external' ? 'external' : 'loopback';
    return {
      protocol,
      senders: { crowd: { family, at, sources: CROWDS[members] } },
      steps: MEMBERS.slice(0, Number(members)).map((as) => bindAs(as, name, ['SO_REUSEPORT'])),
      packets: { crowd: { from: 'crowd', to: at } },
    };
  },
  expect: ({ members }) => ({ receives: { crowd: [...MEMBERS].slice(0, Number(members)).toSorted().join(' or ') } }),
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'SO_REUSEPORT' },
    { source: 'linux-net', where: 'reuseport_select_sock' },
  ],
});
