import { createHash } from 'node:crypto';
import process from 'node:process';
import { bindspecEntries, BUNDLED_AT } from '../bundle/rootfs.ts';
import { tar } from '../bundle/tar.ts';
import { type Engine } from './engine.ts';
import { Unavailable } from '../process/unavailable.ts';

const NAME = 'bindspec-lab';

/**
 * An image of this machine's Node.js and this bindspec on an empty base, for which no registry is asked. It is made again
 * only when either has changed, and then takes the place of the one before. @returns its tag
 * @throws Unavailable where this machine's programs can't run in a container
 */
export async function labImage(engine: Engine): Promise<string> {
  if (process.platform !== 'linux') {
    throw new Unavailable(
      `an image can be made from this machine's Node.js only on Linux, and this is ${process.platform}`,
      `build one: ${engine.name} build --tag bindspec --file docker/Dockerfile . ; then use --lab ${engine.name}=bindspec`,
    );
  }
  const archive = tar(await bindspecEntries());
  const tag = `${NAME}:${createHash('sha256').update(archive).digest('hex').slice(0, 12)}`;
  if (await engine.hasImage(tag)) return tag;
  await engine.importImage(archive, tag, [`WORKDIR ${BUNDLED_AT}`]);
  const others = (await engine.imagesNamed(NAME)).filter((one) => !one.endsWith(tag));
  for (const other of others) await engine.removeImage(other);
  return tag;
}
