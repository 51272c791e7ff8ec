import { askAt, experiment, FAMILIES, PROTOCOLS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A closed port on another machine, with nothing in the way',
  asks: 'A client on a neighbouring machine asks a port of this machine where no one listens, over a network that drops nothing: is it refused, or does it hear nothing?',
  tags: ['refusal', 'neighbour'],
  claims: {
    'refusal-is-loopback-only': ({ protocol }) => (protocol === 'udp' ? { says: { outcome: 'silence' } } : null),
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} external`, `${family} neighbour`, 'neighbour'],
  async run(net, trial) {
    const { outcome, source, milliseconds } = await askAt(trial, net, { host: 'neighbour', to: 'external' });
    return { outcome, source, milliseconds };
  },
  // A TCP client that is refused no longer has a socket name to read, so only UDP shows its source.
  expect: ({ protocol }) => ({ outcome: 'ECONNREFUSED', source: protocol === 'udp' ? 'neighbour' : null }),
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '4.1.3.1' },
    { source: 'rfc4443', where: '3.1' },
    { source: 'man-udp', where: 'Error handling' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
