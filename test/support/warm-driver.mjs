// The command in a process that stays: it does one command line after another, as its parent sends them, and ends with its
// parent. A request is { words, cwd }; the answer is { exitCode, stdout, stderr }, or { crash } with what was thrown.
import process from 'node:process';
import { commandLine } from '../../dist/tools/commands.js';

const printed = { stdout: '', stderr: '' };
for (const name of ['stdout', 'stderr']) {
  process[name].write = (chunk) => {
    printed[name] += chunk;
    return true;
  };
}

// What a command leaves behind by mistake must not be taken for the next one's doing.
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => process.send({ crash: String(error?.stack ?? error) }, () => process.exit(1)));
}

async function answer({ words, cwd }) {
  process.chdir(cwd);
  Object.assign(printed, { stdout: '', stderr: '' });
  const exitCode = await commandLine(words);
  process.exitCode = 0;
  return { exitCode, ...printed };
}

process.on('message', (request) => void answer(request).then((answered) => process.send(answered)));
process.on('disconnect', () => process.exit(0));
