import { bindAs, CROWDS, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A member of a group that starves',
  asks: 'Two UDP sockets on one address set SO_REUSEPORT, the second connects, and a third joins; who receives from senders other than the peer?',
  tags: ['receive', 'connected', 'group'],
  axes: { name: ['inet-loopback', 'inet6-loopback', 'inet-wildcard', 'inet6-wildcard', 'dual-wildcard'] },
  scene: ({ name }) => {
    const family = name.startsWith('inet6') ? 'inet6' : 'inet';
    return {
      protocol: 'udp',
      senders: { peer: { family, at: 'loopback' }, crowd: { family, at: 'loopback', sources: CROWDS[2] } },
      steps: [
        bindAs('first', name, ['SO_REUSEPORT']),
        bindAs('second', name, ['SO_REUSEPORT']),
        { op: 'connect', as: 'second', to: 'peer' },
        bindAs('third', name, ['SO_REUSEPORT']),
      ],
      packets: { fromPeer: { from: 'peer', to: 'loopback' }, crowd: { from: 'crowd', to: 'loopback' } },
    };
  },
  // The third meets the connected second first, and makes a group with it; the first is left alone in the old one, which comes
  // later in the list. An AF_INET6 socket, and one that moved to another address, is not met first.
  expect: ({ name }) => ({
    receives: { fromPeer: 'second', crowd: name === 'inet-loopback' ? 'third' : 'first or third' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_reuseport_add_sock, udp_lib_hash4' }],
});
