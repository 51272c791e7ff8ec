import path from 'node:path';
import process from 'node:process';
import type { Missing } from '../../lab/lab.ts';
import { aptMissing, Suite, type DebianPackage } from '../../debian/suite.ts';
import { type Stack } from '../stack.ts';
import { gvisorLab } from './lab.ts';
import { findRunsc, GVISOR_CACHE, runscAt, type Runsc } from './runsc.ts';
import { Unavailable } from '../../process/unavailable.ts';
import type { Fetch } from '../../files/fetch.ts';

const PREPARE = 'npx bindspec stack prepare gvisor';
/** The newest runsc that Debian has for its current releases; its packages need nothing else. */
const SUITE = new Suite('bookworm-backports');

/**
 * gVisor's network stack, by its container runtime `runsc`; the variant is the path of a runsc of the user's own.
 * @throws Unavailable when that is not a runsc
 */
export async function gvisorStack(variant: string | undefined): Promise<Stack> {
  const own = variant === undefined ? null : runscAt(variant);
  const find = (): Runsc => {
    const found = own ?? findRunsc();
    if (!found) throw new Unavailable('there is no runsc that prints its version', PREPARE);
    return found;
  };
  const name = variant === undefined ? 'gvisor' : `gvisor:${variant}`;
  return {
    name,
    title: "gVisor's network stack (runsc)",
    inside: { kind: 'lab', lab: gvisorLab(name, find) },
    async missing(): Promise<Missing | null> {
      if (process.platform !== 'linux') return { reason: 'runsc needs Linux', enable: 'run it on Linux' };
      if (own === null && findRunsc() === null) return { reason: 'runsc is not here', enable: PREPARE };
      if (process.getuid?.() === 0) return null;
      return { reason: 'only root can start a sandbox with a network', enable: 'sudo npx bindspec run --stack gvisor' };
    },
    async plan(): Promise<Fetch[]> {
      if (own !== null || findRunsc()?.program.startsWith(GVISOR_CACHE) === true) return [];
      const from = `Debian ${SUITE.name}`;
      if (!SUITE.fresh) {
        return [
          { what: 'the list of packages', from, bytes: 300_000 },
          { what: 'runsc', from, bytes: null },
        ];
      }
      const { version, bytes } = await newest();
      return [{ what: `runsc ${version}`, from, bytes }];
    },
    async prepare(tell) {
      if (own !== null || findRunsc()?.program.startsWith(GVISOR_CACHE) === true) return;
      const missing = aptMissing();
      if (missing) throw new Unavailable(missing.reason, missing.enable);
      tell(`fetching the list of packages of Debian ${SUITE.name}`);
      await SUITE.update();
      const found = await newest();
      tell(`fetching runsc ${found.version}, ${(found.bytes / 1e6).toFixed(1)} MB`);
      await SUITE.unpack(found, path.join(GVISOR_CACHE, found.version.replaceAll(/[^\w.+-]/g, '_')));
    },
  };
}

async function newest(): Promise<DebianPackage> {
  const [found] = await SUITE.versions('runsc');
  if (!found)
    throw new Unavailable(`Debian ${SUITE.name} has no runsc for this architecture`, 'use your own: gvisor:FILE');
  return found;
}
