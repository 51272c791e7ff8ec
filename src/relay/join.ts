/**
 * The other end of `serve`: words that launch an agent on the host which serves a Unix socket.
 *
 *     node dist/src/relay/join.js SOCKET NODE AGENT [WORD...]
 *
 * The command of the agent is the other host's own; only its words are passed on.
 */
import { connect } from 'node:net';
import process from 'node:process';
import { setTimeout as after } from 'node:timers/promises';

/** How long a host may take until it serves, in milliseconds, and how often it is tried. */
const DEADLINE = 10_000;
const TRY_EVERY = 100;

const [, , path = '', , , ...words] = process.argv;

async function connected() {
  for (const deadline = Date.now() + DEADLINE; ; await after(TRY_EVERY)) {
    const socket = connect({ path, allowHalfOpen: true });
    const failure = await new Promise<Error | null>((resolve) => {
      socket.once('connect', () => resolve(null));
      socket.once('error', resolve);
    });
    if (failure === null) return socket;
    if (Date.now() < deadline) continue;
    process.stderr.write(`bindspec: nobody serves ${path}: ${failure.message}\n`);
    process.exit(1);
  }
}

async function join(): Promise<void> {
  const socket = await connected();
  socket.write(`${words.join(' ')}\n`);
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  socket.on('error', () => process.exit(1));
  socket.on('close', () => process.exit(0));
}

void join();
