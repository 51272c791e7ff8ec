import {
  addressOf,
  chooseFrom,
  experiment,
  FAMILIES,
  nameSeen,
  open,
  outcomesOf,
  peerOn,
  PROTOCOLS,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'A port that is chosen no earlier than connect()',
  asks: 'The range of the system has one port. Two clients bind loopback and port 0, with IP_BIND_ADDRESS_NO_PORT or without it, and connect to two servers: which calls work, and when does the first have its port?',
  tags: ['port-zero', 'connect', 'IP_BIND_ADDRESS_NO_PORT', 'names'],
  claims: {},
  axes: { option: ['none', 'IP_BIND_ADDRESS_NO_PORT'], to: ['same', 'another'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ option, to, protocol, family }, trial) {
    const net = { protocol, family };
    const address = addressOf(trial.facts, family, 'loopback');
    const peers = { same: trial.port, another: await trial.anotherPort() };
    const peer = await trial.part('peer');
    for (const port of Object.values(peers)) await peerOn(peer, net, { address, port });
    await chooseFrom(trial, 1);
    const value = option === 'none' ? 0 : 1;
    const bind = async (name: 'first' | 'second') => {
      const part = await trial.part(name);
      await part.attempt(...open('socket', protocol, family, 1), {
        op: 'setsockopt',
        on: 'socket',
        option: 'IP_BIND_ADDRESS_NO_PORT',
        value,
      });
      const { bound } = await outcomesOf(part, { bound: { op: 'bind', on: 'socket', address, port: 0 } });
      return { part, bound, name: await nameSeen(trial, { part, socket: 'socket' }) };
    };
    const connect = async (part: Awaited<ReturnType<typeof bind>>['part'], port: number) => {
      const call = { op: 'connect', on: 'socket', address, port, within: trial.connectPatience } as const;
      return (await outcomesOf(part, { connected: call })).connected;
    };
    const first = await bind('first');
    const connected = await connect(first.part, peers.same);
    const second = await bind('second');
    return {
      first: first.bound,
      name: first.name,
      connected,
      second: second.bound,
      secondConnected: await connect(second.part, peers[to]),
    };
  },
  expect: ({ option, to, protocol }) =>
    option === 'none'
      ? { first: 'ok', name: 'loopback port another', connected: 'ok', second: 'EADDRINUSE' }
      : {
          first: 'ok',
          name: 'loopback port none',
          connected: 'ok',
          second: 'ok',
          secondConnected: protocol === 'tcp' ? (to === 'same' ? 'EADDRNOTAVAIL' : 'ok') : 'EAGAIN',
        },
  known: 'observed',
  cite: [{ source: 'man-ip', where: 'IP_BIND_ADDRESS_NO_PORT (since Linux 4.2)' }],
});
