import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  outcomeOf,
  prepareSockets,
  restart,
} from '../../src/experiment/index.ts';

/** The least that Linux gives, so that a few packets fill both buffers. */
const SMALL = 1;
const PIECE = 'x'.repeat(1024);
const MOST = 200;

export default experiment({
  title: 'A server that ends before its data is delivered',
  asks: 'A client does not read, so that its server can send no more, and the server closes the connection, resets it or is killed; can it be started again at once, and what does the client read then?',
  tags: ['closing', 'FIN_WAIT1', 'conflict', 'kill'],
  claims: {},
  axes: { how: ['close', 'reset', 'killed'], reuse: ['none', 'new', 'both'], family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  async run({ how, reuse, family }, trial) {
    const name = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    const [server, client] = [await trial.part('server'), await trial.part('client')];
    await prepareSockets(server, [
      ...open('listener', 'tcp', family, 1),
      { op: 'setsockopt', on: 'listener', option: 'SO_REUSEADDR', value: reuse === 'both' ? 1 : 0 },
      { op: 'setsockopt', on: 'listener', option: 'SO_SNDBUF', value: SMALL },
      { op: 'bind', on: 'listener', ...name },
      { op: 'listen', on: 'listener' },
    ]);
    await prepareSockets(client, [
      ...open('client', 'tcp', family, 1),
      { op: 'setsockopt', on: 'client', option: 'SO_RCVBUF', value: SMALL },
      { op: 'connect', on: 'client', ...name, within: trial.connectPatience },
    ]);
    await prepareSockets(server, [{ op: 'accept', on: 'listener', as: 'child', within: trial.patience }]);
    let sent = 0;
    let last = 'ok';
    for (let tries = 0; last === 'ok' && tries < MOST; tries += 1) {
      const [result] = await server.do({ op: 'send', on: 'child', data: PIECE });
      last = outcomeOf(result);
      sent += result?.bytes ?? 0;
    }
    if (how === 'killed') await server.kill();
    else {
      await server.do(
        { op: 'close', on: 'child', ...(how === 'reset' ? { reset: true } : {}) },
        { op: 'close', on: 'listener' },
      );
    }
    const started = await restart(trial, family, { reuse: reuse !== 'none', settles: false });
    let read = 0;
    let end = 'ok';
    for (let tries = 0; end === 'ok' && tries < MOST; tries += 1) {
      const [result] = await client.do({ op: 'recv', on: 'client', within: trial.patience });
      end = outcomeOf(result);
      read += result?.bytes ?? 0;
    }
    return { full: last, restart: started.restart, read: read === sent ? 'all' : 'less', end };
  },
  // No one holds the connection any more, but it lasts until the client has taken what was sent.
  expect: ({ how, reuse }) => ({
    full: 'EAGAIN',
    restart: how === 'reset' || reuse === 'both' ? 'ok' : 'EADDRINUSE',
    ...(how === 'reset' ? { end: 'ECONNRESET' } : { read: 'all', end: 'eof' }),
  }),
  known: 'observed',
  cite: [{ source: 'rfc9293', where: '3.6' }],
});
