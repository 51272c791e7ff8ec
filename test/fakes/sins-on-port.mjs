// The real agent, until it is asked to bind the port in the first argument: then it does what the second says.
// Everything else passes through, so that a run goes on with real observations.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { block } from './_agent.mjs';

const [, , agent, port, sin] = process.argv;
const child = spawn(process.execPath, [agent], { stdio: ['pipe', 'inherit', 'inherit'] });
child.on('exit', (code) => process.exit(code ?? 1));
const lines = createInterface({ input: process.stdin });
lines.on('close', () => child.stdin.end());
lines.on('line', (line) => {
  const { id, operations } = JSON.parse(line);
  if (!operations.some((operation) => operation.op === 'bind' && operation.port === Number(port))) {
    child.stdin.write(`${line}\n`);
    return;
  }
  if (sin === 'die') {
    child.kill('SIGKILL');
    throw new Error('out of memory, or so');
  }
  if (sin === 'hang') block();
  if (sin === 'garbage') process.stdout.write('segmentation fault\n');
  if (sin === 'wrong id') process.stdout.write(`${JSON.stringify({ id: id + 1, results: [] })}\n`);
  if (sin === 'too few') process.stdout.write(`${JSON.stringify({ id, results: [] })}\n`);
});
