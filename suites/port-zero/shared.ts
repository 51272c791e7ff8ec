import {
  addressOf,
  chooseFrom,
  experiment,
  FAMILIES,
  open,
  outcomesOf,
  peerOn,
  PROTOCOLS,
  type Operation,
} from '../../src/experiment/index.ts';

const HOLDERS = ['connected', 'bound', 'bound-SO_REUSEADDR', 'bound-elsewhere', 'listening'] as const;

export default experiment({
  title: 'One port for several connections',
  asks: 'The range of the system has one port, and a socket of another process holds it in this way: can an unbound client connect to the same server, or to another, from that port?',
  tags: ['port-zero', 'connect', 'SO_REUSEADDR'],
  claims: {},
  axes: { holder: HOLDERS, to: ['same', 'another-port', 'another-address'], protocol: PROTOCOLS, family: FAMILIES },
  only: ({ holder, protocol, family }) => protocol === 'tcp' || (family === 'inet' && holder !== 'listening'),
  needs: ({ family }) => ['changeable network', `${family} loopback`, `${family} external`],
  async run({ holder, to, protocol, family }, trial) {
    const net = { protocol, family };
    const loopback = addressOf(trial.facts, family, 'loopback');
    const external = addressOf(trial.facts, family, 'external');
    const peers = {
      same: { address: loopback, port: trial.port },
      'another-port': { address: loopback, port: await trial.anotherPort() },
      'another-address': { address: external, port: trial.port },
    };
    const peer = await trial.part('peer');
    for (const name of Object.values(peers)) await peerOn(peer, net, name);
    const port = await chooseFrom(trial, 1);
    const connecting = (name: { address: string; port: number }): Operation => {
      return { op: 'connect', on: 'socket', ...name, within: trial.connectPatience };
    };
    const address = holder === 'bound-elsewhere' ? external : loopback;
    const holding: Operation[] =
      holder === 'connected'
        ? [connecting(peers.same)]
        : [
            {
              op: 'setsockopt',
              on: 'socket',
              option: 'SO_REUSEADDR',
              value: holder === 'bound-SO_REUSEADDR' ? 1 : 0,
            },
            { op: 'bind', on: 'socket', address, port },
            ...(holder === 'listening' ? [{ op: 'listen', on: 'socket' } as const] : []),
          ];
    const held = await (await trial.part('holder')).attempt(...open('socket', protocol, family, 1), ...holding);
    const client = await trial.part('client');
    await client.attempt(...open('socket', protocol, family, 1));
    const { connected } = await outcomesOf(client, { connected: connecting(peers[to]) });
    return { held: held.at(-1)?.outcome ?? null, connected };
  },
  // Only TCP connections share a port, and none with a socket that was bound to it, wherever that is.
  expect: ({ holder, to, protocol }) => ({
    held: 'ok',
    connected: protocol === 'udp' ? 'EAGAIN' : holder === 'connected' && to !== 'same' ? 'ok' : 'EADDRNOTAVAIL',
  }),
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_hashtables.c, __inet_hash_connect' }],
});
