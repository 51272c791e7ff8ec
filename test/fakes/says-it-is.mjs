// The real agent, which says of its system what the third argument, a part of a hello as JSON, says.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [, , agent, changes] = process.argv;
const child = spawn(process.execPath, [agent], { stdio: ['inherit', 'pipe', 'inherit'] });
child.on('exit', (code) => process.exit(code ?? 1));
let greeted = false;
createInterface({ input: child.stdout }).on('line', (line) => {
  const message = greeted ? line : JSON.stringify({ ...JSON.parse(line), ...JSON.parse(changes) });
  greeted = true;
  process.stdout.write(`${message}\n`);
});
