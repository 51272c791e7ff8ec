import { connectionOf, experiment, FAMILIES, restart } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A restart beside a connection that is still there',
  asks: 'A server has closed its listener while its connection is in this state: can the server be started again on this address, by the same user or another, with SO_REUSEADDR or without it?',
  tags: ['closing', 'SO_REUSEADDR', 'conflict'],
  claims: {},
  axes: {
    state: ['established', 'close-wait', 'fin-wait-2', 'last-ack'],
    on: ['loopback', 'wildcard', 'external'],
    reuse: ['none', 'new', 'both'],
    user: ['same', 'another'],
    family: FAMILIES,
  },
  // Who starts it is asked about where that could decide.
  only: ({ on, reuse, user }) => user === 'same' || (on === 'loopback' && reuse === 'both'),
  needs: ({ on, user, family }) => [
    `${family} loopback`,
    `${family} ${on}`,
    ...(user === 'another' ? (['second user'] as const) : []),
  ],
  async run({ state, on, reuse, user, family }, trial) {
    const { server, client } = await connectionOf(trial, family, { reuse: reuse === 'both' });
    const end = state === 'close-wait' || state === 'last-ack' ? client : server;
    const socket = end === client ? 'client' : 'child';
    if (state !== 'established') await end.do({ op: 'shutdown', on: socket, how: 'write' });
    const other = end === client ? server : client;
    const theirs = end === client ? 'child' : 'client';
    if (state !== 'established') await other.do({ op: 'recv', on: theirs, within: trial.patience });
    if (state === 'last-ack') await server.do({ op: 'close', on: 'child' });
    await server.do({ op: 'close', on: 'listener' });
    return restart(trial, family, { on, reuse: reuse !== 'none', otherUser: user === 'another' });
  },
  expect: ({ state, on, reuse }) => ({
    restart: on === 'external' || reuse === 'both' || state === 'last-ack' ? 'ok' : 'EADDRINUSE',
  }),
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'SO_REUSEADDR' }],
});
