import { addressOf, experiment, FAMILIES, nameSeen, open, outcomesOf, PROTOCOLS } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A socket that connects to itself',
  asks: 'A socket is bound to this address and connects to its own name on loopback: does it get there, and does it receive what it sends?',
  tags: ['connect', 'loopback'],
  claims: {},
  axes: { bound: ['loopback', 'wildcard'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  async run({ bound, protocol, family }, trial) {
    const part = await trial.part('client');
    const name = { address: addressOf(trial.facts, family, bound), port: trial.port };
    const to = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    await part.attempt(...open('socket', protocol, family, 1), { op: 'bind', on: 'socket', ...name });
    const steps = await outcomesOf(part, {
      connected: { op: 'connect', on: 'socket', ...to, within: trial.connectPatience },
      sent: { op: 'send', on: 'socket', data: 'x' },
      received: { op: 'recv', on: 'socket', within: trial.patience },
    });
    return { ...steps, peer: await nameSeen(trial, { part, socket: 'socket' }, 'getpeername') };
  },
  expect: { connected: 'ok', sent: 'ok', received: 'ok', peer: 'loopback port own' },
  known: 'observed',
  cite: [{ source: 'posix-connect', where: 'DESCRIPTION' }],
});
