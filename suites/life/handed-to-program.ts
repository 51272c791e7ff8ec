import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  outcomeOf,
  outcomesOf,
  prepareSockets,
  restart,
} from '../../src/experiment/index.ts';

/** What a program gets as its descriptor 3, and a shell that answers there. */
const ANSWERS = {
  accepted: 'read -r line <&3 && echo "$line" >&3',
  listener: 'sleep 600',
} as const;

export default experiment({
  title: 'A socket that a program inherits',
  asks: 'A server starts a program that inherits an accepted connection, as under inetd, or its listener, as under systemd, and closes its own descriptors or keeps them: who answers the client, do clients still get connected, and can the server be started again beside the program, and after it?',
  tags: ['life', 'conflict', 'closing'],
  claims: {},
  axes: { inherits: ['accepted', 'listener'], server: ['keeps', 'closes'], family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`, 'program sh'],
  async run({ inherits, server, family }, trial) {
    const name = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    const [parent, client] = [await trial.part('server'), await trial.part('client')];
    const connect = (on: string) => ({ op: 'connect', on, ...name, within: trial.connectPatience }) as const;
    await prepareSockets(parent, [
      ...open('listener', 'tcp', family, 1),
      { op: 'setsockopt', on: 'listener', option: 'SO_REUSEADDR', value: 1 },
      { op: 'bind', on: 'listener', ...name },
      { op: 'listen', on: 'listener' },
    ]);
    await prepareSockets(client, [...open('client', 'tcp', family, 1), connect('client')]);
    await prepareSockets(parent, [{ op: 'accept', on: 'listener', as: 'accepted', within: trial.patience }]);
    // The descriptors share O_NONBLOCK, so that the program must not read before there is something to read.
    await prepareSockets(client, [{ op: 'send', on: 'client', data: 'hello\n' }]);
    await prepareSockets(parent, [{ op: 'poll', on: ['accepted'], within: trial.patience }]);
    const args = ['-c', ANSWERS[inherits]];
    const [started] = await parent.do({ op: 'spawn', as: 'program', command: 'sh', args, inherit: [inherits] });
    if (outcomeOf(started) !== 'ok') return { started: outcomeOf(started) };
    if (server === 'closes') await parent.do({ op: 'close', on: 'accepted' }, { op: 'close', on: 'listener' });
    const [answer] = await client.do({ op: 'recv', on: 'client', within: trial.patience });
    await prepareSockets(client, open('second', 'tcp', family, 1));
    const { second } = await outcomesOf(client, { second: connect('second') });
    const beside = await restart(trial, family, { reuse: true });
    return { started: 'ok' as const, answer: answer?.data ?? outcomeOf(answer), second, beside: beside.restart };
  },
  // The program that has only the connection goes on with it, and leaves the port to whoever sets SO_REUSEADDR.
  expect: ({ inherits, server }) => ({
    started: 'ok',
    answer: inherits === 'accepted' ? 'hello\n' : server === 'keeps' ? 'silence' : 'ECONNRESET',
    second: inherits === 'accepted' && server === 'closes' ? 'ECONNREFUSED' : 'ok',
    beside: inherits === 'accepted' && server === 'closes' ? 'ok' : 'EADDRINUSE',
  }),
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'close, DESCRIPTION' }],
});
