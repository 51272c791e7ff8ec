import { addressOf, experiment, FAMILIES, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

const PORTS = { below: 1023, at: 1024, web: 80 } as const;

export default experiment({
  title: 'Who may bind a low port',
  asks: 'net.ipv4.ip_unprivileged_port_start has this value, and a process with CAP_NET_BIND_SERVICE, without it, or of another user binds this port on the wildcard: does bind() work?',
  tags: ['privilege', 'reservation'],
  claims: {},
  axes: {
    start: ['0', '80', '1024'],
    port: ['web', 'below', 'at'],
    who: ['with-capability', 'without-capability', 'other-user'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  // The family is asked about where the capability is.
  only: ({ who, start, family }) => family === 'inet' || (who === 'without-capability' && start === '1024'),
  needs: ({ who, family }) => [
    'changeable network',
    `${family} wildcard`,
    ...(who === 'without-capability' ? (['process without a capability'] as const) : []),
    ...(who === 'other-user' ? (['second user'] as const) : []),
  ],
  async run({ start, port, who, protocol, family }, trial) {
    await trial.network().set('net.ipv4.ip_unprivileged_port_start', Number(start));
    const part = await trial.part('server', {
      ...(who === 'other-user' ? { otherUser: true } : {}),
      ...(who === 'without-capability' ? { without: 'CAP_NET_BIND_SERVICE' } : {}),
    });
    await part.attempt(...open('socket', protocol, family, 1));
    const address = addressOf(trial.facts, family, 'wildcard');
    return outcomesOf(part, { bound: { op: 'bind', on: 'socket', address, port: PORTS[port] } });
  },
  expect: ({ start, port, who }) => ({
    bound: who === 'with-capability' || PORTS[port] >= Number(start) ? 'ok' : 'EACCES',
  }),
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'ip_unprivileged_port_start' }],
});
