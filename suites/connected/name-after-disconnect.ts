import { bindAs, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'The address of a UDP socket after a disconnect',
  asks: 'A UDP socket connects over loopback and disconnects; does it receive at another address of the machine, as it did if it was on a wildcard?',
  tags: ['receive', 'connected', 'wildcard'],
  axes: { name: ['inet-wildcard', 'inet-loopback', 'dual-wildcard', 'mapped-wildcard'] },
  scene: ({ name }) => ({
    protocol: 'udp',
    senders: { peer: { family: 'inet', at: 'loopback' }, sender: { family: 'inet', at: 'external' } },
    steps: [bindAs('socket', name), { op: 'connect', as: 'socket', to: 'peer' }, { op: 'disconnect', as: 'socket' }],
    packets: { atLoopback: { from: 'sender', to: 'loopback' }, elsewhere: { from: 'sender', to: 'external' } },
  }),
  // ::ffff:0.0.0.0 counts as an address that the program chose, so that the one of the connection stays.
  expect: ({ name }) => ({
    receives: {
      atLoopback: 'socket',
      elsewhere: name === 'inet-wildcard' || name === 'dual-wildcard' ? 'socket' : 'refused',
    },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp_disconnect, inet_reset_saddr' }],
});
