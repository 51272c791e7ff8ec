import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Deadline } from '../process/pace.ts';

/** How often a socket that no one serves yet is tried, in milliseconds. */
const TRY_EVERY = 100;

/**
 * Connects to a Unix socket that a host serves or is about to. `within` is how long it may take until the host serves, in
 * milliseconds on a quiet machine. Where not even the folder of the socket is there, it is not waited for.
 * @throws Error that says why it can't be reached
 */
export async function reach(file: string, within: number): Promise<Socket> {
  for (const deadline = new Deadline(within); ; await after(TRY_EVERY)) {
    const socket = connect({ path: file, allowHalfOpen: true });
    const failure = await new Promise<Error | null>((resolve) => {
      socket.once('connect', () => resolve(null));
      socket.once('error', resolve);
    });
    if (failure === null) return socket;
    const folder = path.dirname(file);
    if (!existsSync(folder)) throw new Error(`no one can serve ${file}: the folder ${folder} is not there`);
    if (deadline.passed) throw new Error(`no one serves ${file}: ${failure.message}`);
  }
}
