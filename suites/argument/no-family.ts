import { addressOf, experiment, FAMILIES, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A name of no family',
  asks: 'bind() gets an IPv4 name whose family is AF_UNSPEC, with the length of an IPv4 or an IPv6 name: is it taken for a name?',
  tags: ['argument'],
  claims: {},
  axes: { address: ['wildcard', 'loopback'], length: ['16', '28'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ address }) => [`inet ${address}`],
  async run({ address, length, protocol, family }, trial) {
    const part = await trial.part('server');
    await part.attempt(...open('socket', protocol, family, 1));
    const name = { address: addressOf(trial.facts, 'inet', address), port: trial.port };
    const form = { family: 'unspecified', length: Number(length) } as const;
    return outcomesOf(part, { bound: { op: 'bind', on: 'socket', ...name, form } });
  },
  // For the sake of old programs, AF_UNSPEC with the wildcard is taken for IPv4.
  expect: ({ address, length, family }) => ({
    bound:
      family === 'inet'
        ? address === 'wildcard'
          ? 'ok'
          : 'EAFNOSUPPORT'
        : length === '16'
          ? 'EINVAL'
          : 'EAFNOSUPPORT',
  }),
  known: 'observed',
  cite: [{ source: 'man-bind', where: 'ERRORS, EAFNOSUPPORT' }],
});
