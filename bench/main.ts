/**
 * `npm run bench`: what can be said of speed without naming a machine, as ratios of what is measured in turn within one
 * run. Nothing here passes or fails.
 */
import process from 'node:process';
import { page } from './page.ts';
import { pairs } from './pairs.ts';
import { receivers } from './receivers.ts';
import { startUp } from './start-up.ts';
import { suite } from './suite.ts';
import { triples } from './triples.ts';
import { warmth } from './warmth.ts';

for (const bench of [startUp, suite, warmth, page, pairs, triples, receivers]) {
  for (const line of await bench()) process.stdout.write(`${line}\n`);
}
