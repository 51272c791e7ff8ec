import { addressOf, experiment, FAMILIES, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

/** An address of documentation, which no machine has. */
const AWAY = { inet: '192.0.2.77', inet6: '2001:db8::77' } as const;

export default experiment({
  title: 'The address of a low port',
  asks: 'A process with CAP_NET_BIND_SERVICE or without it binds port 80 on this address, with IP_FREEBIND or IPV6_FREEBIND or without it: which of the two refusals comes first?',
  tags: ['privilege', 'option'],
  claims: {},
  axes: {
    name: ['wildcard', 'loopback', 'external', 'away'],
    who: ['with-capability', 'without-capability'],
    option: ['none', 'freebind'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  only: ({ name, option }) => name === 'away' || option === 'none',
  needs: ({ name, who, family }) => [
    'changeable network',
    `${family} ${name === 'away' ? 'wildcard' : name}`,
    ...(who === 'without-capability' ? (['process without a capability'] as const) : []),
  ],
  async run({ name, who, option, protocol, family }, trial) {
    await trial.network().set('net.ipv4.ip_unprivileged_port_start', 1024);
    const part = await trial.part('server', who === 'without-capability' ? { without: 'CAP_NET_BIND_SERVICE' } : {});
    await part.attempt(...open('socket', protocol, family, 1));
    const freebind = family === 'inet' ? 'IP_FREEBIND' : 'IPV6_FREEBIND';
    const address = name === 'away' ? AWAY[family] : addressOf(trial.facts, family, name);
    return outcomesOf(part, {
      set: { op: 'setsockopt', on: 'socket', option: freebind, value: option === 'freebind' ? 1 : 0 },
      bound: { op: 'bind', on: 'socket', address, port: 80 },
    });
  },
  // IPv4 looks at the address first, and IPv6 at the port.
  expect: ({ name, who, option, family }) => {
    const isAway = name === 'away' && option === 'none' ? 'EADDRNOTAVAIL' : null;
    const isLow = who === 'without-capability' ? 'EACCES' : null;
    return { set: 'ok', bound: (family === 'inet' ? (isAway ?? isLow) : (isLow ?? isAway)) ?? 'ok' };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'net/ipv4/af_inet.c, __inet_bind; net/ipv6/af_inet6.c, __inet6_bind' }],
});
