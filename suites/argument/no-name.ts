import { addressOf, experiment, FAMILIES, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A null pointer in place of a name',
  asks: 'bind() or connect() gets the null pointer with the length of a name, or with length 0: what does it return?',
  tags: ['argument'],
  claims: {},
  axes: { call: ['bind', 'connect'], length: ['of-a-name', '0'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ call, length, family }) => [
    `${family} loopback`,
    ...(call === 'connect' && length === 'of-a-name' ? (['null name in connect()'] as const) : []),
  ],
  async run({ call, length, protocol, family }, trial) {
    const part = await trial.part('client');
    await part.attempt(...open('socket', protocol, family, 1));
    const form = { nowhere: true, ...(length === '0' ? { length: 0 } : {}) } as const;
    const name = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    return outcomesOf(part, { called: { op: call, on: 'socket', ...name, form } });
  },
  expect: ({ length }) => ({ called: length === '0' ? 'EINVAL' : 'EFAULT' }),
  known: 'observed',
  cite: [{ source: 'man-bind', where: 'ERRORS, EFAULT' }],
});
