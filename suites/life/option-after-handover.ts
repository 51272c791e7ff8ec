import {
  boundIn,
  experiment,
  addressOf,
  handOver,
  open,
  outcomeOf,
  outcomesOf,
  prepareSockets,
  PROTOCOLS,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'An option that another holder of the socket sets',
  asks: 'A socket that another process holds too is bound with SO_REUSEPORT at 1, and that process clears it, or it is bound without it and that process sets it: does a second socket with SO_REUSEPORT share the port?',
  tags: ['life', 'option', 'SO_REUSEPORT', 'conflict'],
  claims: {},
  axes: { by: ['SCM_RIGHTS', 'pidfd_getfd'], change: ['none', 'set', 'cleared'], protocol: PROTOCOLS },
  needs: ({ by }) => ['inet loopback', ...(by === 'pidfd_getfd' ? ([by] as const) : [])],
  async run({ by, change, protocol }, trial) {
    const [first, second] = [await trial.part('first'), await trial.part('second')];
    const reuse = (value: number) => ({ op: 'setsockopt', on: 'socket', option: 'SO_REUSEPORT', value }) as const;
    await prepareSockets(first, open('socket', protocol, 'inet', null));
    const results = await first.attempt(reuse(change === 'set' ? 0 : 1), {
      op: 'bind',
      on: 'socket',
      address: addressOf(trial.facts, 'inet', 'loopback'),
      port: trial.port,
    });
    const bound = outcomeOf(results.at(-1));
    if (bound !== 'ok') return { bound, handed: null, value: null, third: null };
    const handed = await handOver(by, { part: first, socket: 'socket' }, { part: second, as: 'socket' });
    if (handed !== 'ok') return { bound, handed, value: null, third: null };
    if (change !== 'none') await outcomesOf(second, { changed: reuse(change === 'set' ? 1 : 0) });
    const [read] = await first.do({ op: 'getsockopt', on: 'socket', option: 'SO_REUSEPORT' });
    const net = { protocol, name: 'inet-loopback', options: 'SO_REUSEPORT', port: trial.port } as const;
    return { bound, handed, value: read?.value === 1 ? 1 : 0, third: await boundIn(trial, 'third', net) };
  },
  // UDP asks both sockets when another is bound. TCP remembers of a port how it was bound, and asks only where that is not enough.
  expect: ({ change, protocol }) => ({
    bound: 'ok',
    handed: 'ok',
    value: change === 'cleared' ? 0 : 1,
    third: change === 'cleared' && protocol === 'udp' ? 'EADDRINUSE' : 'ok',
  }),
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'SO_REUSEPORT' }],
});
