import { experiment, nameSeen, open, outcomesOf, PROTOCOLS, serveOn } from '../../src/experiment/index.ts';

const BOUND = {
  unbound: null,
  'inet6-wildcard': '::',
  'inet6-loopback': '::1',
  'mapped-wildcard': '::ffff:0.0.0.0',
  'mapped-loopback': '::ffff:127.0.0.1',
} as const;
const DESTINATIONS = {
  'inet6-loopback': '::1',
  'mapped-loopback': '::ffff:127.0.0.1',
  'inet6-wildcard': '::',
  'mapped-wildcard': '::ffff:0.0.0.0',
} as const;
type Bound = keyof typeof BOUND;
type Destination = keyof typeof DESTINATIONS;

export default experiment({
  title: 'IPv6 sockets that connect over IPv6 or IPv4',
  asks: 'An IPv6 socket whose IPV6_V6ONLY is 0 or 1, bound to this name, connects to a server of both families by this name: does it get there, and which names has it?',
  tags: ['connect', 'dual-stack', 'names'],
  claims: {},
  axes: {
    v6only: ['0', '1'],
    bound: Object.keys(BOUND) as Bound[],
    to: Object.keys(DESTINATIONS) as Destination[],
    protocol: PROTOCOLS,
  },
  only: ({ v6only, bound }) => v6only === '0' || !bound.startsWith('mapped'),
  needs: () => ['inet loopback', 'inet6 loopback'],
  async run({ v6only, bound, to, protocol }, trial) {
    const port = await trial.anotherPort();
    await serveOn(trial, { protocol, family: 'inet' }, 'IPv4 server', 'wildcard', { port });
    await serveOn(trial, { protocol, family: 'inet6' }, 'IPv6 server', 'wildcard', { port });
    const part = await trial.part('client');
    const address = BOUND[bound];
    const opened = await part.attempt(
      ...open('socket', protocol, 'inet6', v6only === '0' ? 0 : 1),
      ...(address === null ? [] : [{ op: 'bind', on: 'socket', address, port: trial.port } as const]),
    );
    const connecting = { address: DESTINATIONS[to], port, within: trial.connectPatience };
    const { connected } = await outcomesOf(part, { connected: { op: 'connect', on: 'socket', ...connecting } });
    const seen = { part, socket: 'socket' };
    return {
      prepared: opened.at(-1)?.outcome ?? null,
      connected,
      own: await nameSeen(trial, seen),
      peer: await nameSeen(trial, seen, 'getpeername'),
    };
  },
  expect: ({ v6only, bound, to, protocol }) => {
    const own = bound === 'unbound' ? 'another' : 'own';
    const connected = {
      prepared: 'ok',
      connected: 'ok',
      own: `loopback port ${own}`,
      peer: 'loopback port another',
    } as const;
    const refused = (outcome: 'ENETUNREACH' | 'EAFNOSUPPORT') => {
      // UDP takes a port before it looks for a way.
      const port = bound !== 'unbound' ? 'own' : protocol === 'udp' ? 'another' : 'none';
      const name = `${bound.endsWith('loopback') ? 'loopback' : 'wildcard'} port ${port}` as const;
      return { prepared: 'ok', connected: outcome, own: name, peer: 'ENOTCONN' } as const;
    };
    if (to.startsWith('mapped'))
      return v6only === '1' || bound === 'inet6-loopback' ? refused('ENETUNREACH') : connected;
    // From a mapped name, :: means the IPv4 loopback.
    return bound.startsWith('mapped') && to === 'inet6-loopback' ? refused('EAFNOSUPPORT') : connected;
  },
  known: 'observed',
  cite: [{ source: 'rfc3493', where: '3.7 and 5.3' }],
});
