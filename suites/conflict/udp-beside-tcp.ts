import { askAt, experiment, FAMILIES, PROTOCOLS, serveAll, serversOf } from '../../src/experiment/index.ts';

export default experiment({
  title: 'UDP and TCP on one address and port number',
  asks: 'One process serves over UDP, another over TCP, on one address and port number: do both bind, and is each question answered over its own protocol?',
  tags: ['conflict', 'protocol'],
  claims: {
    'socket-is-ip-port-protocol': { says: { servers: ['ok', 'ok'], udp: 'over udp', tcp: 'over tcp' } },
  },
  axes: { on: ['loopback', 'wildcard'], first: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  binds: {
    sockets: ({ on, first, family }) =>
      [first, first === 'udp' ? ('tcp' as const) : ('udp' as const)].map((protocol) => ({
        as: `over ${protocol}`,
        protocol,
        family,
        on,
      })),
    observed: serversOf,
  },
  async run({ family }, trial, sockets) {
    const { servers } = serversOf(await serveAll(trial, sockets));
    const udp = (await askAt(trial, { protocol: 'udp', family }, { to: 'loopback' })).by;
    const tcp = (await askAt(trial, { protocol: 'tcp', family }, { to: 'loopback' })).by;
    return { servers, udp, tcp };
  },
  expect: { servers: ['ok', 'ok'], udp: 'over udp', tcp: 'over tcp' },
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'DESCRIPTION' }],
});
