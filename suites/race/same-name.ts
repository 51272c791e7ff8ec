import { addressOf, experiment, FAMILIES, PROTOCOLS, race, SHARING } from '../../src/experiment/index.ts';

/** How many processes race, and for how many ports. */
const PROCESSES = 4;
const ROUNDS = 400;

export default experiment({
  title: 'Many processes at one port',
  asks: 'Four processes bind 400 ports in the same order at the same moment, each with these options, and listen: how many get each port?',
  tags: ['race', 'conflict', 'SO_REUSEADDR', 'SO_REUSEPORT'],
  claims: {},
  axes: {
    name: ['loopback', 'wildcard'],
    options: ['none', 'SO_REUSEADDR', 'SO_REUSEPORT'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  run: async ({ name, options, protocol, family }, trial) =>
    race(trial, PROCESSES, ROUNDS, {
      family,
      type: protocol === 'udp' ? 'dgram' : 'stream',
      options: [
        ...(family === 'inet6' ? [['IPV6_V6ONLY', 1] as ['IPV6_V6ONLY', number]] : []),
        ...SHARING[options].map((option): [typeof option, number] => [option, 1]),
      ],
      bind: addressOf(trial.facts, family, name),
      ...(protocol === 'udp' ? {} : { listen: 8 }),
    }),
  // With SO_REUSEADDR several TCP sockets may be bound; of two that listen at the same moment, both may find the other there.
  expect: ({ options, protocol }) => {
    const all = options === 'SO_REUSEPORT' || (options === 'SO_REUSEADDR' && protocol === 'udp');
    if (all) return { rounds: ROUNDS, fewest: PROCESSES, most: PROCESSES, refusals: [] };
    return { rounds: ROUNDS, fewest: options === 'none' ? 1 : { atMost: 1 }, most: 1 };
  },
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'ERRORS, EADDRINUSE' }],
});
