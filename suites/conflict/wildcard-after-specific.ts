import { experiment } from '../../src/experiment/experiment.ts';
import { FAMILIES, pairUp, PROTOCOLS } from '../../src/experiment/scenes.ts';
import { SHARED_ON_WINDOWS } from './_windows.ts';

export default experiment({
  title: 'The wildcard on a port that a specific address holds',
  asks: 'One process has bound one address; a second binds the wildcard on the same port: what does it get?',
  tags: ['conflict', 'wildcard'],
  claims: {
    'wildcard-conflicts': ({ first }) => ({
      says: { second: 'EADDRINUSE' },
      ...(first === 'loopback' ? {} : { when: `the first server is on the ${first} address` }),
    }),
  },
  axes: { first: ['loopback', 'external', 'second-external'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ first, family }) => [`${family} ${first}`],
  run: ({ first, ...net }, trial) => pairUp(trial, net, { on: first }, { on: 'wildcard' }),
  expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'SO_REUSEADDR' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
  differs: [SHARED_ON_WINDOWS],
});
