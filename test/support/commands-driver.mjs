// Does many command lines in one process: those that only read and print, and end at once. The list is a JSON array of
// arrays of words on stdin; a JSON array with the exit code, stdout and stderr of each is printed.
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { commandLine } from '../../dist/tools/commands.js';

const printed = { stdout: '', stderr: '' };
const print = process.stdout.write.bind(process.stdout);
for (const name of ['stdout', 'stderr']) {
  process[name].write = (chunk) => {
    printed[name] += chunk;
    return true;
  };
}
const results = [];
for (const words of JSON.parse(await text(process.stdin))) {
  Object.assign(printed, { stdout: '', stderr: '' });
  const exitCode = await commandLine(words);
  results.push({ exitCode, ...printed });
}
process.exitCode = 0;
print(JSON.stringify(results));
