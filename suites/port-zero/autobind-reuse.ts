import { boundIn, chooseFrom, experiment, SHARING_OPTIONS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'ip_autobind_reuse',
  asks: 'With net.ipv4.ip_autobind_reuse at 0 or 1, a TCP socket with these options holds the only port of the range, bound or listening: does bind() to port 0 give it to another with the same options, of the same user or another?',
  tags: ['port-zero', 'conflict', 'SO_REUSEADDR', 'SO_REUSEPORT'],
  claims: {},
  axes: {
    setting: ['0', '1'],
    options: SHARING_OPTIONS,
    state: ['bound', 'listening'],
    user: ['same', 'another'],
    name: ['inet-loopback', 'inet6-loopback'],
  },
  only: ({ setting, name }) => setting === '1' || name === 'inet-loopback',
  needs: ({ user }) => [
    'changeable network',
    'inet loopback',
    'inet6 loopback',
    ...(user === 'another' ? (['second user'] as const) : []),
  ],
  async run({ setting, options, state, user, name }, trial) {
    await trial.network().set('net.ipv4.ip_autobind_reuse', Number(setting));
    const port = await chooseFrom(trial, 1);
    const net = { protocol: 'tcp', name, options } as const;
    const holder = await boundIn(trial, 'holder', { ...net, port, listens: state === 'listening' });
    return { holder, second: await boundIn(trial, 'second', { ...net, port: 0, otherUser: user === 'another' }) };
  },
  // With the setting, SO_REUSEADDR alone is enough. With SO_REUSEPORT too, a user gets no second socket on a port by chance.
  expect: ({ setting, options, state, user }) => {
    const shares = options === 'SO_REUSEADDR' || (options === 'both' && user === 'another');
    return { holder: 'ok', second: setting === '1' && state === 'bound' && shares ? 'ok' : 'EADDRINUSE' };
  },
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'ip_autobind_reuse' }],
});
