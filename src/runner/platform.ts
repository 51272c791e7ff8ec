import type { System } from '../experiment/experiment.ts';
import process from 'node:process';
import type { StackIdentity } from '../lab/lab.ts';
import type { Hello } from '../protocol/messages.ts';
import { platformId } from '../record/platform-id.ts';
import type { Platform } from '../record/record.ts';
import { HarnessError } from '../harness/harness-error.ts';

/** This variable tells bindspec, on a machine made for it, how that machine was asked for. */
const STACK_VARIABLE = 'BINDSPEC_STACK';

const SYSTEM_OF: Readonly<Record<string, System>> = {
  linux: 'linux',
  darwin: 'darwin',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  win32: 'windows',
};

/**
 * The platform that a record is about, from the agent's greeting. `stack` replaces parts of it that the lab knows, where the
 * agent sees another system than the one whose network it uses. @throws HarnessError for an unknown system.
 */
export function platformOf(hello: Hello, stack?: StackIdentity): Platform & { system: System } {
  const system = stack?.system ?? (hello.wine === undefined ? SYSTEM_OF[hello.system] : 'wine');
  if (!system) throw new HarnessError(`bindspec knows no rules for the system '${hello.system}'`);
  const { version, architecture, runtime, uid } = hello;
  const release = stack?.release ?? hello.wine ?? hello.release;
  const name = stack?.name ?? process.env[STACK_VARIABLE];
  const platform = {
    system,
    release,
    version,
    architecture,
    runtime,
    uid,
    ...(name === undefined ? {} : { stack: name }),
  };
  return { id: platformId(platform), ...platform };
}
