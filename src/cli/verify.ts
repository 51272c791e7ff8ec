import { engineNamed, enginesHere } from '../engine/named.ts';
import { EngineFailed } from '../engine/engine.ts';
import { VERIFICATION_VERSION, type Verification } from '../record/verification.ts';
import { gather } from '../runner/verify/gather.ts';
import { NotVerifiable } from '../runner/verify/namespace.ts';
import { containerTarget, fileTarget, processTarget, type VerifyTarget } from '../runner/verify/target.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { portReports } from '../verify/report.ts';
import { EXIT, UserError } from './exit.ts';
import { sayJson } from './terminal.ts';
import { tellVerification } from './verify-text.ts';
import { version } from './version.ts';
import { Unavailable } from '../process/unavailable.ts';

export interface VerifyOptions {
  pid?: number;
  netns?: string;
  engine?: string;
  udp: boolean;
  neighbour: boolean;
  patience: number;
  format: 'pretty' | 'json';
}

/** `bindspec verify`. Returns the exit code. @throws UserError for what is not there or can't be looked into. */
export async function verifyCommand(container: string | undefined, options: VerifyOptions): Promise<number> {
  const verification = await verified(container, options);
  if (options.format === 'json') sayJson(verification, 1);
  else tellVerification(verification);
  return verification.verdict === 'wrong' ? EXIT.failed : EXIT.expected;
}

async function verified(container: string | undefined, options: VerifyOptions): Promise<Verification> {
  const { udp, neighbour, patience } = options;
  const started = new Date().toISOString();
  try {
    const { namespace, engine, described } = await targetOf(container, options);
    const { situation, tries } = await gather({
      namespace,
      ...(engine === undefined ? {} : { engine }),
      udp,
      neighbour,
      patience,
    });
    const ports = portReports(situation, tries);
    return {
      schema: VERIFICATION_VERSION,
      bindspec: version(),
      started,
      target: { ...described, hostNetwork: situation.hostNetwork, addresses: [...situation.addresses] },
      host: { addresses: [...situation.host.addresses], localhost: [...situation.host.localhost] },
      neighbour,
      udp,
      ports,
      verdict: ports.some((port) => port.verdict === 'wrong') ? 'wrong' : 'fine',
    };
  } catch (error) {
    if (error instanceof Unavailable) throw new UserError(`${error.message}; ${error.enable}`);
    if (error instanceof NotVerifiable || error instanceof EngineFailed) throw new UserError(error.message);
    if (error instanceof HarnessError) throw new UserError(error.message, EXIT.harness);
    throw error;
  }
}

async function targetOf(container: string | undefined, { pid, netns, engine }: VerifyOptions): Promise<VerifyTarget> {
  const named = [container, pid, netns].filter((one) => one !== undefined);
  if (named.length !== 1) {
    const what = named.length === 0 ? 'nothing to verify is named' : 'more than one thing to verify is named';
    throw new UserError(`${what}: name a container, or one process with --pid, or one network namespace with --netns`);
  }
  if (container === undefined && engine !== undefined) {
    throw new UserError('--engine is for containers: leave it out with --pid and --netns');
  }
  if (pid !== undefined) return processTarget(pid);
  if (netns !== undefined) return fileTarget(netns);
  return containerTarget(container ?? '', engine === undefined ? enginesHere() : [engineNamed(engine)]);
}
