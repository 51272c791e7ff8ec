import { addressOf, experiment, FAMILIES, open, prepareSockets, restart } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A listener that is closed with connections in its queue',
  asks: 'Clients have connected and no one has accepted them when the listener is closed or its process is killed: what do the clients read, and can the server be started again at once?',
  tags: ['closing', 'listen', 'conflict'],
  claims: {},
  axes: {
    ending: ['close', 'shutdown', 'killed'],
    sent: ['nothing', 'data'],
    reuse: ['none', 'both'],
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`],
  async run({ ending, sent, reuse, family }, trial) {
    const name = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    const server = await trial.part('server');
    await prepareSockets(server, [
      ...open('listener', 'tcp', family, 1),
      { op: 'setsockopt', on: 'listener', option: 'SO_REUSEADDR', value: reuse === 'both' ? 1 : 0 },
      { op: 'bind', on: 'listener', ...name },
      { op: 'listen', on: 'listener' },
    ]);
    const client = await trial.part('client');
    for (const socket of ['first', 'second']) {
      await prepareSockets(client, [
        ...open(socket, 'tcp', family, 1),
        { op: 'connect', on: socket, ...name, within: trial.connectPatience },
        ...(sent === 'data' ? [{ op: 'send', on: socket, data: 'x' } as const] : []),
      ]);
    }
    if (ending === 'killed') await server.kill();
    else if (ending === 'close') await server.do({ op: 'close', on: 'listener' });
    else await server.do({ op: 'shutdown', on: 'listener', how: 'both' }, { op: 'close', on: 'listener' });
    const read = await client.do(
      { op: 'recv', on: 'first', within: trial.patience },
      { op: 'recv', on: 'second', within: trial.patience },
    );
    const started = await restart(trial, family, { reuse: reuse === 'both' });
    return { read: read.map(({ outcome }) => outcome), ...started };
  },
  expect: { read: ['ECONNRESET', 'ECONNRESET'], restart: 'ok' },
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_listen_stop' }],
});
