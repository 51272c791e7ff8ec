import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { execaSync } from 'execa';
import { FILE, FOLDER, PROGRAM, type CpioEntry } from './cpio.ts';
import { paced } from '../../process/pace.ts';

/** A file of the guest: what it is made of, and whether it is a program. */
interface Planned {
  from: string | Buffer;
  mode: number;
}

/** The files that a guest will have, gathered from this machine. Nothing is read before `entries`. */
export class Tree {
  readonly #files = new Map<string, Planned>();
  readonly #folders = new Map<string, number>();

  /** An empty folder. */
  folder(to: string, mode = FOLDER): void {
    if (to === '/' || this.#folders.has(to)) return;
    this.folder(path.dirname(to));
    this.#folders.set(to, mode);
  }

  /** A file of this machine, or content of our own. */
  file(to: string, from: string | Buffer, mode = FILE): void {
    this.folder(path.dirname(to));
    this.#files.set(to, { from, mode });
  }

  /** All files below a folder that are wanted. Folders of packages inside are left out: they are added on their own. */
  below(to: string, from: string, wanted: (name: string) => boolean): void {
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
      if (entry.isDirectory() && entry.name !== 'node_modules') this.below(target, source, wanted);
      else if (entry.isFile() && wanted(entry.name)) this.file(target, source);
    }
  }

  /** A program, with the libraries that it is linked with, where it looks for them. */
  program(to: string, from: string): void {
    this.file(to, realpathSync(from), PROGRAM);
    for (const library of librariesOf(from)) this.file(library, realpathSync(library), PROGRAM);
  }

  /** What the content depends on, in words that change with it: the name, size and time of every file. */
  signature(): string {
    const words = [...this.#files].map(([to, { from, mode }]) => {
      if (typeof from !== 'string') return `${to} ${mode} ${from.toString('base64')}`;
      const { size, mtimeMs } = statSync(from);
      return `${to} ${mode} ${from} ${size} ${mtimeMs}`;
    });
    return words.toSorted().join('\n');
  }

  /** All of it, folders first. Reads every file. */
  entries(): CpioEntry[] {
    const relative = (to: string) => to.replace(/^\//, '');
    return [
      ...[...this.#folders].map(([to, mode]) => ({ path: relative(to), mode })),
      ...[...this.#files].map(([to, { from, mode }]) => ({
        path: relative(to),
        mode,
        content: typeof from === 'string' ? readFileSync(from) : from,
      })),
    ];
  }
}

/** The files of the libraries that a program is linked with; none for a static one. */
function librariesOf(program: string): string[] {
  const { stdout, failed } = execaSync('ldd', [program], {
    reject: false,
    timeout: paced(10_000),
    env: { LC_ALL: 'C' },
  });
  return failed ? [] : librariesIn(stdout);
}

/** The libraries in what `ldd` prints: `name => file (address)`, or `file (address)` for the loader. */
export function librariesIn(printed: string): string[] {
  return [...printed.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map((match) => match[1] ?? '');
}
