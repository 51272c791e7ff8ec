import { bindAs, CROWDS, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'The order of listen()',
  asks: 'Two TCP sockets are bound to one name with SO_REUSEPORT, listen in one order or the other, and the first then clears the option; who accepts?',
  tags: ['receive', 'listen', 'group'],
  axes: { listens: ['first-then-second', 'second-then-first'], family: FAMILIES },
  scene: ({ listens, family }) => {
    const order = listens === 'first-then-second' ? ['first', 'second'] : ['second', 'first'];
    return {
      protocol: 'tcp',
      senders: { crowd: { family, at: 'loopback', sources: CROWDS[2] } },
      steps: [
        bindAs('first', `${family}-loopback`, ['SO_REUSEPORT'], { staysBound: true }),
        bindAs('second', `${family}-loopback`, ['SO_REUSEPORT'], { staysBound: true }),
        ...order.map((as) => ({ op: 'listen', as }) as const),
        { op: 'set', as: 'first', option: 'SO_REUSEPORT', value: 0 },
      ],
      packets: { connections: { from: 'crowd', to: 'loopback' } },
    };
  },
  // listen() puts a socket at the head of the list, an AF_INET6 one with SO_REUSEPORT at the end. The first without
  // the option is alone where it is met first; otherwise it is still a member of the group.
  expect: ({ listens, family }) => {
    const isMetFirst = (listens === 'second-then-first') === (family === 'inet');
    return { receives: { connections: isMetFirst ? 'first' : 'first or second' } };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__inet_hash, inet_lookup_reuseport' }],
});
