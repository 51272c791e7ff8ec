import { programEntries } from '../../bundle/rootfs.ts';
import { tar } from '../../bundle/tar.ts';
import { findProgram } from '../../lab/programs.ts';
import { EngineUnavailable } from '../engine.ts';

/** What a container needs that does nothing, and of these programs of this machine its image is made. */
const PROGRAMS = ['sleep', 'sh', 'cat'];

/** The root file system of containers that only sleep, as a tar archive. @throws EngineUnavailable without its programs */
export async function idleImage(): Promise<Buffer> {
  const found = PROGRAMS.map((program) => {
    const file = findProgram(program);
    if (file === null)
      throw new EngineUnavailable(`the program '${program}' is not here`, 'apt-get install coreutils dash');
    return [`/bin/${program}`, file] as const;
  });
  return tar(await programEntries(Object.fromEntries(found)));
}
