import type { SystemName } from '../../model/types.ts';

/** The systems that a text can be of, the likeliest first, and what tells them. */
export interface RowOrigin {
  readonly systems: readonly SystemName[];
  /** How they are known, as a clause: `netstat of Windows prints such rows`. */
  readonly why: string;
}

const LINUX = ['linux', 'gvisor'] as const satisfies SystemName[];

/**
 * Rows that only the tools of some systems print. The netstat of macOS and FreeBSD writes the family after the protocol
 * (`tcp4`, `tcp46`), that of OpenBSD and NetBSD only the 6 (usr.bin/netstat/inet.c of each); all four write the port after a
 * dot. lsof prints the address of the kernel's structure on them, and a number on Linux (lsof(8), DEVICE).
 */
const ROWS: readonly (readonly [pattern: RegExp, tool: string, systems: readonly SystemName[]])[] = [
  [/^\s*(?:(?:tcp|udp)\s+)?(?:LISTEN|UNCONN|ESTAB)\s+\d+\s+\d+\s/, 'ss', LINUX],
  [
    /^\s*(?:tcp|udp)6?\s+\d+\s+\d+\s+\S+:(?:\d+|\*|[a-z]\S*)\s+\S+:(?:\d+|\*|[a-z]\S*)(?:\s|$)/,
    'netstat of Linux',
    LINUX,
  ],
  [/^\s*\d+:\s+[0-9A-F]{8,32}:[0-9A-F]{4}\s+[0-9A-F]{8,32}:[0-9A-F]{4}\s/, 'the kernel in /proc/net', LINUX],
  [/^\s*(?:tcp|udp)(?:4|46)\s+\d+\s+\d+\s+\S+\.\S+\s/, 'netstat of macOS and FreeBSD', ['darwin', 'freebsd']],
  [/^\s*(?:tcp|udp)\s+\d+\s+\d+\s+\S+\.(?:\d+|\*|[a-z]\S*)\s/, 'netstat of OpenBSD and NetBSD', ['openbsd', 'netbsd']],
  [
    /^\s*(?:tcp|udp)6\s+\d+\s+\d+\s+\S+\.(?:\d+|\*|[a-z]\S*)\s/,
    'netstat of macOS and the BSDs',
    ['darwin', 'freebsd', 'openbsd', 'netbsd'],
  ],
  [/^\s*TCP\s+\S+:\d+\s+\S+:\d+\s+[A-ZÄÖÜ]+(?:_[A-Z0-9]+)?(?:\s+\d+)?\s*$/, 'netstat of Windows', ['windows']],
  [/^\s*UDP\s+\S+:\d+\s+\*:\*(?:\s+\d+)?\s*$/, 'netstat of Windows', ['windows']],
  [/^\s*[\da-f.:]+\s+\d+\s+[\da-f.:]+\s+\d+\s+(?:Listen|Bound|Established|TimeWait)\b/, 'PowerShell', ['windows']],
  [/\sinternet6?\s+(?:stream|dgram)\s+(?:tcp|udp)\s/, 'fstat of OpenBSD and NetBSD', ['openbsd', 'netbsd']],
  [/^\S+\s+\S+\s+(?:\d+|\?)\s+(?:\d+|\?|-)\s+(?:tcp|udp)(?:4|6|46)\s+\S+:\S+/, 'sockstat of FreeBSD', ['freebsd']],
  [/^\S+\s+\S+\s+\d+\s+\d+\s+(?:tcp|udp)6?\s+\S+\.\S+/, 'sockstat of NetBSD', ['netbsd']],
  [
    /\sIPv[46]\s+0x[0-9a-f]+\s+\S+\s+(?:TCP|UDP)\s/,
    'lsof of macOS and the BSDs',
    ['darwin', 'freebsd', 'netbsd', 'openbsd'],
  ],
  [/\sIPv[46]\s+\d+\s+\S+\s+(?:TCP|UDP)\s/, 'lsof of Linux', ['linux']],
];

/** The systems whose tools print a row; undefined for other texts, and for rows that any tool prints. */
export function originOf(text: string): RowOrigin | undefined {
  const found = ROWS.find(([pattern]) => pattern.test(text));
  return found === undefined ? undefined : { why: `${found[1]} prints such rows`, systems: found[2] };
}
