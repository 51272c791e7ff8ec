import { experiment } from '../../src/experiment/experiment.ts';
import { FAMILIES, pairUp, PROTOCOLS } from '../../src/experiment/scenes.ts';
import { IN_USE_ON_WINDOWS } from './_windows.ts';

export default experiment({
  title: 'The same address and port twice',
  asks: 'Two processes bind the same address and port, neither with any option: what does the second get?',
  tags: ['conflict'],
  claims: {
    'same-address-conflicts': { says: { second: 'EADDRINUSE' } },
    'port-reserved': { says: { second: { not: 'ok' } } },
  },
  axes: { on: ['loopback', 'external', 'wildcard'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ on, family }) => [`${family} ${on}`],
  run: ({ on, ...net }, trial) => pairUp(trial, net, { on }, { on }),
  expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [
    { source: 'posix-bind', where: 'ERRORS, EADDRINUSE' },
    { source: 'man-bind', where: 'ERRORS, EADDRINUSE' },
  ],
  differs: [IN_USE_ON_WINDOWS],
});
