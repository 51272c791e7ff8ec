import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { hostFacts } from '../../src/lab/host.ts';
import type { Lab, LabKind } from '../../src/lab/lab.ts';
import { LOOPBACK_ONLY } from './namespace.ts';
import { isRoot } from './needs.ts';

/** The host lab, but in a network namespace of its own with nothing but loopback, so that its traffic stays there. */
export const loopbackLab = loopbackLabWith();

/**
 * The same, in a namespace that shell text sets up; at its end other shell text is run there, and `told` gets what that
 * prints.
 */
export function loopbackLabWith(setUp = 'true', atEnd?: { text: string; told(printed: string): void }): LabKind {
  return {
    name: 'host',
    open: () => open(setUp, atEnd),
  };
}

async function open(setUp: string, atEnd?: { text: string; told(printed: string): void }): Promise<Lab> {
  const [command = '', ...words] = LOOPBACK_ONLY;
  // It ends with its stdin, however the tests end.
  const holder = spawn(command, [...words, 'sh', '-c', `${setUp}; echo ready; exec cat >/dev/null`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const namespaces = `/proc/${holder.pid}/ns`;
  const user = isRoot ? [] : [`--user=${namespaces}/user`, '--preserve-credentials'];
  const loopback = { netmask: '', mac: '00:00:00:00:00:00', internal: true };
  const facts = hostFacts(
    {
      lo: [
        { ...loopback, address: '127.0.0.1', family: 'IPv4', cidr: '127.0.0.1/8' },
        { ...loopback, address: '::1', family: 'IPv6', cidr: '::1/128', scopeid: 0 },
      ],
    },
    process.getuid?.() === 0,
  );
  const launch = ['nsenter', ...user, `--net=${namespaces}/net`, '--'];
  return {
    facts,
    launch: () => launch,
    async close() {
      if (atEnd) {
        const [enter = '', ...inside] = launch;
        atEnd.told(execFileSync(enter, [...inside, 'sh', '-c', atEnd.text], { encoding: 'utf8' }));
      }
      holder.stdin.end();
      if (holder.exitCode === null) await once(holder, 'exit');
    },
  };
}
