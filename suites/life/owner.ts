import {
  boundIn,
  experiment,
  addressOf,
  handOver,
  open,
  prepareSockets,
  PROTOCOLS,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'Whose socket it is after a hand-over',
  asks: 'One user makes a socket with SO_REUSEPORT and hands it to a process of another user, which binds it: which user can bind a second socket with SO_REUSEPORT?',
  tags: ['life', 'SO_REUSEPORT', 'conflict', 'user'],
  claims: {},
  axes: { maker: ['harness', 'other'], second: ['harness', 'other'], protocol: PROTOCOLS },
  needs: () => ['inet loopback', 'second user'],
  async run({ maker, second, protocol }, trial) {
    const part = await trial.part('maker', { otherUser: maker === 'other' });
    const taker = await trial.part('taker', { otherUser: maker !== 'other' });
    await prepareSockets(part, [
      ...open('socket', protocol, 'inet', null),
      { op: 'setsockopt', on: 'socket', option: 'SO_REUSEPORT', value: 1 },
    ]);
    const handed = await handOver('SCM_RIGHTS', { part, socket: 'socket' }, { part: taker, as: 'socket' });
    if (handed !== 'ok') return { handed, second: null };
    const address = addressOf(trial.facts, 'inet', 'loopback');
    await taker.do({ op: 'bind', on: 'socket', address, port: trial.port });
    const net = { protocol, name: 'inet-loopback', options: 'SO_REUSEPORT', port: trial.port } as const;
    return { handed, second: await boundIn(trial, 'second', { ...net, otherUser: second === 'other' }) };
  },
  // A socket belongs to the user who made it, whoever binds it.
  expect: ({ maker, second }) => ({ handed: 'ok', second: maker === second ? 'ok' : 'EADDRINUSE' }),
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_bind_conflict, sk_uid' }],
});
