import { experiment } from '../../src/experiment/experiment.ts';
import { askAt, FAMILIES, PROTOCOLS, serveOn } from '../../src/experiment/scenes.ts';
import { requestsAt } from '../../src/experiment/talk.ts';
import {
  CLOSED_PORT,
  GVISOR_STRONG_HOST,
  IN_GVISOR,
  UNDER_WINE,
  WINE_INTERFACES,
  WINE_TAKES_ERRORS,
} from '../grounds.ts';

const YES = 'answered';
const NO = 'ECONNREFUSED';

/** Who is answered, for each of the three choices of bind address. */
const REACHED = {
  loopback: {
    machine: { loopback: YES, external: NO, second: NO },
    neighbour: { external: NO, second: NO },
    requests: 1,
  },
  wildcard: {
    machine: { loopback: YES, external: YES, second: YES },
    neighbour: { external: YES, second: YES },
    requests: 5,
  },
  external: {
    machine: { loopback: NO, external: YES, second: NO },
    neighbour: { external: YES, second: NO },
    requests: 2,
  },
} as const;

/** What a client on the machine hears under Wine of the refusal of a UDP datagram: nothing, unless it is very quick. */
const TAKEN = { oneOf: ['silence', 'WSAECONNREFUSED'] } as const;

/** What the machine's own clients hear, where a refusal is told in another way. */
function refusing<const No>(bound: keyof typeof REACHED, no: No) {
  const { loopback, external, second } = REACHED[bound].machine;
  const told = (outcome: typeof YES | typeof NO) => (outcome === NO ? no : outcome);
  return { loopback: told(loopback), external: told(external), second: told(second) };
}

const UNDER_WINE_REFUSALS = {
  on: ['wine'],
  known: 'observed',
  cite: [{ source: 'ms-errors', where: 'WSAECONNREFUSED' }],
  because: 'A refusal has another name there.',
} as const;

/**
 * A UDP server on the wildcard answers from the address that the way back starts from, which a connected client that
 * asked another one does not take for its answer. `source/wildcard-replies` looks at that by itself.
 */
function misled(bound: string, protocol: string): boolean {
  return bound === 'wildcard' && protocol === 'udp';
}

export default experiment({
  title: 'The three choices of bind address, and who reaches each',
  asks: "A server binds loopback, the wildcard or one external address; which of the machine's addresses answer, from the machine itself and from a neighbour?",
  tags: ['reach', 'loopback', 'wildcard', 'external', 'neighbour'],
  claims: {
    'three-names': ({ bound }) => ({ says: { server: 'ok', requests: REACHED[bound].requests } }),
    'loopback-private': ({ bound, protocol }) =>
      bound === 'loopback' && protocol === 'tcp'
        ? { says: { machine: { loopback: YES }, neighbour: { external: { not: YES }, second: { not: YES } } } }
        : null,
    'wildcard-everywhere': ({ bound, protocol }) =>
      bound === 'wildcard' && protocol === 'tcp'
        ? { says: { machine: REACHED.wildcard.machine, neighbour: REACHED.wildcard.neighbour } }
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
    const { neighbour, ...rest } = REACHED[bound];
    return {
      server: 'ok',
      ...rest,
      neighbour: misled(bound, protocol) ? { ...neighbour, second: 'silence' } : neighbour,
    };
  },
  waits: ({ bound, protocol }) => misled(bound, protocol),
  known: 'observed',
  cite: [
    { source: 'man-ip', where: 'Address format' },
    { source: 'posix-bind', where: 'DESCRIPTION' },
    { source: 'rfc1122', where: '4.1.3.5' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
  // Of the neighbour nothing is said: what it gets is told by its own system.
  holds: [
    {
      grounds: CLOSED_PORT,
      where: ({ bound, protocol }) => !misled(bound, protocol),
      expect: ({ bound }) => ({ server: 'ok', machine: REACHED[bound].machine }),
    },
    { grounds: UNDER_WINE },
    { grounds: IN_GVISOR },
  ],
  differs: [
    {
      ...GVISOR_STRONG_HOST,
      // A UDP server on the wildcard is silent for another reason, but there too it hears nothing.
      expect: ({ bound }) => ({
        neighbour: { second: 'silence' },
        requests: bound === 'wildcard' ? REACHED.wildcard.requests - 1 : REACHED[bound].requests,
      }),
    },
    {
      ...UNDER_WINE_REFUSALS,
      where: ({ bound, protocol }) => bound !== 'wildcard' && protocol === 'tcp',
      expect: ({ bound }) => ({ machine: refusing(bound, 'WSAECONNREFUSED') }),
    },
    {
      ...WINE_INTERFACES,
      where: ({ bound, protocol, family }) => bound === 'external' && protocol === 'udp' && family === 'inet',
      // It takes what comes over that interface for the second address as well, and answers it from the first.
      expect: { machine: refusing('external', TAKEN), neighbour: { second: 'silence' }, requests: 3 },
      because:
        'Under Wine a UDP socket on an IPv4 address takes everything that comes over the interface of that address, and a UDP client is not told of the refusal in time.',
    },
    {
      ...WINE_TAKES_ERRORS,
      where: ({ bound, protocol }) => bound !== 'wildcard' && protocol === 'udp',
      expect: ({ bound }) => ({ machine: refusing(bound, TAKEN) }),
      because: 'Wine’s server reads the error of an unreachable UDP port before the program does.',
    },
  ],
});
