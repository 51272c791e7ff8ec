import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { isRoot } from './needs.ts';

/** Holds the namespaces that some words make until the test ends, and returns the words that enter them. */
export async function holdNamespaces(make: readonly string[]): Promise<string[]> {
  const [command = '', ...words] = make;
  // It ends with its stdin, however the tests end.
  const holder = spawn(command, [...words, 'sh', '-c', 'echo $$; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  onTestFinished(async () => {
    holder.stdin.end();
    if (holder.exitCode === null) await once(holder, 'exit');
  });
  const namespaces = `/proc/${holder.pid}/ns`;
  const user = isRoot ? [] : [`--user=${namespaces}/user`, '--preserve-credentials'];
  return ['nsenter', ...user, `--net=${namespaces}/net`, '--'];
}
