import { addressOf, experiment, FAMILIES, nameSeen, open, outcomesOf, serveOn } from '../../src/experiment/index.ts';

export default experiment({
  title: 'The name that is left after a disconnect',
  asks: 'A UDP socket, bound to this name before or not at all, connects and disconnects: which name has it then, can another be bound there, and can the socket itself be bound again?',
  tags: ['connect', 'disconnect', 'names', 'udp'],
  claims: {},
  axes: {
    bound: ['unbound', 'wildcard', 'loopback', 'wildcard-port-0', 'loopback-port-0'],
    times: ['once', 'twice'],
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`],
  async run({ bound, times, family }, trial) {
    const peer = await trial.anotherPort();
    await serveOn(trial, { protocol: 'udp', family }, 'server', 'loopback', { port: peer });
    const part = await trial.part('client');
    const loopback = addressOf(trial.facts, family, 'loopback');
    const address = bound.startsWith('wildcard') ? addressOf(trial.facts, family, 'wildcard') : loopback;
    const port = bound.endsWith('port-0') ? 0 : trial.port;
    await part.attempt(
      ...open('socket', 'udp', family, 1),
      ...(bound === 'unbound' ? [] : [{ op: 'bind', on: 'socket', address, port } as const]),
    );
    const seen = { part, socket: 'socket' };
    const connecting = { op: 'connect', on: 'socket', address: loopback, port: peer } as const;
    const { connected } = await outcomesOf(part, { connected: connecting });
    const during = await nameSeen(trial, seen);
    const first = await outcomesOf(part, { disconnected: { op: 'disconnect', on: 'socket' } });
    if (times === 'twice') await part.do(connecting, { op: 'disconnect', on: 'socket' });
    const after = await nameSeen(trial, seen);
    const again = { op: 'bind', on: 'socket', address: loopback, port: await trial.anotherPort() } as const;
    return { connected, during, ...first, after, ...(await outcomesOf(part, { again })) };
  },
  // What the socket was bound to stays. A port that the system chose goes, even if bind() asked for it.
  expect: ({ bound }) => {
    const [address = '', chosen] = bound === 'unbound' ? ['wildcard', 'port-0'] : bound.split(/-(.*)/);
    return {
      connected: 'ok',
      during: chosen === undefined ? 'loopback port own' : 'loopback port another',
      disconnected: 'ok',
      after: `${address} port ${chosen === undefined ? 'own' : 'none'}`,
      again: chosen === undefined ? 'EINVAL' : 'ok',
    };
  },
  known: 'observed',
  cite: [{ source: 'man-connect', where: 'DESCRIPTION, AF_UNSPEC' }],
});
