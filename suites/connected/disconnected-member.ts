import { bindAs, CROWDS, receiving } from '../../src/experiment/index.ts';

const MEMBERS = ['first', 'second', 'third'] as const;

export default receiving({
  title: 'A member of a group that connected and disconnected',
  asks: 'Three UDP sockets on one name set SO_REUSEPORT, and the third connects and disconnects again; do the three share the senders as before?',
  tags: ['receive', 'connected', 'group'],
  axes: { name: ['inet-wildcard', 'inet-loopback', 'inet6-loopback'] },
  scene: ({ name }) => {
    const family = name.startsWith('inet6') ? 'inet6' : 'inet';
    return {
      protocol: 'udp',
      senders: { peer: { family, at: 'loopback' }, crowd: { family, at: 'loopback', sources: CROWDS[3] } },
      steps: [
        ...MEMBERS.map((as) => bindAs(as, name, ['SO_REUSEPORT'])),
        { op: 'connect', as: 'third', to: 'peer' },
        { op: 'disconnect', as: 'third' },
      ],
      packets: { crowd: { from: 'crowd', to: 'loopback' } },
    };
  },
  // It is not a member again. AF_INET: it is the first in the list. AF_INET6: it remembers the peer's address, which the senders
  // have too, and so its score is the best.
  expect: () => ({ receives: { crowd: 'third' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_lib_hash4, __udp_disconnect' }],
});
