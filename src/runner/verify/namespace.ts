import { existsSync, readlinkSync, statfsSync, statSync } from 'node:fs';
import process from 'node:process';
import { execa } from 'execa';
import { onPath } from '../../lab/programs.ts';
import { paced } from '../../process/pace.ts';

/** A container, process or namespace can't be looked into; the message says why and what to do. */
export class NotVerifiable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotVerifiable';
  }
}

/** A network namespace that can be entered. */
export interface Namespace {
  /** The words to put before a command so that it starts in there. */
  readonly enter: readonly string[];
  /** The process through which the namespace was found. */
  readonly pid?: number;
}

/** The kernel's number for the file system of namespaces (linux/magic.h). */
const NSFS_MAGIC = 0x6e_73_66_73;

/** Entering a namespace takes some milliseconds; on a quiet machine never longer than this, in milliseconds. */
const DEADLINE = 10_000;

/** The network namespace of a process. @throws NotVerifiable */
export async function namespaceOfProcess(pid: number): Promise<Namespace> {
  checkSystem();
  if (!existsSync(`/proc/${pid}`)) {
    throw new NotVerifiable(`there is no process ${pid} on this machine: look with ps; it may have ended`);
  }
  const user = isOtherUserNamespace(pid) ? [`--user=/proc/${pid}/ns/user`, '--preserve-credentials'] : [];
  const enter = ['nsenter', ...user, `--net=/proc/${pid}/ns/net`, '--'];
  await checkEntering(enter, `the network namespace of process ${pid}`);
  return { enter, pid };
}

/** A network namespace by a file, for example one in /run/netns. @throws NotVerifiable */
export async function namespaceOfFile(file: string): Promise<Namespace> {
  checkSystem();
  let type: number;
  try {
    type = statfsSync(file).type;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it can't be looked at (${code})`;
    throw new NotVerifiable(`'${file}' is not a network namespace: ${why}; 'ip netns list' shows the named ones`);
  }
  if (type !== NSFS_MAGIC) {
    throw new NotVerifiable(
      `'${file}' is not a network namespace: it is ${statSync(file).isDirectory() ? 'a folder' : 'an ordinary file'}; those with names are in /run/netns`,
    );
  }
  const enter = ['nsenter', `--net=${file}`, '--'];
  await checkEntering(enter, `the network namespace '${file}'`);
  return { enter };
}

function checkSystem(): void {
  if (process.platform !== 'linux') {
    throw new NotVerifiable(
      `verify needs network namespaces, which Linux has and ${process.platform} does not: ` +
        'run it where the engine runs (for Docker Desktop and podman machine, in their virtual machine)',
    );
  }
}

/** An ordinary user owns namespaces only within a user namespace, which has to be entered as well. */
function isOtherUserNamespace(pid: number): boolean {
  if (process.getuid?.() === 0) return false;
  try {
    return readlinkSync(`/proc/${pid}/ns/user`) !== readlinkSync('/proc/self/ns/user');
  } catch {
    // If the process can't be looked at, entering its namespace reports that.
    return false;
  }
}

async function checkEntering(enter: readonly string[], what: string): Promise<void> {
  if (!onPath('nsenter')) throw new NotVerifiable("the program 'nsenter' is not installed: apt-get install util-linux");
  const [file = '', ...words] = enter;
  const timeout = paced(DEADLINE);
  const { failed, stderr, timedOut } = await execa(file, [...words, 'true'], {
    reject: false,
    timeout,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });
  if (!failed) return;
  const complaint = timedOut
    ? `no answer within ${Math.round(timeout / 1000)} s`
    : (stderr.trim().split('\n')[0] ?? '');
  const why = complaint.replace(/^nsenter: /, '') || 'no reason given';
  const advice = /permitted|denied/i.test(why) ? ': run it as the owner of the container, or with sudo' : '';
  throw new NotVerifiable(`${what} can't be entered (${why})${advice}`);
}
