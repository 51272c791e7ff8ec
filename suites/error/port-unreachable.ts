import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  type Operation,
  type Outcome,
  outcomeOf,
  outcomesOf,
  prepareSockets,
} from '../../src/experiment/index.ts';

/** What a call says of an error: its outcome, or for SO_ERROR whether it read one. */
type Called = Outcome | 'an error' | 'no error';

const READERS = ['send', 'recv', 'SO_ERROR', 'poll'] as const;

export default experiment({
  title: 'Which call returns the error of a closed port, and how often',
  asks: 'A UDP socket, connected or not, sends to a loopback port where no one listens, and this call is made twice, then recv(): which call returns the error?',
  tags: ['error', 'refusal', 'udp', 'loopback'],
  claims: {},
  axes: { socket: ['connected', 'unconnected'], by: READERS, family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  async run({ socket, by, family }, trial): Promise<{ calls: Called[]; last: Outcome }> {
    const to = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    const part = await trial.part('client');
    await prepareSockets(part, [
      ...open('socket', 'udp', family, 1),
      ...(socket === 'connected' ? [{ op: 'connect', on: 'socket', ...to } as const] : []),
      { op: 'send', on: 'socket', data: 'x', ...(socket === 'connected' ? {} : { to }) },
    ]);
    if (by === 'SO_ERROR') {
      const read = { op: 'getsockopt', on: 'socket', option: 'SO_ERROR' } as const;
      const results = await part.do(read, read, { op: 'recv', on: 'socket' });
      return {
        calls: results.slice(0, 2).map(({ value }): Called => (value === 0 ? 'no error' : 'an error')),
        last: outcomeOf(results[2]),
      };
    }
    const call: Operation =
      by === 'send'
        ? { op: 'send', on: 'socket', data: 'x', ...(socket === 'connected' ? {} : { to }) }
        : by === 'poll'
          ? { op: 'poll', on: ['socket'], within: 0 }
          : { op: 'recv', on: 'socket' };
    const { first, second, last } = await outcomesOf(part, {
      first: call,
      second: call,
      last: { op: 'recv', on: 'socket' },
    });
    return { calls: [first, second], last };
  },
  // The error is kept until one call returns it. An unconnected socket gets none, because it could not say whose it is.
  expect: ({ socket, by }) => {
    const none = { send: 'ok', recv: 'silence', poll: 'silence', SO_ERROR: 'no error' } as const;
    if (socket === 'unconnected') return { calls: [none[by], none[by]], last: 'silence' };
    if (by === 'poll') return { calls: ['ok', 'ok'], last: 'ECONNREFUSED' };
    if (by === 'SO_ERROR') return { calls: ['an error', none[by]], last: 'silence' };
    // The second send() works, and its error is there again.
    return { calls: ['ECONNREFUSED', none[by]], last: by === 'send' ? 'ECONNREFUSED' : 'silence' };
  },
  known: 'observed',
  cite: [{ source: 'man-udp', where: 'Error handling' }],
});
