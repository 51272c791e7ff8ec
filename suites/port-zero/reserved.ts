import { CHOOSERS, chosenBy, experiment, FAMILIES, PROTOCOLS } from '../../src/experiment/index.ts';

/** How many ports there are to choose from; all but the last are reserved. */
const RANGE = 8;

export default experiment({
  title: 'Ports that are reserved',
  asks: 'All ports of the range but the last are in ip_local_reserved_ports: which are chosen by bind() to port 0, connect(), sendto() or listen(), and can a reserved port be bound by its number?',
  tags: ['port-zero', 'reservation'],
  claims: {},
  axes: { by: CHOOSERS, protocol: PROTOCOLS, family: FAMILIES },
  only: ({ by, protocol }) => (by === 'sendto' ? protocol === 'udp' : by === 'listen' ? protocol === 'tcp' : true),
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ by, protocol, family }, trial) {
    const net = { by, protocol, family };
    const { first, ports, ended, named } = await chosenBy(trial, net, { range: RANGE, asked: 2, reserved: RANGE - 1 });
    return { places: ports.map((port) => port - first), ended, named };
  },
  expect: ({ by, protocol }) => ({
    places: [RANGE - 1],
    ended: by === 'bind' || by === 'listen' ? 'EADDRINUSE' : protocol === 'udp' ? 'EAGAIN' : 'EADDRNOTAVAIL',
    named: 'ok',
  }),
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'ip_local_reserved_ports' }],
});
