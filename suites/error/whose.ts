import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  outcomeOf,
  outcomesOf,
  prepareSockets,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'Whose error it is, where two sockets share a port',
  asks: 'Two UDP sockets share a port; this one sends to a port where no one listens: which of the two gets the error?',
  tags: ['error', 'refusal', 'udp', 'SO_REUSEADDR'],
  claims: {},
  axes: {
    sender: ['connected', 'unconnected'],
    other: ['connected-there', 'connected-elsewhere', 'unconnected'],
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`],
  async run({ sender, other, family }, trial) {
    const address = addressOf(trial.facts, family, 'loopback');
    const closed = { address, port: await trial.anotherPort() };
    const elsewhere = { address, port: await trial.anotherPort() };
    const [first, second, server] = [await trial.part('sender'), await trial.part('other'), await trial.part('server')];
    await prepareSockets(server, [...open('socket', 'udp', family, 1), { op: 'bind', on: 'socket', ...elsewhere }]);
    const option = family === 'inet' ? 'IP_RECVERR' : 'IPV6_RECVERR';
    for (const part of [first, second]) {
      await prepareSockets(part, open('socket', 'udp', family, 1));
      const results = await part.attempt(
        { op: 'setsockopt', on: 'socket', option: 'SO_REUSEADDR', value: 1 },
        { op: 'setsockopt', on: 'socket', option, value: 1 },
        { op: 'bind', on: 'socket', address, port: trial.port },
      );
      const bound = outcomeOf(results.at(-1));
      if (bound !== 'ok') return { bound, sender: null, other: null };
    }
    const connect = (name: typeof closed) => ({ op: 'connect', on: 'socket', ...name }) as const;
    await prepareSockets(first, sender === 'connected' ? [connect(closed)] : []);
    const others = other === 'unconnected' ? [] : [connect(other === 'connected-there' ? closed : elsewhere)];
    await prepareSockets(second, others);
    await prepareSockets(first, [
      { op: 'send', on: 'socket', data: 'x', ...(sender === 'connected' ? {} : { to: closed }) },
    ]);
    const read = { read: { op: 'recv', on: 'socket' } } as const;
    return {
      bound: 'ok' as const,
      sender: (await outcomesOf(first, read)).read,
      other: (await outcomesOf(second, read)).read,
    };
  },
  // The kernel looks for a socket that would get a datagram from there: one that is connected there, else the newest.
  expect: ({ sender, other }) =>
    other === 'connected-there' || (sender === 'unconnected' && other === 'unconnected')
      ? { bound: 'ok', sender: 'silence', other: 'ECONNREFUSED' }
      : { bound: 'ok', sender: 'ECONNREFUSED', other: 'silence' },
  known: 'observed',
  cite: [{ source: 'linux-udp', where: '__udp4_lib_err' }],
});
