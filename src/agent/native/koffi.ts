import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type Koffi from 'koffi';

const require = createRequire(import.meta.url);

/** The names of musl's loader begin so. Where it is there, koffi itself finds out which build Node.js can load. */
const MUSL_LOADER = '/lib/ld-musl-';
/** What musl calls the architectures for which koffi has builds of both C libraries, by Node's names. */
const MUSL_NAMES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * koffi, which makes the system calls. Its own loader reads the program file of Node.js to learn its C library, and reads
 * eight files; this is a third of what an agent adds to the start of Node.js. On Linux with glibc the native module is
 * therefore loaded directly, where npm has put it.
 * @throws Error as koffi's loader does, where there is no native module; see `whyUnloadable`
 */
export const koffi: typeof Koffi = ofGlibc() ?? (require('koffi') as typeof Koffi);

function ofGlibc(): typeof Koffi | null {
  const { platform, arch } = process;
  const musl = MUSL_NAMES[arch];
  if (platform !== 'linux' || musl === undefined || existsSync(`${MUSL_LOADER}${musl}.so.1`)) return null;
  try {
    return require(`@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`) as typeof Koffi;
  } catch {
    // It is somewhere else, or can't be loaded: koffi's loader says which.
    return null;
  }
}
