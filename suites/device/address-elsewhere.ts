import { addressOf, experiment, FAMILIES, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

const DEVICES = { loopback: 'lo', external: 'eth0', 'second-external': 'eth1' } as const;

export default experiment({
  title: 'A device and an address of another device',
  asks: 'A socket is tied to this device and bound to this address, which may be that of another device: does bind() work, and who reaches the server?',
  tags: ['device', 'SO_BINDTODEVICE', 'reach'],
  claims: {},
  axes: {
    device: ['loopback', 'external', 'second-external'],
    name: ['loopback', 'external', 'second-external'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  needs: ({ name, family }) => ['changeable network', `${family} ${name}`],
  async run({ device, name, protocol, family }, trial) {
    const [server, client] = [await trial.part('server'), await trial.part('client')];
    const at = { address: addressOf(trial.facts, family, name), port: trial.port };
    await server.attempt(...open('socket', protocol, family, 1));
    const { tied, bound } = await outcomesOf(server, {
      tied: { op: 'setsockopt', on: 'socket', option: 'SO_BINDTODEVICE', value: DEVICES[device] },
      bound: { op: 'bind', on: 'socket', ...at },
    });
    await server.do(
      ...(protocol === 'tcp' ? [{ op: 'listen', on: 'socket' } as const] : []),
      ...(bound === 'ok' ? [{ op: 'serve', on: 'socket', name: 'server' } as const] : []),
    );
    const results = await client.attempt(
      ...open('socket', protocol, family, 1),
      { op: 'connect', on: 'socket', ...at, within: trial.connectPatience },
      { op: 'send', on: 'socket', data: 'x' },
      { op: 'recv', on: 'socket', within: trial.patience },
    );
    return { tied, bound, reached: results.at(-1)?.outcome ?? null };
  },
  // Only ::1 belongs to its device. A packet of the machine to itself counts as one that came in by the device of its address.
  expect: ({ device, name, family }) => ({
    tied: 'ok',
    bound: name === 'loopback' && device !== 'loopback' && family === 'inet6' ? 'EADDRNOTAVAIL' : 'ok',
    reached: device === name ? 'ok' : 'ECONNREFUSED',
  }),
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'SO_BINDTODEVICE' }],
});
