import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { belongsTo } from '../../sockets/control-group.ts';
import type { SocketHolder } from '../../sockets/held.ts';

/** The holders of some sockets, and whether there were processes that this user may not look into. */
export interface Holders {
  readonly byInode: ReadonlyMap<number, readonly SocketHolder[]>;
  /** How many processes were left out because they belong to someone else. */
  readonly unseen: number;
}

/**
 * The processes of this machine that hold sockets, by the inodes of the sockets. Processes that this user may not look
 * at are left out, so a socket of another user has no holder.
 * @param proc where the process file system is
 */
export function socketHolders(inodes: ReadonlySet<number>, proc = '/proc'): Holders {
  const byInode = new Map<number, SocketHolder[]>();
  let unseen = 0;
  for (const pid of processes(proc)) {
    const held = socketsOf(`${proc}/${pid}`);
    if (held === null) {
      unseen += 1;
      continue;
    }
    const own = new Map(held.filter(([inode]) => inodes.has(inode)).toReversed());
    const looked = own.size === 0 ? null : look(`${proc}/${pid}`, pid);
    if (looked === null) continue;
    for (const [inode, descriptor] of own) {
      byInode.set(inode, [...(byInode.get(inode) ?? []), { ...looked, descriptor }]);
    }
  }
  return { byInode, unseen };
}

/** The numbers of all processes that can be seen. */
export function processes(proc = '/proc'): number[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The sockets that a process has open, each with its descriptor; null where this user may not see them. */
function socketsOf(process: string): [inode: number, descriptor: number][] | null {
  let descriptors: string[];
  try {
    descriptors = readdirSync(`${process}/fd`);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? null : [];
  }
  return descriptors.flatMap((descriptor): [number, number][] => {
    const target = attempt(() => readlinkSync(`${process}/fd/${descriptor}`), '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    return inode === undefined ? [] : [[Number(inode), Number(descriptor)]];
  });
}

function look(process: string, pid: number): Omit<SocketHolder, 'descriptor'> | null {
  return attempt(
    () => ({
      pid,
      program: readFileSync(`${process}/comm`, 'utf8').trim(),
      command: readFileSync(`${process}/cmdline`, 'utf8').split('\0').slice(0, -1),
      uid: uidOf(process),
      network: readlinkSync(`${process}/ns/net`),
      pids: readlinkSync(`${process}/ns/pid`),
      ...belongsTo(attempt(() => readFileSync(`${process}/cgroup`, 'utf8'), '')),
    }),
    null,
  );
}

/** The effective user, the second number of the line. A process that is not dumpable has files of root. */
function uidOf(process: string): number {
  const [, , effective] =
    /^Uid:\s+(\d+)\s+(\d+)/m.exec(attempt(() => readFileSync(`${process}/status`, 'utf8'), '')) ?? [];
  return effective === undefined ? statSync(process).uid : Number(effective);
}

/** While this looks at a process, the process may end, or belong to another user. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
