import { experiment } from '../../src/experiment/experiment.ts';
import { FAMILIES, pairUp, PROTOCOLS } from '../../src/experiment/scenes.ts';

export default experiment({
  title: 'The same address and port with SO_REUSEADDR or SO_REUSEPORT',
  asks: 'Two processes of one user bind and serve on the same address and port, and the first, the second or both set an option that speaks of reuse: what does the second get, and from which call?',
  tags: ['conflict', 'options'],
  claims: {
    'port-reserved': ({ option, set }) =>
      set === 'both'
        ? { says: { second: { not: 'ok' } }, when: `both set ${option}` }
        : { says: { second: { not: 'ok' } } },
  },
  axes: {
    option: ['SO_REUSEADDR', 'SO_REUSEPORT'],
    set: ['first', 'second', 'both'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`],
  run({ option, set, ...net }, trial) {
    const member = (which: 'first' | 'second') =>
      ({ on: 'loopback', options: set === which || set === 'both' ? [option] : [] }) as const;
    return pairUp(trial, net, member('first'), member('second'));
  },
  expect: ({ option, set, protocol }) => {
    if (set !== 'both') return { first: 'ok', second: 'EADDRINUSE', call: 'bind' };
    if (option === 'SO_REUSEPORT') return { first: 'ok', second: 'ok', call: protocol === 'udp' ? 'bind' : 'listen' };
    // Linux lets UDP sockets share that way, but no TCP socket shares with one that listens.
    return protocol === 'udp'
      ? { first: 'ok', second: 'ok', call: 'bind' }
      : { first: 'ok', second: 'EADDRINUSE', call: 'bind' };
  },
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'SO_REUSEADDR, SO_REUSEPORT' },
    { source: 'linux-tcp-bind', where: 'inet_bind_conflict' },
    { source: 'linux-udp', where: 'udp_lib_lport_inuse' },
  ],
  differs: [
    {
      on: ['darwin', 'freebsd', 'openbsd', 'netbsd'],
      where: ({ option, set, protocol }) => option === 'SO_REUSEADDR' && set === 'both' && protocol === 'udp',
      expect: { second: 'EADDRINUSE' },
      because:
        'On the BSDs and macOS SO_REUSEADDR never lets two sockets hold the identical unicast address; that takes SO_REUSEPORT on both.',
      known: 'source',
      cite: [
        { source: 'xnu-in-pcb', where: 'in_pcbbind' },
        { source: 'freebsd-in-pcb', where: 'in_pcbbind_avail' },
        { source: 'openbsd-in-pcb', where: 'in_pcbaddrisavail' },
      ],
    },
    {
      on: ['windows'],
      where: ({ option, set }) => option === 'SO_REUSEADDR' && set === 'both',
      expect: { second: 'ok' },
      because:
        'On Windows SO_REUSEADDR on both lets two sockets hold one address; which of them receives is undefined.',
      known: 'vendor',
      cite: [{ source: 'ms-exclusive', where: 'table of bind behavior, same user account' }],
    },
    {
      on: ['windows'],
      where: ({ option, set }) => option === 'SO_REUSEADDR' && set === 'second',
      expect: { second: 'WSAEACCES' },
      because: 'On Windows a socket that asks to share an address whose holder does not is denied access.',
      known: 'vendor',
      cite: [{ source: 'ms-exclusive', where: 'table of bind behavior, same user account' }],
    },
  ],
});
