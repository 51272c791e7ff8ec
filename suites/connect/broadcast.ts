import { experiment, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

const DESTINATIONS = { limited: '255.255.255.255', loopback: '127.255.255.255', multicast: '224.0.0.1' } as const;

export default experiment({
  title: 'Connections to broadcast and multicast addresses',
  asks: 'In a network without a default route, a socket without a name, with SO_BROADCAST or without it, connects to this address: what does connect() return?',
  tags: ['connect', 'broadcast', 'multicast', 'SO_BROADCAST'],
  claims: {},
  axes: { to: ['limited', 'loopback', 'multicast'], option: ['none', 'SO_BROADCAST'], protocol: PROTOCOLS },
  // A default route of a network of others would lead there too.
  needs: ({ to }) => ['inet external', ...(to === 'loopback' ? [] : (['isolated network'] as const))],
  async run({ to, option, protocol }, trial) {
    const part = await trial.part('client');
    await part.attempt(...open('socket', protocol, 'inet', null));
    const value = option === 'SO_BROADCAST' ? 1 : 0;
    return outcomesOf(part, {
      set: { op: 'setsockopt', on: 'socket', option: 'SO_BROADCAST', value },
      connected: {
        op: 'connect',
        on: 'socket',
        address: DESTINATIONS[to],
        port: trial.port,
        within: trial.connectPatience,
      },
    });
  },
  // Only 127.255.255.255 has a route there. TCP refuses every route to many, and UDP the broadcast that it has no leave for.
  expect: ({ to, option, protocol }) => ({
    set: 'ok',
    connected: to !== 'loopback' || protocol === 'tcp' ? 'ENETUNREACH' : option === 'none' ? 'EACCES' : 'ok',
  }),
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'ERRORS, EACCES' }],
});
