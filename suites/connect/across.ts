import { addressOf, Client, experiment, FAMILIES, openServer, PROTOCOLS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'The address that a client is bound to, and where it can connect to',
  asks: 'A client is bound to this address of the machine, and connects to a server of the machine or of the neighbour: is it answered?',
  tags: ['connect', 'loopback', 'external', 'neighbour'],
  claims: {},
  axes: {
    from: ['loopback', 'second-loopback', 'external', 'second-external'],
    to: ['loopback', 'external', 'second-external', 'neighbour'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  only: ({ from, family }) => family === 'inet' || from !== 'second-loopback',
  needs: ({ from, to, family }) => [
    `${family} ${from}`,
    `${family} ${to}`,
    'neighbour',
    ...(from === 'second-external' && to === 'neighbour' ? (['routed second address'] as const) : []),
  ],
  async run({ from, to, protocol, family }, trial) {
    const net = { protocol, family };
    const host = await trial.part('server', { host: to === 'neighbour' ? 'neighbour' : 'machine' });
    await openServer(trial, host, { ...net, address: addressOf(trial.facts, family, to) });
    const part = await trial.part('client');
    const client = await Client.open(trial, part, {
      ...net,
      from: { address: addressOf(trial.facts, family, from) },
      to: { address: addressOf(trial.facts, family, to) },
    });
    return { connected: client.outcome, answer: client.outcome === 'ok' ? (await client.ask()).outcome : null };
  },
  // A packet that leaves with a loopback source is stopped in IPv4 when connect() looks for a route, and in IPv6 on its way.
  waits: ({ from, to, family }) => from.endsWith('loopback') && to === 'neighbour' && family === 'inet6',
  expect: ({ from, to, protocol, family }) =>
    !from.endsWith('loopback') || to !== 'neighbour'
      ? { connected: 'ok', answer: 'ok' }
      : family === 'inet'
        ? { connected: 'EINVAL', answer: null }
        : protocol === 'udp'
          ? { connected: 'ok', answer: 'silence' }
          : { connected: 'silence', answer: null },
  known: 'observed',
  cite: [{ source: 'rfc1122', where: '3.2.1.3 (g)' }],
});
