import { bindAs, CROWDS, FAMILIES, receiving } from '../../src/experiment/index.ts';

const OPTIONS = { none: [], SO_REUSEADDR: ['SO_REUSEADDR'], SO_REUSEPORT: ['SO_REUSEPORT'] } as const;

export default receiving({
  title: 'Which of two listeners accepts',
  asks: 'Two TCP sockets listen on one name, or on loopback and the wildcard, in one order or the other; who accepts the connections to loopback, and who once the first is closed?',
  tags: ['receive', 'listen', 'options'],
  axes: {
    first: ['loopback', 'wildcard'],
    second: ['loopback', 'wildcard'],
    option: ['none', 'SO_REUSEADDR', 'SO_REUSEPORT'],
    left: ['both', 'the-second'],
    family: FAMILIES,
  },
  scene: ({ first, second, option, left, family }) => ({
    protocol: 'tcp',
    senders: { crowd: { family, at: 'loopback', sources: CROWDS[2] } },
    steps: [
      bindAs('first', `${family}-${first}`, OPTIONS[option]),
      bindAs('second', `${family}-${second}`, OPTIONS[option]),
      ...(left === 'both' ? [] : [{ op: 'close', as: 'first' } as const]),
    ],
    packets: { connections: { from: 'crowd', to: 'loopback' } },
  }),
  expect: ({ first, second, option, left }) => {
    const isAlone = option !== 'SO_REUSEPORT';
    if (isAlone) {
      const connections = left === 'both' ? 'first' : 'refused';
      return { sockets: { second: 'EADDRINUSE' }, receives: { connections } };
    }
    if (left === 'the-second') return { receives: { connections: 'second' } };
    if (first === second) return { receives: { connections: 'first or second' } };
    return { receives: { connections: first === 'loopback' ? 'first' : 'second' } };
  },
  known: 'observed',
  cite: [
    { source: 'linux-tcp-bind', where: 'inet_bind_conflict' },
    { source: 'linux-net', where: '__inet_lookup_listener' },
  ],
});
