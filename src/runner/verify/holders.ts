import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that holds a socket. */
export interface SocketHolder {
  readonly pid: number;
  readonly program: string;
  /** Its network and pid namespaces, as the kernel names them. */
  readonly network: string;
  readonly pids: string;
}

/**
 * The processes of this machine that hold sockets, by the inodes of the sockets. Processes that this user may not look
 * at are left out, so a socket of another user has no holder.
 */
export function socketHolders(inodes: ReadonlySet<number>): Map<number, SocketHolder[]> {
  const holders = new Map<number, SocketHolder[]>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const held = socketsOf(entry).filter((inode) => inodes.has(inode));
    if (held.length === 0) continue;
    const holder = look(entry);
    if (holder === null) continue;
    for (const inode of new Set(held)) holders.set(inode, [...(holders.get(inode) ?? []), holder]);
  }
  return holders;
}

function socketsOf(pid: string): number[] {
  return attempt(() => readdirSync(`/proc/${pid}/fd`), []).flatMap((descriptor) => {
    const target = attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    return inode === undefined ? [] : [Number(inode)];
  });
}

function look(pid: string): SocketHolder | null {
  return attempt(
    () => ({
      pid: Number(pid),
      program: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(),
      network: readlinkSync(`/proc/${pid}/ns/net`),
      pids: readlinkSync(`/proc/${pid}/ns/pid`),
    }),
    null,
  );
}

/** While this looks at a process, the process may end, or belong to another user. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
