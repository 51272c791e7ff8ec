import { HarnessError } from '../harness/harness-error.ts';
import { outputOf } from '../lab/program-output.ts';
import type { Part, Trial } from './trial.ts';

/**
 * Has the thread of a part's process that makes its calls stay on the first processor while something is done, and then go
 * where it could go before. @throws HarnessError where that fails
 */
export async function onFirstProcessor<T>(trial: Trial, part: Part, work: () => Promise<T>): Promise<T> {
  const [, told] = await part.do({ op: 'stand-in', as: 'nothing', of: 'nothing' }, { op: 'descriptor', on: 'nothing' });
  const pid = String(told?.pid ?? -1);
  const pin = await trial.part('pin');
  const taskset = async (...args: string[]): Promise<string> => {
    const output = await outputOf((operations) => pin.do(...operations), 'taskset', ['--pid', '--cpu-list', ...args]);
    if (output?.exit === 0) return output.text;
    throw new HarnessError(`taskset: ${output?.text.trim() ?? 'it could not be started'}`);
  };
  const before = /: (\S+)\s*$/.exec(await taskset(pid))?.[1];
  if (before === undefined) throw new HarnessError(`taskset does not say on which processors ${part.name} may be`);
  await taskset('0', pid);
  const result = await work();
  await taskset(before, pid);
  return result;
}
