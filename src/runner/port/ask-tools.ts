import { execa } from 'execa';
import { paced } from '../../process/pace.ts';

/** How long a tool may take, in milliseconds on a quiet machine; lsof looks at every file of every process. */
const DEADLINE = 20_000;
const MOST = 64_000_000;

/** What lists the sockets of a system, by Node's names of systems. All of these list only; none of them has run there yet. */
const LISTERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['/usr/sbin/lsof', '-nP', '-i'],
  freebsd: ['sockstat', '-46'],
  netbsd: ['sockstat', '-n'],
  openbsd: ['netstat', '-an'],
  win32: ['netstat', '-ano'],
};
const EXCLUDED = ['tcp', 'udp'].map((protocol) => [
  'netsh',
  'int',
  'ipv4',
  'show',
  'excludedportrange',
  `protocol=${protocol}`,
]);

/** What a tool could not do. The message is one line. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed';
}

/**
 * Asks a system's own tools for all sockets, and on Windows for the excluded ranges of ports.
 * @throws ToolFailed
 */
export async function askTools(system: string): Promise<{ listing: string; excluded: string }> {
  const lister = LISTERS[system];
  if (lister === undefined) throw new ToolFailed(`bindspec knows no tool of '${system}' that lists sockets`);
  const listing = await output(lister);
  const excluded = system === 'win32' ? await Promise.all(EXCLUDED.map(output)) : [];
  return { listing, excluded: excluded.join('\n') };
}

async function output([tool = '', ...words]: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr, shortMessage } = await execa(tool, words, {
    reject: false,
    stdin: 'ignore',
    timeout: paced(DEADLINE),
    maxBuffer: MOST,
    env: { LC_ALL: 'C' },
  });
  // lsof ends with 1 where it found nothing, and says nothing then.
  if (exitCode === 0 || (exitCode === 1 && stderr === '')) return stdout;
  const [first = ''] = (stderr.trim() || (shortMessage ?? 'it failed')).split('\n');
  throw new ToolFailed(`${tool} could not list the sockets: ${first}`);
}
