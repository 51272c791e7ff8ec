import {
  boundIn,
  chooseFrom,
  experiment,
  FREE_NAMES,
  isSameTraffic,
  PROTOCOLS,
  SHARING,
  SHARING_OPTIONS,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'Whether bind() to port 0 gives a port that is taken',
  asks: 'The range of the system has one port, and another socket holds it on this address: does a second socket with the same options, of the same user or another, get it by bind() to port 0?',
  tags: ['port-zero', 'conflict', 'SO_REUSEADDR', 'SO_REUSEPORT'],
  claims: {},
  axes: {
    first: FREE_NAMES,
    second: FREE_NAMES,
    options: SHARING_OPTIONS,
    user: ['same', 'another'],
    protocol: PROTOCOLS,
  },
  // The user is asked about where it decides, and one option alone where both names are the same.
  only: ({ first, second, options, user }) =>
    first === second
      ? user === 'same' || options !== 'none'
      : user === 'same' && (options === 'none' || options === 'both'),
  needs: ({ user }) => [
    'changeable network',
    'inet loopback',
    'inet6 loopback',
    ...(user === 'another' ? (['second user'] as const) : []),
  ],
  async run({ first, second, options, user, protocol }, trial) {
    const port = await chooseFrom(trial, 1);
    const holder = await boundIn(trial, 'holder', { protocol, name: first, options, port });
    const asking = { protocol, name: second, options, port: 0, otherUser: user === 'another' };
    return { holder, second: await boundIn(trial, 'second', asking) };
  },
  // TCP gives no port away that is taken. UDP gives one away to whoever could bind it by its number.
  expect: ({ first, second, options, user, protocol }) => {
    const shares = protocol === 'udp' && SHARING[options].some((one) => one === 'SO_REUSEADDR' || user === 'same');
    return { holder: 'ok', second: shares || !isSameTraffic(first, second) ? 'ok' : 'EADDRINUSE' };
  },
  known: 'observed',
  cite: [
    { source: 'linux-tcp-bind', where: 'inet_csk_find_open_port' },
    { source: 'linux-udp', where: 'udp_lib_lport_inuse' },
  ],
});
