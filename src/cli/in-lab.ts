import { type LabKind } from '../lab/lab.ts';
import { BadTopology } from '../lab/topology/bad-topology.ts';
import { unlessAborted } from '../process/interrupted.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { EXIT, UserError } from './exit.ts';
import type { LabChoice } from './lab-option.ts';
import { labFor } from './labs.ts';
import { complain } from './terminal.ts';
import { Unavailable } from '../process/unavailable.ts';

/** What the command line says about where to run. */
export interface RunPlace {
  lab: LabChoice;
  /** The interface whose addresses the host lab takes. */
  interface?: string;
  /** Another network stack, whose own lab it then is. */
  stack?: string;
}

/**
 * Does something in a kind of lab; `signal` is that of the user's interruption, where that does not end the process.
 * @throws UserError when the lab is not available, or no agent can be started in it; Interrupted.
 */
export async function inLab<T>(place: RunPlace, work: (kind: LabKind) => Promise<T>, signal?: AbortSignal): Promise<T> {
  const { stack } = place;
  try {
    const kind = stack === undefined ? labFor(place, (why) => complain(`bindspec: ${why}`)) : labOfStack(stack, place);
    return await work(await (signal === undefined ? kind : unlessAborted(kind, signal)));
  } catch (error) {
    if (error instanceof BadTopology) throw new UserError(error.lines);
    if (error instanceof Unavailable)
      throw new UserError(`the ${titleOf(place)} lab is not available: ${error.message}; ${error.enable}`);
    if (error instanceof HarnessError) throw new UserError(error.message, EXIT.harness);
    throw error;
  }
}

/** The words of a command line that mean the same place; none for the usual one. */
export function placeOptions({ lab, stack, interface: device }: RunPlace): string[] {
  return [
    ...(lab === 'auto' ? [] : ['--lab', lab]),
    ...(device === undefined ? [] : ['--interface', device]),
    ...(stack === undefined ? [] : ['--stack', stack]),
  ];
}

/** The lab that is meant: a named interface is one of the host lab. */
function titleOf({ lab, stack, interface: device }: RunPlace): string {
  return stack ?? (device === undefined ? lab : 'host');
}

async function labOfStack(name: string, { lab: choice, interface: device }: RunPlace): Promise<LabKind> {
  if (device !== undefined) throw new UserError(`--stack ${name} has its own interfaces: leave out --interface`);
  if (choice !== 'auto') throw new UserError(`--stack ${name} has its own lab: leave out --lab ${choice}`);
  const { inside } = await (await import('./stack-of.ts')).stackToUse(name);
  if (inside.kind === 'lab') return inside.lab;
  throw new Error(`the stack ${name} is a machine, on which the whole command runs`);
}
