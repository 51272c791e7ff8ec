/**
 * `npm run bench`: what can be said of speed without naming a machine, as ratios of what is measured in turn within one
 * run. Nothing here passes or fails. `npm run bench -- page pairs` measures only these parts.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { page } from './page.ts';
import { pairs } from './pairs.ts';
import { receivers } from './receivers.ts';
import { startUp } from './start-up.ts';
import { suite } from './suite.ts';
import { triples } from './triples.ts';
import { warmth } from './warmth.ts';

const PARTS = { startUp, suite, warmth, page, pairs, triples, receivers };

const { positionals: wanted } = parseArgs({ allowPositionals: true, options: { against: { type: 'string' } } });
const unknown = wanted.find((name) => !Object.hasOwn(PARTS, name));
if (unknown === undefined) {
  for (const [name, bench] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const line of await bench()) process.stdout.write(`${line}\n`);
  }
} else {
  process.stderr.write(`bench: no part '${unknown}'; the parts are ${Object.keys(PARTS).join(', ')}\n`);
  process.exitCode = 2;
}
