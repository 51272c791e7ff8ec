import { experiment } from '../../src/experiment/experiment.ts';
import { FAMILIES, pairUp, PROTOCOLS } from '../../src/experiment/scenes.ts';
import { SHARED_ON_WINDOWS } from './_windows.ts';

export default experiment({
  title: 'A specific address on a port that the wildcard holds',
  asks: 'One process has bound the wildcard; a second binds one address on the same port: what does it get?',
  tags: ['conflict', 'wildcard'],
  claims: {
    'wildcard-conflicts': { says: { second: 'EADDRINUSE' }, when: 'the wildcard server was there first' },
  },
  axes: { second: ['loopback', 'external', 'second-external'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ second, family }) => [`${family} ${second}`],
  run: ({ second, ...net }, trial) => pairUp(trial, net, { on: 'wildcard' }, { on: second }),
  expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'SO_REUSEADDR' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
  differs: [SHARED_ON_WINDOWS],
});
