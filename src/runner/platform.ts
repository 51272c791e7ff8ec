import type { System } from '../experiment/experiment.ts';
import { kernelVersion } from '../model/linux-kernel.ts';
import type { Hello } from '../protocol/messages.ts';
import type { Platform } from '../record/record.ts';
import { HarnessError } from '../verdict/harness-error.ts';

const SYSTEM_OF: Readonly<Record<string, System>> = {
  linux: 'linux',
  darwin: 'darwin',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  win32: 'windows',
};

/** What an agent said of itself, as the platform that a record is about. @throws HarnessError for an unknown system. */
export function platformOf(hello: Hello): Platform & { system: System } {
  const system = SYSTEM_OF[hello.system];
  if (!system) throw new HarnessError(`bindspec knows no rules for the system '${hello.system}'`);
  const { release, version, architecture, runtime, uid } = hello;
  const short = /^\d+(\.\d+)?/.exec(release)?.[0] ?? release;
  return { id: `${system}-${short}-${architecture}`, system, release, version, architecture, runtime, uid };
}

/** The version of the Linux kernel by which a platform is judged; undefined on any other system. */
export function kernelOf({
  system,
  release,
  version,
}: Pick<Platform, 'system' | 'release' | 'version'>): string | undefined {
  return system === 'linux' ? kernelVersion(release, version) : undefined;
}
