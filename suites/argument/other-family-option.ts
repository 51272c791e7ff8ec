import { experiment, FAMILIES, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

const OPTIONS = ['IPV6_V6ONLY', 'IPV6_FREEBIND', 'IPV6_RECVPKTINFO', 'IP_FREEBIND', 'IP_PKTINFO', 'IP_TTL'] as const;

export default experiment({
  title: 'An option of the other family',
  asks: 'A new socket sets an option at the level of IPv4 or of IPv6, which may not be its own: does setsockopt() work?',
  tags: ['argument', 'option'],
  claims: {},
  axes: { option: OPTIONS, protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  async run({ option, protocol, family }, trial) {
    const part = await trial.part('server');
    await part.attempt(...open('socket', protocol, family, null));
    return outcomesOf(part, { set: { op: 'setsockopt', on: 'socket', option, value: 1 } });
  },
  // An IPv6 socket can carry IPv4, so it takes options of both.
  expect: ({ option, family }) => ({ set: family === 'inet' && option.startsWith('IPV6') ? 'ENOPROTOOPT' : 'ok' }),
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'Socket options' }],
});
