import { experiment, outcomeOf, type Operation } from '../../src/experiment/index.ts';

const NAME = { address: '127.0.0.1', port: 9 } as const;
const CALLS = {
  bind: { op: 'bind', on: 'it', ...NAME },
  listen: { op: 'listen', on: 'it' },
  connect: { op: 'connect', on: 'it', ...NAME },
  accept: { op: 'accept', on: 'it', as: 'child' },
  send: { op: 'send', on: 'it', data: 'x' },
  sendto: { op: 'send', on: 'it', data: 'x', to: NAME },
  recv: { op: 'recv', on: 'it' },
  getsockname: { op: 'getsockname', on: 'it' },
  getpeername: { op: 'getpeername', on: 'it' },
  setsockopt: { op: 'setsockopt', on: 'it', option: 'SO_REUSEADDR', value: 1 },
  getsockopt: { op: 'getsockopt', on: 'it', option: 'SO_REUSEADDR' },
  shutdown: { op: 'shutdown', on: 'it', how: 'both' },
} as const satisfies Record<string, Operation>;

export default experiment({
  title: 'Calls on something else than a socket',
  asks: 'A call of sockets gets the descriptor of a file, or a number that no descriptor has: what does it return?',
  tags: ['argument'],
  claims: {},
  axes: { call: Object.keys(CALLS) as (keyof typeof CALLS)[], on: ['file', 'nothing'] },
  async run({ call, on }, trial) {
    const part = await trial.part('client');
    const [made, called] = await part.attempt({ op: 'stand-in', as: 'it', of: on }, CALLS[call]);
    return { made: outcomeOf(made), called: called === undefined ? null : outcomeOf(called) };
  },
  expect: ({ on }) => ({ made: 'ok', called: on === 'file' ? 'ENOTSOCK' : 'EBADF' }),
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'ERRORS, EBADF and ENOTSOCK' }],
});
