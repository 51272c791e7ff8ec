import { askAt, experiment, FAMILIES, PROTOCOLS, requestsAt, serveOn } from '../../src/experiment/index.ts';

const NAMES = ['first', 'second', 'third'] as const;

export default experiment({
  title: 'Several servers on one address, told apart by port',
  asks: 'Three processes serve on one address at three ports; is each question answered by the process that holds the port it was sent to, and by no other?',
  tags: ['reach', 'port'],
  claims: {
    'demultiplexed-by-port': { says: { by: [...NAMES], counts: [1, 1, 1] } },
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  async run(net, trial) {
    const ports = [trial.port, await trial.anotherPort(), await trial.anotherPort()];
    const servers = await Promise.all(
      NAMES.map((name, index) => serveOn(trial, net, name, 'loopback', { port: ports[index] ?? 0 })),
    );
    const by: (string | null)[] = [];
    for (const port of ports) by.push((await askAt(trial, net, { to: 'loopback', port })).by);
    const counts = await Promise.all(servers.map(async (server) => (await requestsAt(trial, server)).count));
    return { servers: servers.map(({ outcome }) => outcome), by, counts };
  },
  expect: { servers: ['ok', 'ok', 'ok'], by: [...NAMES], counts: [1, 1, 1] },
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '4.1.3' },
    { source: 'serve', where: 'ports' },
  ],
});
