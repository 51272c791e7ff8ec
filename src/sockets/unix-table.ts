/** One socket of /proc/net/unix (proc_pid_net(5)). */
export interface UnixRow {
  readonly inode: number;
  readonly type: 'stream' | 'dgram' | 'seqpacket';
  /** Whether it listens (__SO_ACCEPTCON). */
  readonly listens: boolean;
  /** The file, or a name in the abstract space with an @ before it; absent for a socket without a name. */
  readonly path?: string;
}

const TYPES: Readonly<Record<string, UnixRow['type']>> = { '0001': 'stream', '0002': 'dgram', '0005': 'seqpacket' };
const LISTENS = 0x1_0000;

/** The sockets in the text of /proc/net/unix. Those of the abstract space belong to one network namespace, as the table does. */
export function parseUnixTable(text: string): UnixRow[] {
  return text.split('\n').flatMap((line) => {
    const match = /^[\da-f]+: [\da-f]+ [\da-f]+ ([\da-f]{8}) ([\da-f]{4}) [\da-f]{2} +(\d+)(?: (.*))?$/i.exec(line);
    const type = TYPES[match?.[2] ?? ''];
    if (match === null || type === undefined) return [];
    const [, flags = '', , inode = '', path] = match;
    const listens = (Number.parseInt(flags, 16) & LISTENS) !== 0;
    return [{ inode: Number(inode), type, listens, ...(path === undefined ? {} : { path }) }];
  });
}
