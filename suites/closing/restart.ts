import {
  connectionOf,
  ENDINGS,
  endOf,
  endRest,
  experiment,
  FAMILIES,
  leaving,
  restart,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'A restart after a connection has ended',
  asks: 'One side ends a connection in this way, then the other closes it and the server closes its listener: can the server be started again at once, by the same user or another, with SO_REUSEADDR or without it?',
  tags: ['closing', 'TIME_WAIT', 'SO_REUSEADDR', 'conflict'],
  claims: {},
  axes: {
    first: ['server', 'client'],
    ending: ENDINGS,
    reuse: ['none', 'new', 'both'],
    user: ['same', 'another'],
    family: FAMILIES,
  },
  only: ({ reuse, user }) => user === 'same' || reuse === 'both',
  needs: ({ user, family }) => [`${family} loopback`, ...(user === 'another' ? (['second user'] as const) : [])],
  async run({ first, ending, reuse, user, family }, trial) {
    const scene = async () => {
      const connection = await connectionOf(trial, family, { reuse: reuse === 'both' });
      const seen = await endOf(trial, connection, first, ending);
      await endRest(connection, first, ending);
      return seen;
    };
    // A killed process makes no second connection, and the other ends leave nothing on the server's port.
    const leaves = first === 'server' && (ending === 'close' || ending === 'shutdown');
    const seen = await (leaves ? leaving(trial, family, scene) : scene());
    return { seen, ...(await restart(trial, family, { reuse: reuse !== 'none', otherUser: user === 'another' })) };
  },
  expect: ({ first, ending, reuse }) => ({
    seen: ending === 'reset' ? 'ECONNRESET' : 'eof',
    restart: first === 'client' || ending === 'reset' || reuse === 'both' ? 'ok' : 'EADDRINUSE',
  }),
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'SO_REUSEADDR' }],
});
