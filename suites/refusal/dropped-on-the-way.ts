import { addressOf, ask, experiment, FAMILIES, serveOn } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A closed port on another machine, with the refusal dropped on the way',
  asks: 'Between the two machines a router forwards everything but ICMP; what does a UDP client hear from a closed port, and, to show that the way is open, from a served one?',
  tags: ['refusal', 'neighbour', 'udp', 'firewall'],
  claims: {
    'refusal-is-loopback-only': { says: { closed: 'silence' }, when: 'something on the way drops the refusal' },
  },
  axes: { family: FAMILIES },
  needs: ({ family }) => ['neighbour', 'gateway', `${family} filtered`],
  waits: true,
  async run({ family }, trial) {
    const net = { protocol: 'udp', family } as const;
    const server = await serveOn(trial, net, 'server', 'second-external');
    const client = await trial.part('client', { host: 'neighbour' });
    const address = addressOf(trial.facts, family, 'second-external');
    const from = addressOf(trial.facts, family, 'filtered');
    const served = await ask(trial, client, { ...net, to: { address }, from });
    const closed = await ask(trial, client, { ...net, to: { address, port: await trial.anotherPort() }, from });
    return { server: server.outcome, served: served.outcome, source: served.source, closed: closed.outcome };
  },
  expect: { server: 'ok', served: 'answered', source: 'filtered', closed: 'silence' },
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '4.1.3.1' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
