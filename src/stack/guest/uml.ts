import path from 'node:path';
import process from 'node:process';
import type { Missing } from '../../lab/lab.ts';
import { onPath } from '../../lab/programs.ts';
import { type Stack } from '../stack.ts';
import { baseArchive } from './base.ts';
import { runGuest, type GuestPlan } from './guest.ts';
import { NEEDED_MODULES } from './kernels.ts';
import { LINES } from './init.ts';
import { modulesFrom } from './modules.ts';
import { ALL_LINES, FIRST_SOCKET, TABLE_SIZES } from './qemu.ts';
import { fetchFiles, UML_CACHE, newestPackages, noteTrial, SUITE, trialOf } from './uml-files.ts';
import { Unavailable } from '../../process/unavailable.ts';
import type { Fetch } from '../../files/fetch.ts';

const PREPARE = 'npx bindspec stack prepare uml';
/** What the guest's files take, twice while they are unpacked, and what Node takes for every agent; in MB. */
const MEMORY = 1536;
/** System calls are slow there, everything else is as fast as here, on one processor. */
const PACE = 4;

/** Linux as a program: its own network stack, and no machine around it. @throws Unavailable with a variant. */
export async function umlStack(variant: string | undefined): Promise<Stack> {
  if (variant !== undefined) throw new Unavailable('uml has no variants', 'leave out the colon');
  return {
    name: 'uml',
    title: 'User-mode Linux of Debian',
    inside: { kind: 'machine', run: async (request) => runGuest(planOf(), request) },
    async missing(): Promise<Missing | null> {
      if (process.platform !== 'linux' || process.arch !== 'x64') {
        return { reason: "the guest is made from this machine's Node", enable: 'run it on Linux on x64' };
      }
      if (!onPath('setpriv')) return { reason: 'setpriv is not here', enable: 'apt-get install util-linux' };
      const trial = trialOf();
      if (!trial) return { reason: 'user-mode Linux is not prepared', enable: PREPARE };
      return trial.refused === null ? null : { reason: trial.refused, enable: 'use kernel:VERSION instead' };
    },
    async plan(): Promise<Fetch[]> {
      if (trialOf()) return [];
      const from = `Debian ${SUITE.name}`;
      if (!SUITE.fresh) {
        return [
          { what: 'the list of packages', from, bytes: 10_800_000 },
          { what: 'user-mode-linux, libc6', from, bytes: null },
        ];
      }
      return (await newestPackages()).map(({ name, version, bytes }) => ({ what: `${name} ${version}`, from, bytes }));
    },
    async prepare(tell) {
      if (!trialOf()) {
        tell(`fetching the list of packages of Debian ${SUITE.name}`);
        await SUITE.update();
        const packages = await newestPackages();
        for (const { name, version, bytes } of packages) {
          tell(`fetching ${name} ${version}, ${(bytes / 1e6).toFixed(1)} MB`);
        }
        await fetchFiles(packages);
      }
      tell("making the guest's files, and trying whether it runs here");
      noteTrial(await refusal());
    },
  };
}

/** Boots it once. Returns why that failed, or null. */
async function refusal(): Promise<string | null> {
  try {
    await runGuest(planOf(), {
      argv: ['--version'],
      files: {},
      reports: '/tmp/reports',
      print: () => undefined,
      signal: new AbortController().signal,
    });
    return null;
  } catch (error) {
    if (error instanceof Unavailable) return error.message;
    throw error;
  }
}

function planOf(): GuestPlan {
  return {
    name: 'uml',
    base: baseArchive(),
    modules: modulesFrom(UML_CACHE, NEEDED_MODULES),
    pace: PACE,
    defaults: ([command]) => (command?.startsWith('-') === true ? [] : ['--jobs=1']),
    command: umlWords,
  };
}

/**
 * The words that start it. It runs in a pid namespace of its own, for it is many processes on this machine, and they all
 * have to go with it. Its lines are the sockets that it inherits; of its consoles there is none, and the folder for its
 * control socket can't be made, so that it has none of that either and leaves nothing behind.
 */
export function umlWords(archive: string): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [
    'unshare',
    ...user,
    '--pid',
    '--fork',
    '--kill-child=KILL',
    '--',
    'env',
    '-C',
    UML_CACHE,
    `LD_LIBRARY_PATH=${UML_CACHE}`,
    path.join(UML_CACHE, 'linux.uml'),
    `mem=${MEMORY}M`,
    `initrd=${archive}`,
    'con=null',
    'uml_dir=/dev/null/',
    `console=${LINES.console}`,
    'quiet',
    'panic=-1',
    ...TABLE_SIZES,
    ...ALL_LINES.map((_, index) => `ssl${index}=fd:${FIRST_SOCKET + index}`),
  ];
}
