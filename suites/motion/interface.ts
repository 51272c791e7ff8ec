import { Client, experiment, FAMILIES, PROTOCOLS } from '../../src/experiment/index.ts';

const ADDRESS = { inet: '192.0.2.9', inet6: '2001:db8::9' } as const;
const PREFIX = { inet: '192.0.2.9/24', inet6: '2001:db8::9/64' } as const;

export default experiment({
  title: 'An interface that goes away under a socket',
  asks: 'A socket is bound to an address of an interface, or tied to the interface by SO_BINDTODEVICE, and the interface is removed: which device does it name, and can a new socket be bound there, while it is gone and when it is back?',
  tags: ['motion', 'device', 'SO_BINDTODEVICE'],
  claims: {},
  axes: { tie: ['address', 'device'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['changeable network', `${family} loopback`],
  async run({ tie, protocol, family }, trial) {
    const net = { protocol, family };
    const network = trial.network();
    await network.addInterface('going');
    await network.addAddress('going', PREFIX[family]);
    const open = async (part: string) =>
      Client.open(trial, await trial.part(part), {
        ...net,
        ...(tie === 'device' ? { before: [{ option: 'SO_BINDTODEVICE', value: 'going' } as const] } : {}),
        from: { address: ADDRESS[family], port: trial.port },
      });
    const first = await open('first');
    await network.removeInterface('going');
    const [read] = await first.part.do({ op: 'getsockopt', on: first.socket, option: 'SO_BINDTODEVICE' });
    const gone = await open('while it is gone');
    await network.addInterface('going');
    await network.addAddress('going', PREFIX[family]);
    const back = await open('when it is back');
    return {
      first: first.outcome,
      device: read?.outcome === 'ok' ? (read.value ?? null) : (read?.outcome ?? null),
      gone: gone.outcome,
      back: back.outcome,
    };
  },
  // The socket stays tied to the interface that is gone; one of the same name is another one.
  expect: ({ tie }) =>
    tie === 'address'
      ? { first: 'ok', device: '', gone: 'EADDRNOTAVAIL', back: 'EADDRINUSE' }
      : { first: 'ok', device: 'ENODEV', gone: 'ENODEV', back: 'ok' },
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'SO_BINDTODEVICE' }],
});
