import { experiment } from '../../src/experiment/experiment.ts';
import { askAt, FAMILIES, PROTOCOLS, serveOn } from '../../src/experiment/scenes.ts';

export default experiment({
  title: 'UDP and TCP on one address and port number',
  asks: 'One process serves over UDP, another over TCP, on one address and port number: do both bind, and is each question answered over its own protocol?',
  tags: ['conflict', 'protocol'],
  claims: {
    'socket-is-ip-port-protocol': { says: { servers: ['ok', 'ok'], udp: 'over udp', tcp: 'over tcp' } },
  },
  axes: { on: ['loopback', 'wildcard'], first: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  async run({ on, first, family }, trial) {
    const second = first === 'udp' ? 'tcp' : 'udp';
    const servers: string[] = [];
    for (const protocol of [first, second] as const) {
      servers.push((await serveOn(trial, { protocol, family }, `over ${protocol}`, on)).outcome);
    }
    const udp = (await askAt(trial, { protocol: 'udp', family }, { to: 'loopback' })).by;
    const tcp = (await askAt(trial, { protocol: 'tcp', family }, { to: 'loopback' })).by;
    return { servers, udp, tcp };
  },
  expect: { servers: ['ok', 'ok'], udp: 'over udp', tcp: 'over tcp' },
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'DESCRIPTION' }],
});
