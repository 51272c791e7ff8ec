import {
  experiment,
  FAMILIES,
  handOver,
  open,
  outcomeOf,
  prepareSockets,
  PROTOCOLS,
  addressOf,
} from '../../src/experiment/index.ts';

const HOLDERS = ['dup', 'SCM_RIGHTS', 'pidfd_getfd', 'child-process'] as const;
const ENDINGS = ['close', 'shutdown', 'killed'] as const;

export default experiment({
  title: 'A socket that another descriptor or process holds too',
  asks: 'A server is held by a second descriptor or by another process, and its first holder closes it, shuts it down or is killed: is the port still taken, and until the second holder closes it?',
  tags: ['life', 'conflict'],
  claims: {},
  axes: { holder: HOLDERS, ending: ENDINGS, protocol: PROTOCOLS, family: FAMILIES },
  only: ({ holder, ending }) => ending !== 'killed' || (holder !== 'dup' && holder !== 'child-process'),
  needs: ({ holder, family }) => [
    `${family} loopback`,
    ...(holder === 'child-process' ? (['program sleep'] as const) : []),
    ...(holder === 'pidfd_getfd' ? ([holder] as const) : []),
  ],
  async run({ holder, ending, protocol, family }, trial) {
    const name = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    const server = await trial.part('server');
    const second = await trial.part('second holder');
    await prepareSockets(server, [
      ...open('socket', protocol, family, 1),
      { op: 'bind', on: 'socket', ...name },
      ...(protocol === 'tcp' ? [{ op: 'listen', on: 'socket' } as const] : []),
    ]);
    const held =
      holder === 'dup'
        ? outcomeOf((await server.do({ op: 'dup', on: 'socket', as: 'copy' }))[0])
        : holder === 'child-process'
          ? outcomeOf(
              (await server.do({ op: 'spawn', as: 'child', command: 'sleep', args: ['600'], inherit: ['socket'] }))[0],
            )
          : await handOver(holder, { part: server, socket: 'socket' }, { part: second, as: 'copy' });
    if (held !== 'ok') return { held, beside: null, after: null };
    const other = await trial.part('other');
    const bind = async () => {
      const socket = other.fresh('socket');
      const results = await other.attempt(
        ...open(socket, protocol, family, 1),
        { op: 'bind', on: socket, ...name },
        { op: 'close', on: socket },
      );
      return outcomeOf(results.at(-1));
    };
    if (ending === 'killed') await server.kill();
    else if (ending === 'close') await server.do({ op: 'close', on: 'socket' });
    else await server.do({ op: 'shutdown', on: 'socket', how: 'both' }, { op: 'close', on: 'socket' });
    const beside = await bind();
    if (holder === 'dup') await server.do({ op: 'close', on: 'copy' });
    else if (holder !== 'child-process') await second.do({ op: 'close', on: 'copy' });
    else await server.do({ op: 'kill', on: 'child' });
    // A process that is killed takes a moment to end.
    await prepareSockets(other, open('pause', 'udp', family, 1));
    let after = await bind();
    const most = holder === 'child-process' ? 50 : 0;
    for (let tries = 0; after === 'EADDRINUSE' && tries < most; tries += 1) {
      await other.do({ op: 'recv', on: 'pause', within: 20 });
      after = await bind();
    }
    return { held, beside, after };
  },
  expect: { held: 'ok', beside: 'EADDRINUSE', after: 'ok' },
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'close, DESCRIPTION' }],
});
