import { CHOOSERS, chosenBy, experiment, FAMILIES, PROTOCOLS } from '../../src/experiment/index.ts';

/** How many ports there are to choose from. */
const RANGE = 4;

export default experiment({
  title: 'No port is left',
  asks: 'The range of the system has four ports, and sockets get them by bind() to port 0, connect(), sendto() or listen(): how many get one, and which error does the next get?',
  tags: ['port-zero', 'connect'],
  claims: {},
  axes: { by: CHOOSERS, protocol: PROTOCOLS, family: FAMILIES },
  only: ({ by, protocol }) => (by === 'sendto' ? protocol === 'udp' : by === 'listen' ? protocol === 'tcp' : true),
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ by, protocol, family }, trial) {
    const { ports, ended } = await chosenBy(trial, { by, protocol, family }, { range: RANGE, asked: RANGE + 1 });
    return { chosen: ports.length, ended };
  },
  expect: ({ by, protocol }) => ({
    chosen: RANGE,
    ended: by === 'bind' || by === 'listen' ? 'EADDRINUSE' : protocol === 'udp' ? 'EAGAIN' : 'EADDRNOTAVAIL',
  }),
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'ip_local_port_range' }],
});
