import type { AgentProcess } from '../harness/agent-process.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { paced } from '../process/pace.ts';
import type { Operation, Result } from '../protocol/messages.ts';

/** How long a program of a host may take, in milliseconds on a quiet machine. */
const DEADLINE = 10_000;

/** Has an agent on a host do operations. */
export type Say = (operations: readonly Operation[]) => Promise<Result[]>;

/** The operations of one agent. */
export function sayOf(agent: AgentProcess): Say {
  return async (operations) => agent.ask(operations, false);
}

/**
 * Runs a short program of a host, which may inherit sockets, and returns what it printed; undefined where it can't be started.
 * @throws HarnessError when it does not end
 */
export async function outputOf(
  say: Say,
  program: string,
  args: readonly string[],
  inherit: readonly string[] = [],
): Promise<{ readonly exit: number; readonly text: string } | undefined> {
  const [started] = await say([{ op: 'spawn', as: program, command: program, args: [...args], inherit: [...inherit] }]);
  if (started?.outcome !== 'ok') return undefined;
  const within = paced(DEADLINE);
  const [output] = await say([
    { op: 'output', on: program, within },
    { op: 'kill', on: program },
  ]);
  if (output?.exit !== undefined) return { exit: output.exit, text: output.data ?? '' };
  throw new HarnessError(`${program} ${args.join(' ')} did not end within ${within} ms`);
}
