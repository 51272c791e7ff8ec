import { EngineFailed, type Engine } from '../engine/engine.ts';
import { engineNamed, enginesHere } from '../engine/named.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { Unavailable } from '../process/unavailable.ts';
import { readFirewall } from '../runner/port/read-firewall.ts';
import { NotVerifiable } from '../runner/verify/namespace.ts';
import type { SystemScope } from '../runner/verify/system.ts';
import { containerTarget, fileTarget, processTarget, type VerifyTarget } from '../runner/verify/target.ts';
import { EXIT, UserError } from './exit.ts';
import { sayJson } from './terminal.ts';
import { tellSystem } from './verify-system-text.ts';
import { readEarlier, sinceThen, verifySystem } from './verify-system.ts';
import { verificationOf, viewOf, type TriesOptions } from './verify-target.ts';
import { tellVerification } from './verify-text.ts';

export interface VerifyOptions extends TriesOptions {
  pid?: number;
  netns?: string;
  all?: boolean;
  project?: string;
  pod?: string;
  engine?: string;
  since?: string;
  format: 'pretty' | 'json';
}

/** `bindspec verify`. Returns the exit code. @throws UserError for what is not there or can't be looked into. */
export async function verifyCommand(containers: readonly string[], options: VerifyOptions): Promise<number> {
  const scope = scopeOf(containers, options);
  try {
    const verdict = await (scope === null ? one(containers[0], options) : several(scope, options));
    return verdict === 'wrong' ? EXIT.failed : EXIT.expected;
  } catch (error) {
    if (error instanceof Unavailable) throw new UserError(`${error.message}; ${error.enable}`);
    if (error instanceof NotVerifiable || error instanceof EngineFailed) throw new UserError(error.message);
    if (error instanceof HarnessError) throw new UserError(error.message, EXIT.harness);
    throw error;
  }
}

/** Several containers that are meant; null for one container, process or namespace. @throws UserError for what does not go together */
function scopeOf(containers: readonly string[], options: VerifyOptions): SystemScope | null {
  const { pid, netns, all, project, pod, engine, since } = options;
  const named = [containers[0], pid, netns, all, project, pod].filter((given) => given !== undefined);
  if (named.length !== 1) {
    const what = named.length === 0 ? 'nothing to verify is named' : 'more than one thing to verify is named';
    throw new UserError(
      `${what}: name a container, or one process with --pid, or one network namespace with --netns, or --all, --project or --pod`,
    );
  }
  const isContainers = pid === undefined && netns === undefined;
  if (!isContainers && engine !== undefined)
    throw new UserError('--engine is for containers: leave it out with --pid and --netns');
  if (!isContainers && since !== undefined)
    throw new UserError('--since is for containers: leave it out with --pid and --netns');
  if (project !== undefined) return { project };
  if (pod !== undefined) return { pod };
  if (all === true) return { all };
  return containers.length > 1 || since !== undefined ? { names: containers } : null;
}

async function one(container: string | undefined, options: VerifyOptions): Promise<'fine' | 'wrong'> {
  const target = await targetOfOne(container, options);
  const firewall = target.engine === undefined ? undefined : viewOf(await readFirewall());
  const verification = await verificationOf(target, options, firewall);
  if (options.format === 'json') sayJson(verification, 1);
  else tellVerification(verification);
  return verification.verdict;
}

async function several(scope: SystemScope, options: VerifyOptions): Promise<'fine' | 'wrong'> {
  const earlier = options.since === undefined ? null : readEarlier(options.since, scope);
  const found = await verifySystem(scope, enginesOf(options), options);
  if (options.format === 'json') sayJson(found, 1);
  else tellSystem(found, earlier === null ? null : sinceThen(earlier, found));
  return found.verdict;
}

async function targetOfOne(container: string | undefined, options: VerifyOptions): Promise<VerifyTarget> {
  if (options.pid !== undefined) return processTarget(options.pid);
  if (options.netns !== undefined) return fileTarget(options.netns);
  return containerTarget(container ?? '', enginesOf(options));
}

function enginesOf({ engine }: VerifyOptions): Engine[] {
  return engine === undefined ? enginesHere() : [engineNamed(engine)];
}
