import { experiment, FAMILIES, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

const AWAY = { inet: '192.0.2.77', inet6: '2001:db8::77' } as const;
const OPTIONS = {
  freebind: { inet: 'IP_FREEBIND', inet6: 'IPV6_FREEBIND' },
  transparent: { inet: 'IP_TRANSPARENT', inet6: 'IPV6_TRANSPARENT' },
} as const;

export default experiment({
  title: 'An address that the machine does not have',
  asks: 'A process with CAP_NET_ADMIN, or one of another user, binds an address that the machine does not have, with this option or net.ipv4.ip_nonlocal_bind: do setsockopt() and bind() work?',
  tags: ['option', 'privilege', 'IP_FREEBIND', 'IP_TRANSPARENT'],
  claims: {},
  axes: {
    option: ['none', 'freebind', 'transparent', 'ip_nonlocal_bind'],
    who: ['harness', 'other-user'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  needs: ({ who, family }) => [
    'changeable network',
    `${family} loopback`,
    ...(who === 'other-user' ? (['second user'] as const) : []),
  ],
  async run({ option, who, protocol, family }, trial) {
    const version = family === 'inet' ? 'ipv4' : 'ipv6';
    if (option === 'ip_nonlocal_bind') await trial.network().set(`net.${version}.ip_nonlocal_bind`, 1);
    const part = await trial.part('server', { otherUser: who === 'other-user' });
    await part.attempt(...open('socket', protocol, family, 1));
    const named = option === 'none' || option === 'ip_nonlocal_bind' ? null : OPTIONS[option][family];
    const set = named === null ? [] : await part.do({ op: 'setsockopt', on: 'socket', option: named, value: 1 });
    const { bound } = await outcomesOf(part, {
      bound: { op: 'bind', on: 'socket', address: AWAY[family], port: trial.port },
    });
    return { set: set[0]?.outcome ?? null, bound };
  },
  // IP_FREEBIND needs no privilege.
  expect: ({ option, who }) => {
    const refused = option === 'transparent' && who === 'other-user';
    return {
      set: option === 'none' || option === 'ip_nonlocal_bind' ? null : refused ? 'EPERM' : 'ok',
      bound: option === 'none' || refused ? 'EADDRNOTAVAIL' : 'ok',
    };
  },
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'IP_FREEBIND, IP_TRANSPARENT and ip_nonlocal_bind' }],
});
