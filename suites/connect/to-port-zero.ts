import { addressOf, Client, experiment, FAMILIES, nameSeen, PROTOCOLS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'connect() and sendto() to port 0',
  asks: 'A client on loopback connects to port 0, or sends to it without a connection: what does the call return, and what does getpeername() say?',
  tags: ['connect', 'argument', 'names'],
  claims: {},
  axes: { call: ['connect', 'sendto'], protocol: PROTOCOLS, family: FAMILIES },
  only: ({ call, protocol }) => call === 'connect' || protocol === 'udp',
  needs: ({ family }) => [`${family} loopback`],
  async run({ call, protocol, family }, trial) {
    const to = { address: addressOf(trial.facts, family, 'loopback'), port: 0 };
    const part = await trial.part('client');
    const client = await Client.open(trial, part, { protocol, family, ...(call === 'connect' ? { to } : {}) });
    const outcome = call === 'connect' ? client.outcome : await client.send('x', to);
    const seen = { part, socket: client.socket };
    return { called: outcome, own: await nameSeen(trial, seen), peer: await nameSeen(trial, seen, 'getpeername') };
  },
  expect: ({ call, protocol }) => ({
    called: call === 'sendto' ? 'EINVAL' : protocol === 'udp' ? 'ok' : 'ECONNREFUSED',
    peer: 'ENOTCONN',
  }),
  known: 'observed',
  cite: [{ source: 'man-connect', where: 'DESCRIPTION' }],
});
