import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** A folder that is being made into `dist`, beside it, named after the process that makes it. */
const STAGE = /^dist\.build-(\d+)-/;

/** Makes a folder for one build. It goes when `discard` is called, and when a signal ends the build. */
export function newStage(root) {
  const stage = mkdtempSync(path.join(root, `dist.build-${process.pid}-`));
  // mkdtemp keeps others out; what is built may be run by every user who may read the clone.
  chmodSync(stage, 0o777 & ~process.umask());
  const discard = () => rmSync(stage, { recursive: true, force: true, maxRetries: 10 });
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ]) {
    process.once(signal, () => {
      discard();
      process.exit(128 + number);
    });
  }
  return { stage, discard };
}

/** Removes what builds have left that were killed. */
export function sweepStages(root) {
  for (const name of readdirSync(root)) {
    const pid = STAGE.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(path.join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is another user's.
    return error.code === 'EPERM';
  }
}
