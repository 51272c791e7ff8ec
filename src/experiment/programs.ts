import { setTimeout as after } from 'node:timers/promises';
import type { AddressKind, HostName } from '../lab/lab.ts';
import type { Family } from '../protocol/messages.ts';
import { HarnessError } from '../harness/harness-error.ts';
import type { Outcome } from './outcome.ts';
import { outputOf } from '../lab/program-output.ts';
import { listenersAt } from './socket-table.ts';
import { open, outcomeOf } from './talk.ts';
import { addressOf, kindOf, type Part, type Trial } from './trial.ts';
import { Deadline, paced } from '../process/pace.ts';

/** How long a program may take until it listens, and until it answers, in milliseconds on a quiet machine. */
const START_DEADLINE = 15_000;
/**
 * How long to wait between two looks at whether it listens: at least so many milliseconds, and at least this part of the
 * time that has passed by then. For each look, the system goes through its whole table of connections.
 */
const LOOK = { least: 20, part: 0.25 };

/** A server program that someone else wrote, seen from inside its machine and from outside. */
export interface SeenProgram {
  /** The kinds of addresses on which it listens, by the system's own tables; `dual` stands for a `::` that takes IPv4 too. */
  listens: string[] | null;
  /** The result of asking each address, from the machine itself and from the neighbour. */
  machine: Partial<Record<'loopback' | 'loopback6' | 'external' | 'external6', Outcome>>;
  neighbour: Partial<Record<'external' | 'external6', Outcome>>;
}

/**
 * Starts an HTTP server as a user would, waits until it listens on the trial's port, and asks it at each address where it
 * may answer.
 */
export async function startAndLook(trial: Trial, command: string, args: string[]): Promise<SeenProgram> {
  const server = await trial.part('server');
  const [started] = await server.do({ op: 'spawn', as: 'program', command, args });
  if (outcomeOf(started) !== 'ok') throw new HarnessError(`${command} could not be started: ${started?.outcome}`);
  const listens = await waitUntilItListens(trial, server, command);
  const at = (host: HostName, family: Family, kind: AddressKind) => askHttp(trial, host, family, kind);
  const machine: SeenProgram['machine'] = {
    loopback: await at('machine', 'inet', 'loopback'),
    loopback6: await at('machine', 'inet6', 'loopback'),
    external: await at('machine', 'inet', 'external'),
    external6: await at('machine', 'inet6', 'external'),
  };
  const neighbour: SeenProgram['neighbour'] = {
    external: await at('neighbour', 'inet', 'external'),
    external6: await at('neighbour', 'inet6', 'external'),
  };
  return { listens: listens?.map((address) => kindOf(trial.facts, address)).toSorted() ?? null, machine, neighbour };
}

/** Has a part run a program to its end, and returns its exit code; null where a signal ended it. @throws HarnessError when it can't be started */
export async function programEnded(
  part: Part,
  { command, args, inherit }: { command: string; args: string[]; inherit: string[] },
): Promise<number | null> {
  const output = await outputOf((operations) => part.do(...operations), command, args, inherit);
  if (output === undefined) throw new HarnessError(`${command} could not be started`);
  return output.exit;
}

async function waitUntilItListens(trial: Trial, server: Part, command: string): Promise<string[] | null> {
  const began = performance.now();
  for (const deadline = new Deadline(START_DEADLINE); ;) {
    const listeners = await listenersAt(server, trial.port);
    if (listeners === null || listeners.length > 0) return listeners;
    const [output] = await server.do({ op: 'output', on: 'program' });
    if (output?.exit !== undefined)
      throw new HarnessError(`${command} ended with code ${output.exit}: ${output.data?.trim().slice(-300)}`);
    if (deadline.passed) {
      const seconds = Math.round(deadline.allowed / 1000);
      throw new HarnessError(`${command} did not listen on port ${trial.port} within ${seconds} s`);
    }
    await after(Math.max(LOOK.least, (performance.now() - began) * LOOK.part));
  }
}

/** Sends a request as HTTP/1.0: `answered` when what comes back is HTTP. */
async function askHttp(trial: Trial, host: HostName, family: Family, kind: AddressKind): Promise<Outcome> {
  const part = await trial.part(host === 'machine' ? 'client' : `client on ${host}`, { host });
  const socket = part.fresh('client');
  const results = await part.attempt(
    ...open(socket, 'tcp', family, 1),
    {
      op: 'connect',
      on: socket,
      address: addressOf(trial.facts, family, kind),
      port: trial.port,
      within: trial.connectPatience,
    },
    { op: 'send', on: socket, data: 'GET / HTTP/1.0\r\n\r\n' },
    // The program that accepts the connection answers. A program that answers for the first time may need as long as it
    // needs to start.
    { op: 'recv', on: socket, within: paced(START_DEADLINE) },
  );
  await part.do({ op: 'close', on: socket });
  const last = results.at(-1);
  return last?.data?.startsWith('HTTP/') === true ? 'answered' : outcomeOf(last);
}
