import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  outcomesOf,
  PROTOCOLS,
  type Operation,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'A machine without any address but those of loopback',
  asks: 'All other addresses are taken from the machine, before a socket is bound to this name or after that: does bind() work, can a client connect to the server at loopback, and to the neighbour?',
  tags: ['motion', 'loopback'],
  claims: {},
  axes: {
    name: ['wildcard', 'loopback', 'external'],
    taken: ['before', 'after'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  needs: ({ family }) => [
    'changeable network',
    'isolated network',
    `${family} loopback`,
    'inet external',
    'inet6 external',
    `${family} neighbour`,
  ],
  async run({ name, taken, protocol, family }, trial) {
    const [server, client] = [await trial.part('server'), await trial.part('client')];
    const devices = [trial.facts.externalInterface, trial.facts.secondInterface].flatMap((device) => device ?? []);
    const take = async () => {
      for (const device of devices) await trial.network().takeAddresses(device);
    };
    if (taken === 'before') await take();
    await server.attempt(...open('socket', protocol, family, 1));
    const { bound } = await outcomesOf(server, {
      bound: { op: 'bind', on: 'socket', address: addressOf(trial.facts, family, name), port: trial.port },
    });
    if (protocol === 'tcp') await server.do({ op: 'listen', on: 'socket' });
    if (taken === 'after') await take();
    await client.attempt(...open('near', protocol, family, 1), ...open('far', protocol, family, 1));
    const connect = (on: string, kind: 'loopback' | 'neighbour'): Operation => {
      const address = addressOf(trial.facts, family, kind);
      return { op: 'connect', on, address, port: trial.port, within: trial.connectPatience };
    };
    const reached = await outcomesOf(client, { loopback: connect('near', 'loopback') });
    return { bound, ...reached, ...(await outcomesOf(client, { neighbour: connect('far', 'neighbour') })) };
  },
  expect: ({ name, taken, protocol }) => ({
    bound: name === 'external' && taken === 'before' ? 'EADDRNOTAVAIL' : 'ok',
    loopback: protocol === 'udp' || name !== 'external' ? 'ok' : 'ECONNREFUSED',
    neighbour: 'ENETUNREACH',
  }),
  known: 'observed',
  cite: [{ source: 'man-bind', where: 'ERRORS, EADDRNOTAVAIL' }],
});
