import { CHOOSERS, chosenBy, experiment, FAMILIES, PROTOCOLS } from '../../src/experiment/index.ts';

/** How many ports there are to choose from, and how many are asked for. */
const RANGE = 40;
const ASKED = 16;

export default experiment({
  title: 'Ports that the system chooses',
  asks: 'Sockets without a port get one by bind() to port 0, connect(), sendto() or listen(): are all in the range of the system, is each another one, and how many are odd?',
  tags: ['port-zero', 'connect', 'names'],
  claims: {},
  axes: { by: CHOOSERS, protocol: PROTOCOLS, family: FAMILIES },
  only: ({ by, protocol }) => (by === 'sendto' ? protocol === 'udp' : by === 'listen' ? protocol === 'tcp' : true),
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ by, protocol, family }, trial) {
    const { first, ports } = await chosenBy(trial, { by, protocol, family }, { range: RANGE, asked: ASKED });
    return {
      chosen: ports.length,
      inRange: ports.filter((port) => port >= first && port < first + RANGE).length,
      different: new Set(ports).size,
      // UDP takes them by chance.
      odd: protocol === 'tcp' ? ports.filter((port) => port % 2 === 1).length : null,
    };
  },
  // In a range that begins with an even port, TCP gives the odd ones to bind() and listen(), and the even ones to connect().
  expect: ({ by, protocol }) => ({
    chosen: ASKED,
    inRange: ASKED,
    different: ASKED,
    odd: protocol === 'udp' ? null : by === 'connect' ? 0 : ASKED,
  }),
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_find_open_port; inet_hashtables.c, __inet_hash_connect' }],
});
