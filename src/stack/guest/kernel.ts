import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Missing } from '../../lab/lab.ts';
import { onPath } from '../../lab/programs.ts';
import { aptInstall, aptLine, aptSize } from '../../debian/apt-install.ts';
import { type Stack } from '../stack.ts';
import { accelerator } from './accelerator.ts';
import { baseArchive } from './base.ts';
import { checkNamed, fetchLists, findKernel, listsToFetch } from './debian-kernels.ts';
import { runGuest } from './guest.ts';
import { kernelFile, preparedKernel, prepareKernel, type GuestKernel } from './kernels.ts';
import { qemuWords } from './qemu.ts';
import { Unavailable } from '../../process/unavailable.ts';
import type { Fetch } from '../../files/fetch.ts';

const QEMU = 'qemu-system-x86_64';
const PACKAGES = ['qemu-system-x86'];
/** What the guest's files take, twice while they are unpacked, and what Node takes for every agent; in MB. */
const MEMORY = 1536;
const MOST_PROCESSORS = 4;
/** How many times slower an emulated machine may be, in its worst moments: several agents start, and this machine is busy. */
const EMULATED_PACE = 12;
/** What may never come is waited for longer where every process takes longer to answer; in milliseconds. */
const EMULATED_PATIENCE = 1500;

/**
 * Another Linux kernel on a machine of its own, under qemu. The variant is a version of one of Debian's kernels, or a file.
 * @throws Unavailable without a variant, and for one that names no kernel.
 */
export async function kernelStack(variant: string | undefined): Promise<Stack> {
  if (variant === undefined || variant === '') {
    throw new Unavailable('the version of the kernel is missing', 'choose one, for example kernel:6.1, or kernel:FILE');
  }
  // A mistake in the name is reported before what the machine lacks.
  const ofUser = variant.includes('/') ? kernelFile(path.resolve(variant)) : null;
  if (!ofUser && !preparedKernel(variant)) checkNamed(variant);
  const name = `kernel:${variant}`;
  const prepare = `npx bindspec stack prepare ${name}`;
  const find = () => ofUser ?? preparedKernel(variant);
  return {
    name,
    title: ofUser ? `Linux from ${variant}, under qemu` : `Linux ${variant} of Debian, under qemu`,
    inside: {
      kind: 'machine',
      async run(request) {
        const kernel = find();
        if (!kernel) throw new Unavailable(`Linux ${variant} is not prepared`, prepare);
        return runGuest(await planFor(name, kernel), request);
      },
    },
    async missing(): Promise<Missing | null> {
      if (process.platform !== 'linux' || process.arch !== 'x64') {
        return { reason: "the guest is made from this machine's Node", enable: 'run it on Linux on x64' };
      }
      // Preparing it brings qemu too.
      if (!find()) return { reason: `Linux ${variant} is not prepared`, enable: prepare };
      if (!onPath(QEMU)) return { reason: `${QEMU} is not here`, enable: aptLine(PACKAGES) };
      return onPath('setpriv') ? null : { reason: 'setpriv is not here', enable: 'apt-get install util-linux' };
    },
    async plan(): Promise<Fetch[]> {
      const fetches: Fetch[] = onPath(QEMU) ? [] : [{ what: 'qemu', from: 'apt', bytes: await aptSize(PACKAGES) }];
      if (find()) return fetches;
      const lists = listsToFetch(variant);
      if (lists.length > 0)
        return [...fetches, ...lists, { what: `the kernel ${variant}`, from: 'Debian', bytes: null }];
      const { suite, packages } = await findKernel(variant);
      const from = `Debian ${suite.name}`;
      return [
        ...fetches,
        ...packages.map(({ name: what, version, bytes }) => ({ what: `${what} ${version}`, from, bytes })),
      ];
    },
    async prepare(tell) {
      if (!find()) {
        // Nothing is installed for a kernel that there is not.
        await fetchLists(variant, tell);
        const found = await findKernel(variant);
        for (const { name: what, version, bytes } of found.packages) {
          tell(`fetching ${what} ${version}, ${(bytes / 1e6).toFixed(1)} MB`);
        }
        await prepareKernel(found);
      }
      if (!onPath(QEMU)) await aptInstall('qemu', PACKAGES, tell);
      tell("making the guest's files");
      baseArchive();
    },
  };
}

async function planFor(name: string, kernel: GuestKernel) {
  const how = await accelerator(kernel.file);
  const processors = Math.max(1, Math.min(MOST_PROCESSORS, os.availableParallelism()));
  const emulated = how === 'tcg';
  return {
    name,
    base: baseArchive(),
    modules: kernel.modules,
    pace: emulated ? EMULATED_PACE : 1,
    defaults: (argv: readonly string[]) => (emulated ? slow(argv, processors) : []),
    command: (archive: string) => [
      QEMU,
      ...qemuWords({ kernel: kernel.file, archive, accelerator: how, processors, memory: MEMORY }),
    ],
  };
}

/** What suits a machine on which a process takes seconds to start: no more of them than processors, and more patience. */
function slow([command]: readonly string[], processors: number): string[] {
  return [`--jobs=${processors}`, ...(command === 'run' ? [`--patience=${EMULATED_PATIENCE}`] : [])];
}
