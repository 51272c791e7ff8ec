// Answers as it should, but goes on after the end of stdin, and after SIGTERM.
import { hello, results } from './_agent.mjs';
import { createInterface } from 'node:readline';

process.on('SIGTERM', () => undefined);
setInterval(() => undefined, 1000);
hello();
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, operations } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ id, results: results(operations) })}\n`);
});
