import { readlinkSync, statSync } from 'node:fs';
import { processes } from './holders.ts';

/** A network namespace of this machine that some process is in. */
export interface NetworkTables {
  /** The folder of its tables. */
  readonly net: string;
  /** As the kernel names it: `net:[4026531840]`; where this user may not know that, by one of its processes. */
  readonly name: string;
}

/**
 * The network namespaces that processes are in, beside that of this process. Each has tables of its own, whose inode number
 * is the same for every process in it; unlike the name of the namespace, anyone may read that.
 */
export function otherNetworks(): NetworkTables[] {
  const own = inodeOf('/proc/self/net');
  const found = new Map<number, NetworkTables>();
  for (const pid of processes()) {
    const net = `/proc/${pid}/net`;
    const inode = inodeOf(net);
    if (inode === undefined || inode === own || found.has(inode)) continue;
    found.set(inode, { net, name: nameOf(pid) });
  }
  return [...found.values()];
}

function inodeOf(net: string): number | undefined {
  try {
    return statSync(`${net}/udp`).ino;
  } catch {
    // The process has ended, or has no network any more.
    return undefined;
  }
}

function nameOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return `the network of process ${pid}`;
  }
}
