import {
  addressOf,
  experiment,
  FAMILIES,
  open,
  outcomesOf,
  PROTOCOLS,
  type Operation,
} from '../../src/experiment/index.ts';

const SO_REUSEADDR = 'SO_REUSEADDR';
const SO_EXCLUSIVEADDRUSE = 'SO_EXCLUSIVEADDRUSE';

export default experiment({
  title: 'SO_REUSEADDR and SO_EXCLUSIVEADDRUSE on one socket',
  asks: 'A socket sets one of SO_REUSEADDR and SO_EXCLUSIVEADDRUSE, clears it again or not, and sets the other: does setsockopt() work, and bind() after it?',
  tags: ['option', 'SO_REUSEADDR', 'SO_EXCLUSIVEADDRUSE'],
  claims: {},
  axes: {
    first: [SO_REUSEADDR, SO_EXCLUSIVEADDRUSE],
    cleared: ['no', 'yes'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`],
  async run({ first, cleared, protocol, family }, trial) {
    const part = await trial.part('server');
    await part.attempt(...open('socket', protocol, family, 1));
    const set = (option: typeof first, value: number): Operation => ({ op: 'setsockopt', on: 'socket', option, value });
    const second = first === SO_REUSEADDR ? SO_EXCLUSIVEADDRUSE : SO_REUSEADDR;
    return outcomesOf(part, {
      first: set(first, 1),
      again: set(first, cleared === 'yes' ? 0 : 1),
      second: set(second, 1),
      bound: { op: 'bind', on: 'socket', address: addressOf(trial.facts, family, 'loopback'), port: trial.port },
    });
  },
  expect: ({ first }) => ({
    first: first === SO_REUSEADDR ? 'ok' : 'not available here',
    second: first === SO_REUSEADDR ? 'not available here' : 'ok',
    bound: 'ok',
  }),
  known: 'observed',
  cite: [{ source: 'ms-exclusive', where: 'Remarks' }],
});
