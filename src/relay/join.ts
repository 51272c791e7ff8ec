/**
 * The other end of `serve`: words that launch an agent on the host which serves a Unix socket.
 *
 *     node dist/src/relay/join.js SOCKET NODE AGENT [WORD...]
 *
 * The command of the agent is the other host's own; only its words are passed on.
 */
import type { Socket } from 'node:net';
import process from 'node:process';
import { reach } from './reach.ts';

/** How long a host may take until it serves, in milliseconds on a quiet machine. */
const WITHIN = 10_000;

const [, , file = '', , , ...words] = process.argv;

async function reached(): Promise<Socket> {
  try {
    return await reach(file, WITHIN);
  } catch (error) {
    process.stderr.write(`bindspec: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

async function join(): Promise<void> {
  const socket = await reached();
  socket.write(`${words.join(' ')}\n`);
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  socket.on('error', () => process.exit(1));
  // An agent that is gone reads no more, though the harness may have more to say.
  socket.on('end', () => socket.end());
  socket.on('close', () => process.exit(0));
}

void join();
