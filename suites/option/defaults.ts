import { experiment, FAMILIES, open, PROTOCOLS } from '../../src/experiment/index.ts';

const OPTIONS = {
  SO_REUSEADDR: 0,
  SO_REUSEPORT: 0,
  SO_BROADCAST: 0,
  SO_KEEPALIVE: 0,
  SO_ACCEPTCONN: 0,
  SO_ERROR: 0,
  SO_BINDTODEVICE: '',
  IP_FREEBIND: 0,
  IP_TRANSPARENT: 0,
  IP_BIND_ADDRESS_NO_PORT: 0,
  IP_LOCAL_PORT_RANGE: 0,
  IP_MULTICAST_LOOP: 1,
  IP_MULTICAST_TTL: 1,
  IP_MULTICAST_ALL: 1,
  IPV6_V6ONLY: 0,
  IPV6_MULTICAST_ALL: 1,
} as const;
type Option = keyof typeof OPTIONS;

export default experiment({
  title: 'The values of options on a new socket',
  asks: 'getsockopt() reads this option of a socket on which nothing was set: which value has it?',
  tags: ['option'],
  claims: {},
  axes: { option: Object.keys(OPTIONS) as Option[], protocol: PROTOCOLS, family: FAMILIES },
  only: ({ option, protocol, family }) =>
    (family === 'inet6' || !option.startsWith('IPV6')) && (protocol === 'udp' || !option.includes('MULTICAST')),
  needs: ({ family }) => [`${family} loopback`],
  async run({ option, protocol, family }, trial) {
    const part = await trial.part('server');
    await part.attempt(...open('socket', protocol, family, null));
    const [read] = await part.do({ op: 'getsockopt', on: 'socket', option });
    const value = typeof read?.value === 'object' ? null : (read?.value ?? null);
    return { read: read?.outcome ?? null, value };
  },
  // An IPv6 socket has two of it, and the one for IPv4 is off.
  expect: ({ option, family }) => ({
    read: 'ok',
    value: option === 'IP_MULTICAST_ALL' && family === 'inet6' ? 0 : OPTIONS[option],
  }),
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'Socket options' },
    { source: 'man-ip', where: 'Socket options' },
  ],
});
