import {
  addressOf,
  ask,
  experiment,
  hostNames,
  openServer,
  resolveIn,
  type Family,
  NO_ADDRESS,
} from '../../src/experiment/index.ts';

/** What the file of host names has for the host's own name: nothing, as Debian does without a network, or its addresses. */
const LINES = ['none', 'loopback-alias', 'external', 'external-both'] as const;

export default experiment({
  title: "What the host's own name is",
  asks: "The file of host names has no line for the host's own name, 127.0.1.1, or its external addresses: to which addresses does the system resolve the name, can a server be bound to the first of them, and does the neighbour reach it there?",
  tags: ['resolver', 'reach'],
  claims: {},
  axes: { line: LINES, asked: ['any', 'inet', 'inet6'], protocol: ['udp', 'tcp'] },
  needs: () => ['own host names', 'inet loopback', 'inet external', 'inet6 external', 'neighbour'],
  async run({ line, asked, protocol }, trial) {
    const external = addressOf(trial.facts, 'inet', 'external');
    const lines = {
      none: [],
      'loopback-alias': ['127.0.1.1'],
      external: [external],
      'external-both': [external, addressOf(trial.facts, 'inet6', 'external')],
    }[line];
    const part = await trial.part('server', { names: hostNames('both', lines) });
    const family: { family?: Family } = asked === 'any' ? {} : { family: asked };
    const { outcome, addresses, first } = await resolveIn(trial, part, family);
    if (first === null) return { outcome, addresses, server: null, neighbour: null };
    const net = { protocol, family: first.family };
    const server = await openServer(trial, part, { ...net, address: first.address });
    const neighbour = await trial.part('neighbour', { host: 'neighbour' });
    const answer = await ask(trial, neighbour, { ...net, to: { address: first.address } });
    return { outcome, addresses, server: server.outcome, neighbour: answer.outcome };
  },
  // 127.0.1.1 is for the machine alone: the neighbour that asks there asks itself.
  expect: ({ line, asked }) => {
    const inet6 = line === 'external-both' && asked !== 'inet' ? ['inet6 external'] : [];
    const inet =
      asked === 'inet6' || line === 'none' ? [] : [line === 'loopback-alias' ? 'inet 127.0.1.1' : 'inet external'];
    const addresses = [...inet6, ...inet];
    if (addresses.length === 0) return { outcome: NO_ADDRESS, addresses, server: null, neighbour: null };
    return {
      outcome: 'ok',
      addresses,
      server: 'ok',
      neighbour: line === 'loopback-alias' ? 'ECONNREFUSED' : 'answered',
    };
  },
  known: 'observed',
  cite: [{ source: 'rfc6724', where: '6' }],
});
