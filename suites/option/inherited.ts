import { addressOf, experiment, FAMILIES, open, prepareSockets } from '../../src/experiment/index.ts';

const OPTIONS = [
  'SO_REUSEADDR',
  'SO_REUSEPORT',
  'SO_KEEPALIVE',
  'SO_BROADCAST',
  'IP_FREEBIND',
  'IP_TRANSPARENT',
  'IP_BIND_ADDRESS_NO_PORT',
  'TCP_NODELAY',
] as const;

export default experiment({
  title: 'Options that an accepted socket has from its listener',
  asks: 'A listener sets this option before listen(), after it, or when a connection is in its queue: has the accepted socket the option?',
  tags: ['option', 'listen'],
  claims: {},
  axes: { option: OPTIONS, when: ['before-listen', 'after-listen', 'connection-queued'], family: FAMILIES },
  only: ({ when, family }) => when === 'after-listen' || family === 'inet',
  needs: ({ option, family }) => [
    `${family} loopback`,
    ...(option === 'IP_TRANSPARENT' ? (['CAP_NET_RAW'] as const) : []),
  ],
  async run({ option, when, family }, trial) {
    const name = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    const [server, client] = [await trial.part('server'), await trial.part('client')];
    const set = { op: 'setsockopt', on: 'listener', option, value: 1 } as const;
    await prepareSockets(server, [...open('listener', 'tcp', family, 1), { op: 'bind', on: 'listener', ...name }]);
    const listen = { op: 'listen', on: 'listener' } as const;
    const [done] = await server.do(...(when === 'before-listen' ? [set, listen] : [listen]));
    const [late] = when === 'after-listen' ? await server.do(set) : [];
    await prepareSockets(client, [
      ...open('client', 'tcp', family, 1),
      { op: 'connect', on: 'client', ...name, within: trial.connectPatience },
    ]);
    const [last] = when === 'connection-queued' ? await server.do(set) : [];
    await prepareSockets(server, [{ op: 'accept', on: 'listener', as: 'child', within: trial.patience }]);
    const [read] = await server.do({ op: 'getsockopt', on: 'child', option });
    return { set: (last ?? late ?? done)?.outcome ?? null, child: read?.value === 0 ? 'off' : 'on' };
  },
  expect: ({ when }) => ({ set: 'ok', child: when === 'connection-queued' ? 'off' : 'on' }),
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'Socket options' }],
});
