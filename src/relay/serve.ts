/**
 * Starts agents for whoever connects to a Unix socket, so that hosts which share a folder, and nothing else, can be the
 * hosts of a lab: containers with a volume. An agent's stdin and stdout are the connection, and it ends with it.
 *
 *     node dist/src/relay/serve.js SOCKET
 */
import { spawn } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import process from 'node:process';
import { agentCommand } from '../lab/agent-command.ts';

/** What an agent can be started with: nothing, a user to become, or another agent to end. */
const WORDS = /^(\d+|end \d+)?$/;
/** The longest first line, in characters. */
const LONGEST = 100;

const [, , path] = process.argv;
if (path === undefined) {
  process.stderr.write('bindspec: say where to listen: serve.js SOCKET\n');
  process.exit(2);
}

// One that was left by a container before this one can't be listened on.
rmSync(path, { force: true });
const server = createServer({ allowHalfOpen: true }, (connection) => {
  connection.on('error', () => connection.destroy());
  firstLine(connection, (line) => {
    if (WORDS.test(line)) startAgent(connection, line.split(' ').filter(Boolean));
    else connection.destroy();
  });
});
server.on('error', (error) => {
  process.stderr.write(
    `bindspec: ${path} can't be listened on: ${error.message}; name a folder that can be written to\n`,
  );
  process.exit(2);
});
server.listen(path, () => {
  // Who may connect is a matter of who has the folder.
  chmodSync(path, 0o666);
  process.stdout.write('ready\n');
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
// Node would open its debugger.
process.on('SIGUSR1', () => undefined);

function startAgent(connection: Socket, words: readonly string[]): void {
  const [node = '', ...start] = agentCommand();
  const agent = spawn(node, [...start, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  agent.stdin.on('error', () => undefined);
  connection.pipe(agent.stdin);
  agent.stdout.pipe(connection);
  // An agent whose connection is gone reads the end of its stdin.
  connection.on('close', () => agent.stdin.destroy());
  agent.on('exit', () => connection.end());
}

/** Reads up to the first end of a line, and leaves the rest to be read. */
function firstLine(connection: Socket, then: (line: string) => void): void {
  let before = '';
  const read = () => {
    for (let byte = connection.read(1) as Buffer | null; byte !== null; byte = connection.read(1) as Buffer | null) {
      if (byte.toString() === '\n') {
        connection.off('readable', read);
        then(before);
        return;
      }
      before += byte.toString();
      if (before.length > LONGEST) {
        connection.destroy();
        return;
      }
    }
  };
  connection.on('readable', read);
}
