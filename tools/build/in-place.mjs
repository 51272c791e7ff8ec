import { existsSync, renameSync, rmSync } from 'node:fs';
import process from 'node:process';
import koffi from 'koffi';

/** renameat2(2) by architecture, from the tables of system calls of Linux; and its words, from linux/fs.h and fcntl.h. */
const RENAMEAT2 = { x64: 316, arm64: 276, riscv64: 276, loong64: 276, ppc64: 357, s390x: 347, ia32: 353, arm: 382 };
const RENAME_EXCHANGE = 2;
const AT_FDCWD = -100;
/** How often Windows is asked again while a program has a file of the folder open, and how long between, in milliseconds. */
const TRIES = 50;
const PAUSE = 100;

/**
 * Puts a folder in the place of another, which is then where the first was, or gone. On Linux there is no moment at which
 * neither is in place; elsewhere there is a very short one. @throws Error as the system calls do
 */
export function putInPlace(made, place) {
  for (let tried = 1; ; tried += 1) {
    if (exchange(made, place)) return;
    try {
      return moveInto(made, place, `${made}-before-${tried}`);
    } catch (error) {
      // Another build was faster; it is there now.
      if (tried === TRIES || !['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    }
  }
}

/** Exchanges two folders at once; false where the system can't. */
function exchange(one, other) {
  const number = process.platform === 'linux' ? RENAMEAT2[process.arch] : undefined;
  if (number === undefined) return false;
  const call = koffi.load(null).func('long syscall(long, int, const char *, int, const char *, int)');
  return call(number, AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) === 0;
}

/** Moves what is in a place aside, if anything is, and a folder there. */
function moveInto(made, place, aside) {
  const moved = moveAside(place, aside);
  try {
    patiently(() => renameSync(made, place));
  } catch (error) {
    if (moved && !existsSync(place)) renameSync(aside, place);
    throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true, maxRetries: 10 });
  }
}

function moveAside(place, aside) {
  try {
    patiently(() => renameSync(place, aside));
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    // In an image, a folder of a layer below the topmost can't be renamed, only removed.
    if (error.code !== 'EXDEV') throw error;
    rmSync(place, { recursive: true });
    return false;
  }
}

/** Does something again while Windows says that another program has a file of it open. */
function patiently(work) {
  for (let tried = 1; ; tried += 1) {
    try {
      return work();
    } catch (error) {
      if (process.platform !== 'win32' || tried === TRIES || !['EPERM', 'EACCES', 'EBUSY'].includes(error.code)) {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}
