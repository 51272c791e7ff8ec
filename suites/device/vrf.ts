import { experiment, open, outcomesOf, type Part, prepareSockets, PROTOCOLS } from '../../src/experiment/index.ts';

/** Where a socket is tied, and the address that it is bound to. The VRF `red` has the interface `in0` with 192.0.2.1. */
const PLACES = {
  'outside, wildcard': ['', '0.0.0.0'],
  'VRF, wildcard': ['red', '0.0.0.0'],
  'VRF, its address': ['red', '192.0.2.1'],
  'interface in it, wildcard': ['in0', '0.0.0.0'],
  'interface in it, its address': ['in0', '192.0.2.1'],
} as const;
type Place = keyof typeof PLACES;
const NAMES = Object.keys(PLACES) as Place[];

/** Whether two places share a port: two devices, or TCP within a VRF and outside of it where listeners outside are not for it. */
function isFree(first: Place, second: Place, accept: string, protocol: string): boolean {
  const [[one], [other]] = [PLACES[first], PLACES[second]];
  return one !== other && ((one !== '' && other !== '') || (protocol === 'tcp' && accept === '0'));
}

export default experiment({
  title: 'Sockets in a VRF and outside of it',
  asks: 'Two sockets are bound to one port, each tied to a VRF, to an interface in it, or to neither, with net.ipv4.tcp_l3mdev_accept at 0 or 1: in which pairs does the second bind() work?',
  tags: ['device', 'VRF', 'SO_BINDTODEVICE', 'conflict'],
  claims: {},
  axes: { accept: ['0', '1'], protocol: PROTOCOLS },
  only: ({ accept, protocol }) => accept === '0' || protocol === 'tcp',
  needs: () => ['changeable network', 'VRF'],
  async run({ accept, protocol }, trial) {
    const network = trial.network();
    await network.addInterface('in0');
    await network.addVrf('red', ['in0']);
    await network.addAddress('in0', '192.0.2.1/24');
    if (protocol === 'tcp') await network.set('net.ipv4.tcp_l3mdev_accept', Number(accept));
    const [first, second] = [await trial.part('first'), await trial.part('second')];
    const bind = async (part: Part, place: Place) => {
      const [value, address] = PLACES[place];
      const tie = { op: 'setsockopt', on: 'socket', option: 'SO_BINDTODEVICE', value } as const;
      await prepareSockets(part, [...open('socket', protocol, 'inet', null), ...(value === '' ? [] : [tie])]);
      return (await outcomesOf(part, { bound: { op: 'bind', on: 'socket', address, port: trial.port } })).bound;
    };
    const free: string[] = [];
    for (const [one, other] of NAMES.flatMap((name) => NAMES.map((next) => [name, next] as const))) {
      if ((await bind(first, one)) === 'ok' && (await bind(second, other)) === 'ok') free.push(`${one} + ${other}`);
      for (const part of [first, second]) await part.do({ op: 'close', on: 'socket' });
    }
    return { free };
  },
  expect: ({ accept, protocol }) => ({
    free: NAMES.flatMap((one) =>
      NAMES.filter((other) => isFree(one, other, accept, protocol)).map((other) => `${one} + ${other}`),
    ),
  }),
  known: 'observed',
  cite: [{ source: 'linux-ip-sysctl', where: 'tcp_l3mdev_accept' }],
});
