import { boundOn, experiment, FAMILIES, PROTOCOLS } from '../../src/experiment/index.ts';

const ADDRESS = { inet: '192.0.2.11', inet6: '2001:db8::11' } as const;
const PREFIX = { inet: '192.0.2.11/24', inet6: '2001:db8::11/64' } as const;

export default experiment({
  title: 'An interface that is down',
  asks: 'A server is bound to an address of an interface before it is taken down, while it is down, or after it is up again: does bind() work, and is the server reached from the same machine at each of these moments?',
  tags: ['motion', 'reach'],
  claims: {},
  axes: { option: ['none', 'freebind'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ option, protocol, family }, trial) {
    const network = trial.network();
    await network.addInterface('down0');
    await network.addAddress('down0', PREFIX[family]);
    const net = { protocol, family, address: ADDRESS[family], freebind: option === 'freebind' };
    const up = await boundOn(trial, 'while it is up', net);
    const reached = await up.ask();
    await network.setLink('down0', 'down');
    const down = await boundOn(trial, 'while it is down', { ...net, port: await trial.anotherPort() });
    const whileDown = { early: await up.ask(), own: await down.ask() };
    await network.setLink('down0', 'up');
    const again = await boundOn(trial, 'when it is up again', { ...net, port: await trial.anotherPort() });
    return {
      up: up.outcome,
      reached,
      down: down.outcome,
      whileDown,
      again: again.outcome,
      whenUp: { early: await up.ask(), down: await down.ask(), again: await again.ask() },
    };
  },
  // The address of IPv4 stays, and that of IPv6 is gone for good.
  expect: ({ option, family }) => {
    const whenGone = family === 'inet' || option === 'freebind' ? 'ok' : 'EADDRNOTAVAIL';
    const early = family === 'inet' ? 'ok' : 'ENETUNREACH';
    const late = whenGone === 'ok' ? early : whenGone;
    return {
      up: 'ok',
      reached: 'ok',
      down: whenGone,
      whileDown: { early, own: late },
      again: whenGone,
      whenUp: { early, down: late, again: late },
    };
  },
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'keep_addr_on_down' }],
});
