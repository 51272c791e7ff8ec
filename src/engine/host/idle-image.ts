import { programEntries } from '../../bundle/rootfs.ts';
import { tar } from '../../bundle/tar.ts';
import { findProgram } from '../../lab/programs.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** What a container needs that does nothing, and of these programs of this machine its image is made. */
const PROGRAMS = ['sleep', 'sh', 'cat'];

/** The root file system of containers that only sleep, as a tar archive. @throws Unavailable without its programs */
export async function idleImage(): Promise<Buffer> {
  const found = PROGRAMS.map((program) => {
    const file = findProgram(program);
    if (file === null) throw new Unavailable(`the program '${program}' is not here`, 'apt-get install coreutils dash');
    return [`/bin/${program}`, file] as const;
  });
  return tar(await programEntries(Object.fromEntries(found)));
}
