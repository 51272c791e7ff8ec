import { fstatSync } from 'node:fs';
import type { Operation, Result } from '../protocol/messages.ts';
import type { ReadOptions } from '../protocol/kernel-sockets.ts';
import type { Native } from './native/types.ts';

type Inspect = Extract<Operation, { op: 'inspect' }>;

/** What is asked of another process's socket; nothing changes it, and nothing is read from it or accepted. */
export function inspect(
  native: Native,
  { pid, descriptor, inode, options }: Inspect,
): Pick<Result, 'outcome' | 'errno' | 'options' | 'backlog'> {
  const fd = native.fetch(pid, descriptor);
  if (fd === null) return { outcome: 'not available here' };
  if (fd < 0) return { outcome: native.errnoName(-fd), errno: -fd };
  try {
    // The number may mean another file by now.
    if (fstatSync(fd).ino !== inode) return { outcome: 'EBADF' };
    const read: ReadOptions = {};
    for (const option of options) {
      const got = native.getsockopt(fd, option);
      // An option of the other family, or one that this kernel does not know.
      if (got === null || got.returned < 0 || got.value === undefined) continue;
      read[option] = got.value;
    }
    const backlog = native.backlog(fd);
    return { outcome: 'ok', options: read, ...(backlog === null ? {} : { backlog }) };
  } finally {
    // As long as this descriptor is open, the port stays bound even if the process ends.
    native.close(fd);
  }
}
