import { beforeAll, describe, expect, it } from 'vitest';
import { windows, WSA_ERRORS } from '../../../../src/agent/native/constants-windows.ts';
import { controlsIn, destinationIn } from '../../../../src/agent/native/control.ts';
import { WinsockMessage, WSABUF, WSAMSG } from '../../../../src/agent/native/winsock-message.ts';
import { ROWS, rowsOf, TCP_STATES } from '../../../../src/agent/native/winsock-tcp-table.ts';
import { classOf } from '../../../../src/protocol/outcome-class.ts';
import { noWindowsHeaders, windowsValues } from '../../../support/headers/windows.ts';
import { needs } from '../../../support/needs.ts';

const LEVELS: Readonly<Record<string, string>> = {
  SO: 'SOL_SOCKET',
  IP: 'IPPROTO_IP',
  IPV6: 'IPPROTO_IPV6',
  TCP: 'IPPROTO_TCP',
};

/** The name in the headers, for a number that has another name there. */
const HEADER_NAMES: Readonly<Record<string, string>> = {
  IPV6_RECVPKTINFO: 'IPV6_PKTINFO',
  // This is its definition, except that u_long has four bytes on Windows and eight for this system's compiler.
  FIONBIO: "_IOW('f', 126, ULONG)",
};

/** In ws2ipdef.h of Microsoft's SDK since 2016, but not in the headers of MinGW-w64 10 that the test reads. */
const NOT_IN_HEADERS: ReadonlySet<string> = new Set(['TCP_FASTOPEN']);

/** Every number of Windows under its name in the headers. */
function numbers(): [string, number][] {
  const own: [string, unknown][] = [...Object.entries(windows), ...Object.entries(windows.sockaddr)];
  const options = Object.entries(windows.options).flatMap(([name, option]): [string, number][] => {
    if (option === null || NOT_IN_HEADERS.has(name)) return [];
    if ('control' in option) return [[name, option.control]];
    return [
      [HEADER_NAMES[name] ?? name, option.number],
      [LEVELS[name.split('_')[0] ?? ''] ?? name, option.level],
    ];
  });
  return [
    ...own
      .filter((entry): entry is [string, number] => /^[A-Z]/.test(entry[0]) && typeof entry[1] === 'number')
      .map(([name, number]): [string, number] => [HEADER_NAMES[name] ?? name, number]),
    ...options,
    ['SO_LINGER', windows.SO_LINGER.number],
    ['IP_PKTINFO', windows.destination[0].type],
    ['IPV6_PKTINFO', windows.destination[1].type],
    ...Object.entries(WSA_ERRORS),
    ...TCP_STATES.flatMap((state, number): [string, number][] =>
      state === 'UNKNOWN' ? [] : [[`MIB_TCP_STATE_${headerState(state)}`, number]],
    ),
  ];
}

function headerState(state: string): string {
  return (
    { SYN_RECV: 'SYN_RCVD', ESTABLISHED: 'ESTAB', LISTEN: 'LISTEN' }[state] ?? state.replace(/WAIT_(?=[12]$)/, 'WAIT')
  );
}

/** Every layout as an expression of C, and the value that it must have. */
const LAYOUT: Readonly<Record<string, number>> = {
  'offsetof(WSAMSG, name)': WSAMSG.name,
  'offsetof(WSAMSG, namelen)': WSAMSG.namelen,
  'offsetof(WSAMSG, lpBuffers)': WSAMSG.lpBuffers,
  'offsetof(WSAMSG, dwBufferCount)': WSAMSG.dwBufferCount,
  'offsetof(WSAMSG, Control.len)': WSAMSG.controlLen,
  'offsetof(WSAMSG, Control.buf)': WSAMSG.controlBuf,
  'sizeof(WSAMSG)': new WinsockMessage().header.length,
  'offsetof(WSABUF, len)': WSABUF.len,
  'offsetof(WSABUF, buf)': WSABUF.buf,
  'sizeof(WSABUF)': 16,
  'offsetof(WSACMSGHDR, cmsg_level)': windows.cmsgLength,
  'offsetof(WSACMSGHDR, cmsg_type)': windows.cmsgLength + 4,
  'WSA_CMSG_SPACE(1) - WSA_CMSG_SPACE(0)': windows.cmsgAlign,
  'offsetof(IN_PKTINFO, ipi_addr)': windows.destination[0].offset,
  'offsetof(IN6_PKTINFO, ipi6_addr)': windows.destination[1].offset,
  'sizeof(struct linger)': 4,
  'offsetof(struct sockaddr_in, sin_addr)': 4,
  'offsetof(struct sockaddr_in6, sin6_addr)': 8,
  'offsetof(struct sockaddr_in6, sin6_scope_id)': 24,
  'sizeof(SOCKET)': 8,
  ...rowLayout('MIB_TCPROW', 'dw', ROWS.inet),
  ...rowLayout('MIB_TCP6ROW', '', ROWS.inet6),
};

function rowLayout(type: string, prefix: string, row: (typeof ROWS)['inet']): Record<string, number> {
  return {
    [`sizeof(${type})`]: row.size,
    [`offsetof(${type}, ${prefix}State)`]: row.state,
    [`offsetof(${type}, ${prefix}LocalAddr)`]: row.local,
    [`offsetof(${type}, dwLocalPort)`]: row.localPort,
    [`offsetof(${type}, ${prefix}RemoteAddr)`]: row.remote,
    [`offsetof(${type}, dwRemotePort)`]: row.remotePort,
  };
}

/** WSAID_WSARECVMSG is an initializer, not a number. */
const GUID = Array.from({ length: 16 }, (_, at) => `((const unsigned char *)&(const GUID)WSAID_WSARECVMSG)[${at}]`);

describe('the constants of Windows', () => {
  const wanted = new Map([...numbers(), ...Object.entries(LAYOUT)]);
  let values: Map<string, number>;

  beforeAll(async () => {
    if (noWindowsHeaders === null) values = await windowsValues([...wanted.keys(), ...GUID]);
  });

  it('are those of its headers', needs(noWindowsHeaders), () => {
    const ours = [...values].filter(([name]) => !GUID.includes(name));
    // A control code is a 32-bit number whose highest bit is one, so its sign depends on the compiler.
    const unsigned = ours.map(([name, value]) => [name, /^(?:_IOW|SIO_)/.test(name) ? value % 2 ** 32 : value]);
    expect(new Map(unsigned as [string, number][])).toEqual(wanted);
  });

  it('name the function that receives by its GUID', needs(noWindowsHeaders), () => {
    const bytes = Buffer.from(GUID.map((byte) => values.get(byte) ?? -1));
    expect(bytes.toString('hex')).toBe(windows.WSAID_WSARECVMSG);
  });

  it('find the destination of a datagram among its control messages', () => {
    const message = (type: number, level: number, data: string) => {
      const bytes = Buffer.alloc(Math.ceil((16 + data.length / 2) / 8) * 8);
      bytes.writeBigUInt64LE(BigInt(16 + data.length / 2), 0);
      bytes.writeInt32LE(level, 8);
      bytes.writeInt32LE(type, 12);
      bytes.write(data, 16, 'hex');
      return bytes;
    };
    const other = message(99, 7, '010203');
    const inet = Buffer.concat([other, message(19, 0, 'c0a8058200000007')]);
    const inet6 = Buffer.concat([other, message(19, 41, 'fd00000500000000000000000000013000000007')]);
    expect(destinationIn(windows, controlsIn(windows, inet, inet.length))?.to).toBe('192.168.5.130');
    expect(destinationIn(windows, controlsIn(windows, inet6, inet6.length))?.to).toBe('fd00:5::130');
    expect(destinationIn(windows, controlsIn(windows, inet, other.length))).toBeNull();
  });

  it('have a class for every error', () => {
    const ours = new Set(['WSAEBADF', 'WSAENOTSOCK']);
    for (const name of Object.keys(WSA_ERRORS)) {
      const found = classOf(name);
      expect(found, name).not.toBeNull();
      if (!ours.has(name) && classOf(name.slice('WSA'.length)) !== null) expect(found).toBe(classOf(name.slice(3)));
    }
  });
});

describe("Windows' tables of TCP connections", () => {
  it('are read row by row, IPv4 as IPv4 in both', () => {
    const inet = Buffer.from(['01000000', '0b000000', '7f000001', '04240000', 'c0a80582', '00500000'].join(''), 'hex');
    expect(rowsOf(inet, ROWS.inet)).toEqual([
      { state: 'TIME_WAIT', local: '127.0.0.1', localPort: 1060, remote: '192.168.5.130', remotePort: 80 },
    ]);
    const row = (state: string, local: string, port: string) =>
      [state, local, '00000000', port, '0'.repeat(32), '00000000', '00000000'].join('');
    const inet6 = Buffer.from(
      [
        '02000000',
        row('02000000', '00000000000000000000000000000001', '04240000'),
        row('05000000', '00000000000000000000ffff7f000001', '04250000'),
      ].join(''),
      'hex',
    );
    expect(rowsOf(inet6, ROWS.inet6)).toEqual([
      { state: 'LISTEN', local: '::1', localPort: 1060, remote: '::', remotePort: 0 },
      { state: 'ESTABLISHED', local: '127.0.0.1', localPort: 1061, remote: '::', remotePort: 0 },
    ]);
  });
});
