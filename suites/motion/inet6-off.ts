import { addressOf, experiment, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'IPv6 that is switched off on loopback',
  asks: 'net.ipv6.conf.lo.disable_ipv6 is set to 1 before a socket is bound to this address or after that: does bind() work, and connect() to ::1 at the end?',
  tags: ['motion', 'inet6', 'loopback'],
  claims: {},
  axes: { name: ['wildcard', 'loopback'], off: ['never', 'before', 'after'], protocol: PROTOCOLS },
  needs: () => ['changeable network', 'inet6 loopback'],
  async run({ name, off, protocol }, trial) {
    const [server, client] = [await trial.part('server'), await trial.part('client')];
    const network = trial.network();
    const switchOff = () => network.set('net.ipv6.conf.lo.disable_ipv6', 1);
    if (off === 'before') await switchOff();
    await server.attempt(...open('socket', protocol, 'inet6', 1));
    const { bound } = await outcomesOf(server, {
      bound: { op: 'bind', on: 'socket', address: addressOf(trial.facts, 'inet6', name), port: trial.port },
    });
    if (protocol === 'tcp') await server.do({ op: 'listen', on: 'socket' });
    if (off === 'after') await switchOff();
    await client.attempt(...open('socket', protocol, 'inet6', 1));
    const to = { address: '::1', port: trial.port, within: trial.connectPatience };
    return { bound, ...(await outcomesOf(client, { connected: { op: 'connect', on: 'socket', ...to } })) };
  },
  // The wildcard does not belong to an interface, so it can be bound all the same.
  expect: ({ name, off }) => ({
    bound: off === 'before' && name === 'loopback' ? 'EADDRNOTAVAIL' : 'ok',
    connected: off === 'never' ? 'ok' : 'ENETUNREACH',
  }),
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'disable_ipv6' }],
});
