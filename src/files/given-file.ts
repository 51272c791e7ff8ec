import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';

/** A kind of file that users name. */
export interface FileKind {
  /** What it is called in messages, for example `a record`. */
  readonly what: string;
  /** The most MiB that are read of one; more than any real one has. */
  readonly most: number;
  /** What to do where something else is named. */
  readonly advice: string;
}

/** A file that the user named can't be read, or is not a regular file. The message is one line. */
export class UnreadableFile extends Error {
  readonly why: string;
  readonly advice: string;

  constructor(file: string, why: string, advice: string) {
    super(`${file === '' ? "''" : file}: ${why}; ${advice}`);
    this.name = 'UnreadableFile';
    this.why = why;
    this.advice = advice;
  }
}

const MIB = 1024 * 1024;
/** How much is read at a time, in bytes. */
const CHUNK = 256 * 1024;

/**
 * The bytes of a file that the user named. Every such file is read here: nothing that would block, that has no end, or
 * that is larger than its kind may be.
 * @throws UnreadableFile
 */
export function readGivenBytes(file: string, kind: FileKind): Buffer {
  try {
    // Opening a device may do something by itself, and opening a FIFO waits for whoever writes.
    refuseUnlessFile(statSync(file), file, kind);
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = fstatSync(descriptor);
      refuseUnlessFile(found, file, kind);
      if (found.size > kind.most * MIB) throw tooLarge(file, kind, `${Math.ceil(found.size / MIB)} MiB`);
      return readAtMost(descriptor, file, kind);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
}

/** The text of a file that the user named, without a byte order mark. @throws UnreadableFile also for what is not text */
export function readGivenText(file: string, kind: FileKind): string {
  const bytes = readGivenBytes(file, kind);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UnreadableFile(file, 'its text is UTF-16', 'save it as UTF-8');
  }
  if (bytes.includes(0)) throw new UnreadableFile(file, `it is binary, not the text of ${kind.what}`, kind.advice);
  if (!isUtf8(bytes)) throw new UnreadableFile(file, 'its text is not UTF-8', 'save it as UTF-8');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** The size of some files, as in /proc, is 0, and of others it grows: so reading itself stops at the limit. */
function readAtMost(descriptor: number, file: string, kind: FileKind): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const bytes = readSync(descriptor, chunk);
    if (bytes === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, bytes));
    size += bytes;
    if (size > kind.most * MIB) throw tooLarge(file, kind, `more than ${kind.most} MiB`);
  }
}

function tooLarge(file: string, { what, most }: FileKind, size: string): UnreadableFile {
  const name = what.replace(/^an? /, '');
  return new UnreadableFile(file, `it has ${size}, and no ${name} has more than ${most}`, 'see what wrote it');
}

function refuseUnlessFile(found: Stats, file: string, { what, advice }: FileKind): void {
  if (found.isFile()) return;
  throw new UnreadableFile(file, `it is ${inWords(found)}, not ${what}`, advice);
}

function inWords(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a FIFO';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

function unreadable(file: string, { code = '', message }: NodeJS.ErrnoException): UnreadableFile {
  if (code === 'ENOENT') return new UnreadableFile(file, 'there is no such file', 'correct the name');
  if (code === 'EACCES' || code === 'EPERM') {
    return new UnreadableFile(file, `this user may not read it (${code})`, 'change its permissions, or name another');
  }
  if (code === 'EMFILE' || code === 'ENFILE') return new UnreadableFile(file, message, "raise 'ulimit -n'");
  // The message of the system names the file again, which stands in front already.
  return new UnreadableFile(file, `it can't be read: ${message.split(',')[0]}`, 'correct the name, or name another');
}
