import { HarnessError } from '../harness/harness-error.ts';
import { outcomeOf } from './talk.ts';
import type { Trial } from './trial.ts';

/** How often it is looked whether taskset has ended. */
const MOST_LOOKS = 1000;

/**
 * Keeps the thread of a process that makes its calls on the first processor from now on. Its agent is not to be used for
 * another cell: kill it. @throws HarnessError where that fails
 */
export async function pin(trial: Trial, pid: number): Promise<void> {
  const part = await trial.part('pin');
  const args = ['--pid', '--cpu-list', '0', String(pid)];
  const [started] = await part.do({ op: 'spawn', as: 'taskset', command: 'taskset', args });
  if (outcomeOf(started) !== 'ok') throw new HarnessError(`taskset could not be started: ${started?.outcome}`);
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const [output] = await part.do({ op: 'output', on: 'taskset' });
    if (output?.exit === 0) return;
    if (output?.exit !== undefined) throw new HarnessError(`taskset: ${output.data?.trim()}`);
  }
  throw new HarnessError('taskset did not end');
}
