import { boundOn, experiment, FAMILIES, PROTOCOLS } from '../../src/experiment/index.ts';

/** An address that the machine does not have until the cell gives it one. */
const MOVING = { inet: '192.0.2.7', inet6: '2001:db8::7' } as const;
const LENGTH = { inet: '192.0.2.7/32', inet6: '2001:db8::7/128' } as const;

export default experiment({
  title: 'An address that comes and goes',
  asks: 'A server is bound to an address before the machine has it, with it, and after it is taken away, with IP_FREEBIND or without it: when does bind() work, and when is the server reached?',
  tags: ['motion', 'option', 'reach'],
  claims: {},
  axes: { option: ['none', 'freebind'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ option, protocol, family }, trial) {
    const network = trial.network();
    const net = { protocol, family, address: MOVING[family], freebind: option === 'freebind' };
    const before = await boundOn(trial, 'before', net);
    await network.addAddress('lo', LENGTH[family]);
    const there = await boundOn(trial, 'there', { ...net, port: await trial.anotherPort() });
    const reached = await there.ask();
    const early = await before.ask();
    await network.removeAddress('lo', LENGTH[family]);
    const after = await boundOn(trial, 'after', { ...net, port: await trial.anotherPort() });
    const gone = await there.ask();
    await network.addAddress('lo', LENGTH[family]);
    const back = await there.ask();
    return { before: before.outcome, early, there: there.outcome, reached, after: after.outcome, gone, back };
  },
  expect: ({ option }) => {
    const without = option === 'freebind' ? 'ok' : 'EADDRNOTAVAIL';
    return {
      before: without,
      early: without,
      there: 'ok',
      reached: 'ok',
      after: without,
      // The server hears of no error. Its clients have no route, until the address is back.
      gone: 'ENETUNREACH',
      back: 'ok',
    };
  },
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'IP_FREEBIND' }],
});
