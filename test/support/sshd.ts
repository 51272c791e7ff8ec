import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { folder } from './cli.ts';
import { until } from './waiting.ts';
import { firstLack, notRoot, installed, type Lack } from './needs.ts';

const SSHD = '/usr/sbin/sshd';
/** Above every port that a lab gives to its cells. */
const PORT = 40_022;

/** A server of ssh, which root must start, and a client. */
export const noSshd: Lack | null = firstLack(
  existsSync(SSHD)
    ? null
    : { need: 'sshd', reason: `${SSHD} is not there`, enable: 'apt-get install openssh-server openssh-client' },
  installed('ssh', 'openssh-client'),
  notRoot,
);

/**
 * Starts an ssh server on the loopback of the namespaces that some words enter, with keys and a configuration of its own,
 * which ends with the test. Returns the words that log in there, by entering the same namespaces.
 */
export async function sshInto(enter: readonly string[]): Promise<string[]> {
  const made = folder();
  const file = (name: string) => path.join(made, name);
  for (const key of ['host', 'user']) spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(key)]);
  writeFileSync(file('authorized'), readFileSync(file('user.pub')));
  writeFileSync(file('known'), `[127.0.0.1]:${PORT} ${readFileSync(file('host.pub'), 'utf8')}`);
  writeFileSync(file('sshd_config'), serverSettings(file));
  // Its own /run, in which it wants a folder, so that nothing of the machine's is touched.
  const script = `mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec ${SSHD} -D -e -f ${file('sshd_config')}`;
  const [command, ...words] = [...enter, 'unshare', '--mount', 'sh', '-c', script];
  const server = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const ended = once(server, 'exit');
  onTestFinished(async () => {
    server.kill();
    await ended;
  });
  await until(`sshd listens: ${said}`, () => {
    if (server.exitCode !== null) throw new Error(`sshd ended: ${said}`);
    return said.includes('Server listening');
  });
  const options = [`Port=${PORT}`, `IdentityFile=${file('user')}`, `UserKnownHostsFile=${file('known')}`];
  const fixed = ['BatchMode=yes', 'IdentitiesOnly=yes', 'LogLevel=ERROR'];
  return [
    ...enter,
    'ssh',
    '-T',
    '-F',
    'none',
    ...[...options, ...fixed].flatMap((option) => ['-o', option]),
    'root@127.0.0.1',
  ];
}

function serverSettings(file: (name: string) => string): string {
  return [
    `Port ${PORT}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('authorized')}`,
    // The folder of a test lies below /tmp, where others may write.
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 100',
    // A test must not depend on what root's shell does at its start on this machine; bash reads ~/.bashrc at the end of
    // ssh.
    `SetEnv HOME=${path.dirname(file('home'))}`,
    `PidFile ${file('pid')}`,
    '',
  ].join('\n');
}
