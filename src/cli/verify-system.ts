import { EngineFailed, type Engine } from '../engine/engine.ts';
import { BadRecord, readSystemVerification } from '../load/read.ts';
import { Unavailable } from '../process/unavailable.ts';
import { VERIFICATION_VERSION, type SystemVerification } from '../record/verification.ts';
import { readFirewall } from '../runner/port/read-firewall.ts';
import { NotVerifiable } from '../runner/verify/namespace.ts';
import { findSystem, scopeInWords, type SystemScope } from '../runner/verify/system.ts';
import { engineTarget } from '../runner/verify/target.ts';
import { changesSince, type PortChange } from '../verify/overview.ts';
import { UserError } from './exit.ts';
import { recordText } from './record-file.ts';
import { version } from './version.ts';
import { verificationOf, viewOf, type TriesOptions } from './verify-target.ts';

/**
 * Verifies containers one after the other, those that share a network once.
 * @throws NotVerifiable, Unavailable, EngineFailed where there is nothing to look at, HarnessError of an agent
 */
export async function verifySystem(
  scope: SystemScope,
  engines: readonly Engine[],
  options: TriesOptions,
): Promise<SystemVerification> {
  const started = new Date().toISOString();
  const { groups, unheard } = await findSystem(scope, engines);
  const firewall = await readFirewall();
  const record: SystemVerification = {
    schema: VERIFICATION_VERSION,
    kind: 'system',
    bindspec: version(),
    started,
    what: scopeInWords(scope),
    denies: firewall.denies.map(({ chain }) => chain),
    unread: [...firewall.of({ protocol: 'tcp', port: 0 }).unread],
    containers: [],
    unverified: [...unheard],
    verdict: 'fine',
  };
  for (const { first, shared } of groups) {
    const { name } = first.container;
    try {
      const target = await engineTarget(first, name);
      const one = await verificationOf(target, options, viewOf(firewall));
      record.containers.push(shared.length === 0 ? one : { ...one, target: { ...one.target, shared: [...shared] } });
    } catch (error) {
      // The others can be looked into all the same.
      if (!(error instanceof NotVerifiable || error instanceof EngineFailed || error instanceof Unavailable))
        throw error;
      record.unverified.push({ name, reason: error.message });
    }
  }
  const [only] = record.unverified;
  if (record.containers.length === 0 && only !== undefined) throw new NotVerifiable(only.reason);
  return { ...record, verdict: record.containers.some(({ verdict }) => verdict === 'wrong') ? 'wrong' : 'fine' };
}

/** A verification that was kept, and what has changed since. */
export interface Since {
  readonly started: string;
  readonly changes: readonly PortChange[];
}

/** Reads what an earlier command found, before anything is tried. @throws UserError when it can't be read, or is of something else */
export function readEarlier(file: string, scope: SystemScope): SystemVerification {
  try {
    const earlier = readSystemVerification(recordText(file), file);
    const what = scopeInWords(scope);
    if (earlier.what === what) return earlier;
    throw new UserError(`${file} is of ${earlier.what}, and this command of ${what}: name the same as then`);
  } catch (error) {
    if (error instanceof BadRecord) throw new UserError(error.message);
    throw error;
  }
}

/** What changed since an earlier verification. */
export function sinceThen(earlier: SystemVerification, now: SystemVerification): Since {
  return { started: earlier.started, changes: changesSince(earlier, now) };
}
