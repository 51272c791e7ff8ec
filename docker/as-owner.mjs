/**
 * Runs a command as the owner of a folder, so that what it writes into a mounted folder belongs to whoever owns that on the
 * engine's host. Started by root, which in a rootless container is that owner already.
 *
 *     node as-owner.mjs FOLDER COMMAND [WORD...]
 */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';

const [, , folder, command, ...words] = process.argv;
const { uid, gid } = statSync(folder);
const child = spawn(command, words, { stdio: 'inherit', uid, gid });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 3)));
