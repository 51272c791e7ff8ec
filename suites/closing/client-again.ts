import { addressOf, experiment, FAMILIES, open, outcomesOf, prepareSockets } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A client that comes back from the same port',
  asks: 'A client bound to a port has connected, and one side has closed first; a new client binds the same port with SO_REUSEADDR or without it and connects to the same server or to another: which call works?',
  tags: ['closing', 'TIME_WAIT', 'connect', 'SO_REUSEADDR'],
  claims: {},
  axes: {
    first: ['client', 'server'],
    reuse: ['none', 'both'],
    to: ['same', 'another'],
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`],
  async run({ first, reuse, to, family }, trial) {
    const address = addressOf(trial.facts, family, 'loopback');
    const ports = { same: await trial.anotherPort(), another: await trial.anotherPort() };
    const [server, client] = [await trial.part('server'), await trial.part('client')];
    for (const [name, port] of Object.entries(ports)) {
      await prepareSockets(server, [
        ...open(name, 'tcp', family, 1),
        { op: 'bind', on: name, address, port },
        { op: 'listen', on: name },
      ]);
    }
    const value = reuse === 'both' ? 1 : 0;
    const binding = (on: string) =>
      ({
        set: { op: 'setsockopt', on, option: 'SO_REUSEADDR', value },
        bound: { op: 'bind', on, address, port: trial.port },
      }) as const;
    const connecting = (on: string, port: number) =>
      ({ op: 'connect', on, address, port, within: trial.connectPatience }) as const;
    await prepareSockets(client, [
      ...open('old', 'tcp', family, 1),
      ...Object.values(binding('old')),
      connecting('old', ports.same),
    ]);
    await prepareSockets(server, [{ op: 'accept', on: 'same', as: 'child', within: trial.patience }]);
    const [ender, socket, other, theirs] =
      first === 'client' ? ([client, 'old', server, 'child'] as const) : ([server, 'child', client, 'old'] as const);
    await ender.do({ op: 'close', on: socket });
    await other.do({ op: 'recv', on: theirs, within: trial.patience }, { op: 'close', on: theirs });
    await prepareSockets(client, open('new', 'tcp', family, 1));
    return outcomesOf(client, { ...binding('new'), connected: connecting('new', ports[to]) });
  },
  expect: ({ first, reuse }) => ({
    bound: first === 'server' || reuse === 'both' ? 'ok' : 'EADDRINUSE',
    connected: 'ok',
  }),
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'tcp_tw_reuse' }],
});
