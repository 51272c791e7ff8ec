// Makes `dist/`, aside, and puts it in place at once: `npm run build`, and whatever begins with it. Nothing is made when
// nothing has changed, unless `--force` is given. It runs before anything is compiled, so it is plain JavaScript.
import { rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { bundle } from './build/bundle.mjs';
import { makeCodeCache } from './build/code-cache.mjs';
import { compile, declare } from './build/compile.mjs';
import { putInPlace } from './build/in-place.mjs';
import { newStage, sweepStages } from './build/stage.mjs';
import { inputsOf, isCurrent, writeStamp } from './build/stamp.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');

sweepStages(ROOT);
const inputs = inputsOf(ROOT);
if (process.argv.includes('--force') || !isCurrent(DIST, inputs)) {
  if (inputs.tools === null) fail('what builds it is not installed: npm ci, without --omit=dev');
  await build();
}

async function build() {
  const { stage, discard } = newStage(ROOT);
  try {
    const compiled = path.join(stage, 'compiled');
    const types = path.join(stage, 'src/library/types');
    const done = await Promise.all([compile(ROOT, compiled), declare(ROOT, types)]);
    if (done.includes(false)) fail('the sources do not compile, as said above', discard);
    await bundle(ROOT, compiled, stage);
    makeCodeCache(compiled, stage);
    rmSync(compiled, { recursive: true });
    writeStamp(stage, inputs);
    putInPlace(stage, DIST);
  } finally {
    // By now it is what was there before.
    discard();
  }
}

function fail(why, discard = () => undefined) {
  discard();
  process.stderr.write(`bindspec can't be built: ${why}\n`);
  process.exit(1);
}
