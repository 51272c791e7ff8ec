import { askAt, experiment, FAMILIES, PROTOCOLS, requestsAt, serveOn } from '../../src/experiment/index.ts';

const YES = 'answered';
const NO = 'ECONNREFUSED';

/** Who gets an answer, for each of the three choices of bind address. */
const REACHED = {
  loopback: [{ loopback: YES, external: NO, second: NO }, { external: NO, second: NO }, 1],
  wildcard: [{ loopback: YES, external: YES, second: YES }, { external: YES, second: YES }, 5],
  external: [{ loopback: NO, external: YES, second: NO }, { external: YES, second: NO }, 2],
} as const;

/**
 * A UDP server on the wildcard answers from the address at which the way back begins. A connected client that asked
 * another address does not accept that as its answer. `source/wildcard-replies` tests that by itself.
 */
export function misled(bound: string, protocol: string): boolean {
  return bound === 'wildcard' && protocol === 'udp';
}

export default experiment({
  title: 'The three choices of bind address, and who reaches each',
  asks: "A server binds loopback, the wildcard or one external address; which of the machine's addresses answer, from the machine itself and from a neighbour?",
  tags: ['reach', 'loopback', 'wildcard', 'external', 'neighbour'],
  claims: {
    'three-names': ({ bound }) => ({ says: { server: 'ok', requests: REACHED[bound][2] } }),
    'loopback-private': ({ bound, protocol }) =>
      bound === 'loopback' && protocol === 'tcp'
        ? { says: { machine: { loopback: YES }, neighbour: { external: { not: YES }, second: { not: YES } } } }
        : null,
    'wildcard-everywhere': ({ bound, protocol }) =>
      bound === 'wildcard' && protocol === 'tcp'
        ? { says: { machine: REACHED.wildcard[0], neighbour: REACHED.wildcard[1] } }
        : null,
  },
  axes: { bound: ['loopback', 'wildcard', 'external'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ bound, protocol, family }) => [
    `${family} external`,
    `${family} second-external`,
    'neighbour',
    ...(misled(bound, protocol) ? (['routed second address'] as const) : []),
  ],
  async run({ bound, protocol, family }, trial) {
    const net = { protocol, family };
    const server = await serveOn(trial, net, 'server', bound);
    const from = async (host: 'machine' | 'neighbour', to: 'loopback' | 'external' | 'second-external') =>
      (await askAt(trial, net, { host, to })).outcome;
    const machine = {
      loopback: await from('machine', 'loopback'),
      external: await from('machine', 'external'),
      second: await from('machine', 'second-external'),
    };
    const neighbour = {
      external: await from('neighbour', 'external'),
      second: await from('neighbour', 'second-external'),
    };
    return { server: server.outcome, machine, neighbour, requests: (await requestsAt(trial, server)).count };
  },
  expect: ({ bound, protocol }) => {
    const [machine, neighbour, requests] = REACHED[bound];
    const second = misled(bound, protocol) ? 'silence' : neighbour.second;
    return { server: 'ok', machine, neighbour: { ...neighbour, second }, requests };
  },
  waits: ({ bound, protocol }) => misled(bound, protocol),
  known: 'observed',
  cite: [
    { source: 'man-ip', where: 'Address format' },
    { source: 'posix-bind', where: 'DESCRIPTION' },
    { source: 'rfc1122', where: '4.1.3.5' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
