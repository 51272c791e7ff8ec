import { experiment } from '../../src/experiment/experiment.ts';
import { FAMILIES, pairUp, PROTOCOLS } from '../../src/experiment/scenes.ts';
import { IN_USE_ON_WINDOWS } from './_windows.ts';

export default experiment({
  title: 'The same address and port for another user',
  asks: 'A second process that belongs to another user binds an address and port that the first holds, both without options: what does it get?',
  tags: ['conflict', 'uid'],
  claims: { 'port-reserved': { says: { second: { not: 'ok' } } } },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['second user', `${family} loopback`],
  run: (net, trial) => pairUp(trial, net, { on: 'loopback' }, { on: 'loopback', otherUser: true }),
  expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'ERRORS, EADDRINUSE' }],
  differs: [IN_USE_ON_WINDOWS],
});
