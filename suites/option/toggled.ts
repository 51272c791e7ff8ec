import {
  boundIn,
  experiment,
  open,
  outcomeOf,
  outcomesOf,
  addressOf,
  prepareSockets,
  PROTOCOLS,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'SO_REUSEADDR and SO_REUSEPORT that change after bind()',
  asks: 'A socket is bound with this option on or off, and changes it after bind() or after listen(): can a second socket of the same user that has the option be bound to the same name?',
  tags: ['option', 'SO_REUSEADDR', 'SO_REUSEPORT', 'conflict'],
  claims: {},
  axes: {
    option: ['SO_REUSEADDR', 'SO_REUSEPORT'],
    change: ['stays-on', 'stays-off', 'on-to-off', 'off-to-on', 'on-off-on'],
    state: ['bound', 'listening'],
    protocol: PROTOCOLS,
  },
  only: ({ state, protocol }) => state === 'bound' || protocol === 'tcp',
  needs: () => ['inet loopback'],
  async run({ option, change, state, protocol }, trial) {
    const part = await trial.part('first');
    const set = (value: number) => ({ op: 'setsockopt', on: 'socket', option, value }) as const;
    const off = change === 'stays-off' || change === 'off-to-on';
    await prepareSockets(part, open('socket', protocol, 'inet', null));
    const results = await part.attempt(
      set(off ? 0 : 1),
      { op: 'bind', on: 'socket', address: addressOf(trial.facts, 'inet', 'loopback'), port: trial.port },
      ...(state === 'listening' ? [{ op: 'listen', on: 'socket' } as const] : []),
    );
    const first = outcomeOf(results.at(-1));
    if (first !== 'ok') return { first, second: null };
    if (change === 'on-to-off' || change === 'on-off-on') await outcomesOf(part, { cleared: set(0) });
    if (change === 'off-to-on' || change === 'on-off-on') await outcomesOf(part, { set: set(1) });
    const net = { protocol, name: 'inet-loopback', options: option, port: trial.port } as const;
    return { first, second: await boundIn(trial, 'second', net) };
  },
  // UDP asks both sockets when another is bound. TCP remembers of a port that SO_REUSEPORT was on, and asks only otherwise.
  expect: ({ option, change, state, protocol }) => {
    const isOn = change === 'stays-on' || change === 'off-to-on' || change === 'on-off-on';
    const shares =
      option === 'SO_REUSEPORT' ? isOn || (protocol === 'tcp' && change === 'on-to-off') : isOn && state === 'bound';
    return { first: 'ok', second: shares ? 'ok' : 'EADDRINUSE' };
  },
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_csk_get_port, fastreuse and fastreuseport' }],
});
