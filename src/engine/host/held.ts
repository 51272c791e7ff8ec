import { execa } from 'execa';
import type { HeldShell } from '../../lab/held-shell.ts';
import { makeWritable, unsetIn } from '../../lab/namespace-settings.ts';
import type { Holder } from '../../lab/netns-topology.ts';
import { paced } from '../../process/pace.ts';
import { EngineFailed } from '../engine.ts';
import { hold, type LanHost } from './topology.ts';
import { readOnlyMount, whyUnset } from '../../lab/unset-settings.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** Namespaces take some tens of milliseconds; a quiet machine that needs longer than this has something else wrong. */
export const CREATION_DEADLINE = 20_000;
/** A daemon is up in a second; one that needs longer than this on a quiet machine has something else wrong. */
export const DAEMON_DEADLINE = 30_000;

const MEND = 'run it as root on Linux, with iproute2';

/**
 * Has a shell hold a namespace for each of some places, and returns who holds which; its own is the switch's.
 * @throws Unavailable where that can't be done
 */
export async function holders(
  shell: HeldShell,
  places: readonly LanHost[],
): Promise<(name: LanHost | 'switch') => Holder> {
  const readOnly = readOnlyMount();
  // It has a mount namespace of its own.
  if (readOnly !== null) shell.write(`${makeWritable(readOnly)}\n`);
  shell.write('read -r pid _ </proc/self/stat; echo "holder switch $$ $pid"\n');
  shell.write(hold(places));
  const found = new Map<string, Holder>();
  while (found.size < places.length + 1) {
    const [, name = '', inner = '', outer = ''] = (await answer(shell, 'namespaces can not be made here')).split(' ');
    found.set(name, { inner, outer });
  }
  return (name) => {
    const holder = found.get(name);
    if (!holder) throw new Error(`nothing holds the namespace of ${name}`);
    return holder;
  };
}

/** Waits for a line. @throws Unavailable, which says `otherwise`, when it is another. */
export async function expectLine(shell: HeldShell, line: string, otherwise: string): Promise<void> {
  const got = await answer(shell, otherwise);
  if (got === line) return;
  const unset = unsetIn(got);
  if (unset !== null) {
    const { reason, enable } = whyUnset([unset]);
    throw new Unavailable(`${otherwise}: ${reason}`, enable);
  }
  throw new Unavailable(`${otherwise}: ${shell.complaint || 'no reason given'}`, MEND);
}

async function answer(shell: HeldShell, otherwise: string): Promise<string> {
  const line = await shell.next();
  if (line !== null) return line;
  throw new Unavailable(`${otherwise}: ${shell.complaint || 'no answer'}`, MEND);
}

/** Runs shell text after some words, and returns what it printed. @throws EngineFailed with its last complaint. */
export async function runText(inside: readonly string[], text: string, more: Readonly<Record<string, string>> = {}) {
  const [file = '', ...words] = inside;
  const sets = Object.entries(more).map(([name, value]) => `${name}=${value}`);
  const { failed, stdout, stderr } = await execa(file, [...words, ...sets, 'sh', '-c', text], {
    reject: false,
    timeout: paced(DAEMON_DEADLINE),
    detached: true,
    stdin: 'ignore',
  });
  if (failed) throw new EngineFailed(stderr.trim().split('\n').at(-1) ?? 'a command on the engine host failed');
  return stdout;
}
