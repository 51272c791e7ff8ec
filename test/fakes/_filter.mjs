// What the agents share that are real ones behind a filter, so that they answer as another system's would.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const AGENT = fileURLToPath(new URL('../../dist/src/agent/start.cjs', import.meta.url));

/**
 * Starts the real agent, and hands it what `request` makes of each operation. `reply` is called for each result of an
 * operation, as an object or as the one word of a terse reply, with the operation as it was asked; it returns the
 * answer to give instead.
 */
export function filter({ request, reply = (result) => result }) {
  const child = spawn(process.execPath, [AGENT, ...process.argv.slice(2)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.on('exit', (code) => process.exit(code ?? 1));
  const asked = new Map();
  const requests = createInterface({ input: process.stdin });
  requests.on('line', (line) => {
    const message = JSON.parse(line);
    asked.set(message.id, message.operations);
    child.stdin.write(`${JSON.stringify({ ...message, operations: message.operations.map(request) })}\n`);
  });
  requests.on('close', () => child.stdin.end());
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line);
    const operations = asked.get(message.id) ?? [];
    asked.delete(message.id);
    for (const key of ['results', 'outcomes']) {
      if (message[key]) message[key] = message[key].map((result, index) => reply(result, operations[index]));
    }
    process.stdout.write(`${JSON.stringify(message)}\n`);
  });
}
