import { experiment, open, outcomeOf, type Part, prepareSockets, PROTOCOLS } from '../../src/experiment/index.ts';

/** Where a socket is tied. The VRF `red` has the interface `in0` with 192.0.2.1. */
const TIES = { outside: '', VRF: 'red', 'interface in it': 'in0' } as const;
type Tie = keyof typeof TIES;
const TIED = Object.keys(TIES) as Tie[];

export default experiment({
  title: 'Who reaches a server in a VRF',
  asks: 'A server is tied to a VRF, to an interface in it, or to neither, and bound to the wildcard or to an address of the VRF, with net.ipv4.tcp_l3mdev_accept or udp_l3mdev_accept at 0 or 1: does bind() work, and is a client answered that asks at the address and is itself tied to one of these?',
  tags: ['device', 'VRF', 'SO_BINDTODEVICE', 'reach'],
  claims: {},
  axes: { server: TIED, on: ['wildcard', 'address'], accept: ['0', '1'], protocol: PROTOCOLS },
  needs: () => ['changeable network', 'VRF'],
  async run({ server, on, accept, protocol }, trial) {
    const network = trial.network();
    await network.addInterface('in0');
    await network.addVrf('red', ['in0']);
    await network.addAddress('in0', '192.0.2.1/24');
    await network.set(`net.ipv4.${protocol}_l3mdev_accept`, Number(accept));
    const made = async (part: Part, tie: Tie) => {
      const socket = part.fresh('socket');
      const value = TIES[tie];
      const tied = { op: 'setsockopt', on: socket, option: 'SO_BINDTODEVICE', value } as const;
      await prepareSockets(part, [...open(socket, protocol, 'inet', null), ...(value === '' ? [] : [tied])]);
      return socket;
    };
    const [serving, asking] = [await trial.part('server'), await trial.part('client')];
    const socket = await made(serving, server);
    const results = await serving.attempt(
      { op: 'bind', on: socket, address: on === 'wildcard' ? '0.0.0.0' : '192.0.2.1', port: trial.port },
      ...(protocol === 'tcp' ? [{ op: 'listen', on: socket } as const] : []),
      { op: 'serve', on: socket, name: 'server' },
    );
    const answers: [Tie, string][] = [];
    for (const tie of TIED) {
      const client = await made(asking, tie);
      const asked = await asking.attempt(
        { op: 'connect', on: client, address: '192.0.2.1', port: trial.port, within: trial.connectPatience },
        { op: 'send', on: client, data: 'x' },
        { op: 'recv', on: client, within: trial.patience },
      );
      answers.push([tie, outcomeOf(asked.at(-1))]);
    }
    return { server: outcomeOf(results.at(-1)), ...(Object.fromEntries(answers) as Record<Tie, string>) };
  },
  // Who is outside has no route to the VRF. A server outside takes requests from it by the setting; its answer over UDP has no
  // route back, and the ICMP error for a client that is tied to the interface belongs to the VRF.
  expect: ({ server, on, accept, protocol }) => {
    if (server !== 'outside') return { server: 'ok', outside: 'ENETUNREACH', VRF: 'ok', 'interface in it': 'ok' };
    const isTaken = on === 'wildcard' && accept === '1';
    const inside = protocol === 'tcp' ? 'ok' : 'silence';
    return {
      server: on === 'wildcard' ? 'ok' : 'EADDRNOTAVAIL',
      outside: 'ENETUNREACH',
      VRF: isTaken ? inside : 'ECONNREFUSED',
      'interface in it': isTaken ? inside : protocol === 'tcp' ? 'ECONNREFUSED' : 'silence',
    };
  },
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'tcp_l3mdev_accept, udp_l3mdev_accept' }],
});
