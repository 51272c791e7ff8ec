// Holds the scripts within the workflows and the action against shellcheck, which reads no YAML; `.ci/run` does.
import process from 'node:process';
import { execa } from 'execa';
import { shellSteps } from './workflows/shell-steps.ts';

let wrong = 0;
for (const { where, shell, script } of shellSteps('.')) {
  const { exitCode, stdout } = await execa('shellcheck', [`--shell=${shell}`, '-'], {
    input: `${script}\n`,
    reject: false,
    timeout: 30_000,
  });
  if (exitCode === 0) continue;
  wrong += 1;
  process.stdout.write(`${where}:\n${stdout}\n`);
}
process.exitCode = wrong === 0 ? 0 : 1;
