import { experiment, FAMILIES, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

/** Addresses of documentation, which no lab has a route to (RFC 5737, RFC 3849). */
const AWAY = { inet: '192.0.2.77', inet6: '2001:db8::77' } as const;

export default experiment({
  title: 'A destination without a route',
  asks: 'A machine has no route to an address: what do connect() and sendto() return?',
  tags: ['error', 'connect', 'route'],
  claims: {},
  axes: { call: ['connect', 'sendto'], protocol: PROTOCOLS, family: FAMILIES },
  only: ({ call, protocol }) => call === 'connect' || protocol === 'udp',
  // Elsewhere a default route leads to these addresses, and packets would leave the lab.
  needs: ({ family }) => [`${family} external`, 'isolated network'],
  async run({ call, protocol, family }, trial) {
    const to = { address: AWAY[family], port: trial.port };
    const part = await trial.part('client');
    await part.attempt(...open('socket', protocol, family, 1));
    return outcomesOf(part, {
      called:
        call === 'connect'
          ? { op: 'connect', on: 'socket', ...to, within: trial.connectPatience }
          : { op: 'send', on: 'socket', data: 'x', to },
    });
  },
  expect: { called: 'ENETUNREACH' },
  known: 'observed',
  cite: [{ source: 'posix-connect', where: 'ERRORS, ENETUNREACH' }],
});
