import { connectionOf, endOf, endRest, experiment, FAMILIES, leaving, restart } from '../../src/experiment/index.ts';

const CHANGES = {
  never: null,
  'listener-after-listen': 'listener',
  'child-after-accept': 'child',
  'child-cleared': 'child',
} as const;

export default experiment({
  title: 'When SO_REUSEADDR has to be set for a restart to work',
  asks: 'A server sets or clears SO_REUSEADDR late, on its listener or on its accepted socket, and closes the connection first: can it be started again with SO_REUSEADDR?',
  tags: ['closing', 'TIME_WAIT', 'SO_REUSEADDR', 'option'],
  claims: {},
  axes: {
    change: ['never', 'listener-after-listen', 'child-after-accept', 'child-cleared'],
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`],
  async run({ change, family }, trial) {
    const on = CHANGES[change];
    const value = change === 'child-cleared' ? 0 : 1;
    await leaving(trial, family, async () => {
      const connection = await connectionOf(trial, family, { reuse: change === 'child-cleared' });
      if (on !== null) await connection.server.do({ op: 'setsockopt', on, option: 'SO_REUSEADDR', value });
      await endOf(trial, connection, 'server', 'close');
      await endRest(connection, 'server', 'close');
    });
    return restart(trial, family, { reuse: true });
  },
  // The socket in TIME_WAIT keeps the option of the accepted one, whatever became of the listener.
  expect: ({ change }) => ({ restart: change === 'child-after-accept' ? 'ok' : 'EADDRINUSE' }),
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_bind_conflict' }],
});
