import { randomBytes } from 'node:crypto';
import { EngineFailed, type Engine } from './engine.ts';

/** What the containers and networks of labs are labelled with. */
export const LABEL = 'bindspec.lab';

const PREFIX = 'bindspec';
/** A lab is made within this time, in milliseconds; what is younger may be one that is just being made. */
const YOUNG = 120_000;

/** A name for what a lab is made of, which tells when that was. */
export function nameOfLab(): string {
  return `${PREFIX}-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`;
}

/** When a lab was made, by a name that begins with that of the lab: milliseconds since 1970, or null for another name. */
export function madeAt(name: string): number | null {
  const made = new RegExp(String.raw`^${PREFIX}-([\da-z]{6,10})-[\da-f]{6}`).exec(name)?.[1];
  return made === undefined ? null : Number.parseInt(made, 36);
}

/**
 * Takes back what runs that were killed have left. A running container is held by its run, and a network with a container
 * is in use; all else of labs that are not young is no one's any more. What can't be removed stays.
 */
export async function sweep(engine: Engine): Promise<void> {
  const old = (name: string) => Date.now() - (madeAt(name) ?? Date.now()) > YOUNG;
  for (const name of (await engine.labelled(LABEL)).filter(old)) {
    const container = await engine.inspect(name);
    if (container?.running === false) await unlessFailed(engine.remove([name]));
  }
  // An engine does not remove a network in which there is a container.
  for (const name of (await engine.networksLabelled(LABEL)).filter(old))
    await unlessFailed(engine.removeNetworks([name]));
}

async function unlessFailed(removing: Promise<void>): Promise<void> {
  try {
    await removing;
  } catch (error) {
    if (!(error instanceof EngineFailed)) throw error;
  }
}
