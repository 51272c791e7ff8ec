import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  PROTOCOLS,
  raceSteps,
  racedPorts,
  refusalsIn,
  serveOn,
} from '../../src/experiment/index.ts';

const ROUNDS = 200;

export default experiment({
  title: 'connect() against bind()',
  asks: 'The range of the system has 200 ports; a process connects 100 sockets that have none while another binds all of the ports to loopback: has any port both a connected and a bound socket, and which errors are there?',
  tags: ['race', 'conflict', 'connect', 'port-zero'],
  claims: {},
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ protocol, family }, trial) {
    const address = addressOf(trial.facts, family, 'loopback');
    const ports = racedPorts(ROUNDS);
    await trial.network().set('net.ipv4.ip_local_port_range', `${ports[0]} ${ports.at(-1)}`);
    await serveOn(trial, { protocol, family }, 'server', 'loopback');
    const { outcomes, sockets } = await raceSteps(
      trial,
      [
        {
          before: (on) => open(on, protocol, family, 1),
          raced: (on, port) =>
            port % 2 === 0
              ? { op: 'connect', on, address, port: trial.port, within: trial.connectPatience }
              : { op: 'getsockname', on },
        },
        { before: (on) => open(on, protocol, family, 1), raced: (on, port) => ({ op: 'bind', on, address, port }) },
      ],
      ports,
    );
    const [connected = [], bound = []] = outcomes;
    const client = await trial.part('racer 1');
    const names = await client.do(...(sockets[0] ?? []).map((on) => ({ op: 'getsockname', on }) as const));
    // Closed in the usual way, the connections would hold these ports for the next race, in TIME_WAIT.
    await client.do(...(sockets[0] ?? []).map((on) => ({ op: 'close', on, reset: true }) as const));
    const chosen = names.flatMap(({ name }) => (name === undefined || name.port === 0 ? [] : [name.port]));
    const held = new Set(ports.filter((_, at) => bound[at] === 'ok'));
    return {
      both: chosen.filter((port) => held.has(port)).length,
      different: new Set(chosen).size === chosen.length,
      connecting: refusalsIn(connected),
      binding: refusalsIn(bound),
    };
  },
  // Either may come first at every port, and where bind() has taken all that are left, connect() finds none.
  expect: ({ protocol }) => ({
    both: 0,
    different: true,
    connecting: { oneOf: ['none', protocol === 'udp' ? 'EAGAIN' : 'EADDRNOTAVAIL'] },
    binding: { oneOf: ['none', 'EADDRINUSE'] },
  }),
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_hashtables.c, __inet_hash_connect' }],
});
