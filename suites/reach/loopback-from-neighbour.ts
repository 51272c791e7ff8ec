import {
  askAt,
  experiment,
  FAMILIES,
  packetsReceived,
  PROTOCOLS,
  requestsAt,
  serveOn,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'A server on loopback, asked by a neighbour that routes loopback to the machine',
  asks: 'A neighbour sends what is meant for 127.0.0.1 (or ::1) over the LAN to this machine, where a server listens on that address: is it answered?',
  tags: ['reach', 'loopback', 'neighbour', 'security'],
  claims: {
    'loopback-private': ({ protocol }) =>
      protocol === 'tcp'
        ? {
            says: { answer: { not: 'answered' }, received: 0 },
            when: 'a neighbour routes the loopback addresses to the machine',
          }
        : null,
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: () => ['gateway', 'quiet interface'],
  waits: true,
  async run(net, trial) {
    const server = await serveOn(trial, net, 'server', 'loopback');
    // The gateway is on the second network.
    const device = trial.facts.secondInterface ?? '';
    const before = await packetsReceived(server.part, device);
    const { outcome } = await askAt(trial, net, { host: 'gateway', to: 'loopback', from: 'gateway' });
    const arrived = (await packetsReceived(server.part, device)) > before;
    return { server: server.outcome, arrived, answer: outcome, received: (await requestsAt(trial, server)).count };
  },
  expect: { server: 'ok', arrived: true, answer: 'silence', received: 0 },
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '3.2.1.3 (g)' },
    { source: 'linux-ip-sysctl', where: 'route_localnet' },
    { source: 'serve', where: 'on 127.0.0.1' },
  ],
});
