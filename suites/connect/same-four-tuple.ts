import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  outcomesOf,
  PROTOCOLS,
  serveOn,
  type NumberOption,
} from '../../src/experiment/index.ts';

const OPTIONS: Readonly<Record<'SO_REUSEADDR' | 'SO_REUSEPORT' | 'both', readonly NumberOption[]>> = {
  SO_REUSEADDR: ['SO_REUSEADDR'],
  SO_REUSEPORT: ['SO_REUSEPORT'],
  both: ['SO_REUSEADDR', 'SO_REUSEPORT'],
};

export default experiment({
  title: 'Two sockets with the same two names',
  asks: 'Two sockets that share a name by these options connect to one server, and then the second to another: which connect() works?',
  tags: ['connect', 'SO_REUSEADDR', 'SO_REUSEPORT'],
  claims: {},
  axes: { option: ['SO_REUSEADDR', 'SO_REUSEPORT', 'both'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  async run({ option, protocol, family }, trial) {
    const net = { protocol, family };
    const ports = [await trial.anotherPort(), await trial.anotherPort()] as const;
    for (const [at, port] of ports.entries()) await serveOn(trial, net, `server ${at + 1}`, 'loopback', { port });
    const address = addressOf(trial.facts, family, 'loopback');
    const bindIn = async (name: string) => {
      const part = await trial.part(name);
      const results = await part.attempt(
        ...open('socket', protocol, family, 1),
        ...OPTIONS[option].map((set) => ({ op: 'setsockopt', on: 'socket', option: set, value: 1 }) as const),
        { op: 'bind', on: 'socket', address, port: trial.port },
      );
      return { part, bound: results.at(-1)?.outcome ?? null };
    };
    const [first, second] = [await bindIn('first'), await bindIn('second')];
    const to = (port: number) =>
      ({ op: 'connect', on: 'socket', address, port, within: trial.connectPatience }) as const;
    const { connected } = await outcomesOf(first.part, { connected: to(ports[0]) });
    const { same, other } = await outcomesOf(second.part, { same: to(ports[0]), other: to(ports[1]) });
    return { bound: [first.bound, second.bound], connected, same, other };
  },
  // UDP does not look for another with the same names.
  expect: ({ protocol }) => ({
    bound: ['ok', 'ok'],
    connected: 'ok',
    same: protocol === 'udp' ? 'ok' : 'EADDRNOTAVAIL',
    other: 'ok',
  }),
  known: 'observed',
  cite: [{ source: 'posix-connect', where: 'ERRORS, EADDRINUSE' }],
});
