import { koffi } from './koffi.ts';
import { formatIPv4, formatIPv6 } from '../../protocol/address.ts';

const NO_ERROR = 0;
const ERROR_INSUFFICIENT_BUFFER = 122;

/** MIB_TCP_STATE of tcpmib.h, with the names that the states have on the other systems. */
export const TCP_STATES: readonly string[] = [
  'UNKNOWN',
  'CLOSED',
  'LISTEN',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
  'DELETE_TCB',
];

/** One row of the system's tables. An IPv4 address is in its plain form, even if the socket is dual-stack. */
export interface TcpRow {
  state: string;
  local: string;
  localPort: number;
  remote: string;
  remotePort: number;
}

/** Where the fields of a row are, in bytes. */
interface RowLayout {
  size: number;
  state: number;
  local: number;
  localPort: number;
  remote: number;
  remotePort: number;
  address: (bytes: Uint8Array) => string;
  width: 4 | 16;
}

const INET: RowLayout = {
  size: 20,
  state: 0,
  local: 4,
  localPort: 8,
  remote: 12,
  remotePort: 16,
  address: formatIPv4,
  width: 4,
};
const INET6: RowLayout = {
  size: 52,
  state: 0,
  local: 4,
  localPort: 24,
  remote: 28,
  remotePort: 48,
  address: (bytes) => plain(formatIPv6(bytes)),
  width: 16,
};

/** MIB_TCPROW and MIB_TCP6ROW of tcpmib.h. */
export const ROWS = { inet: INET, inet6: INET6 } as const;

/** An address without the prefix of a v4-mapped one. */
export function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

/** Reads the rows of a table: first how many there are, then each row. */
export function rowsOf(
  table: Buffer,
  { size, state, local, localPort, remote, remotePort, address, width }: RowLayout,
): TcpRow[] {
  const rows: TcpRow[] = [];
  const count = table.readUInt32LE(0);
  for (let index = 0; index < count; index += 1) {
    const row = table.subarray(4 + index * size, 4 + (index + 1) * size);
    rows.push({
      state: TCP_STATES[row.readUInt32LE(state)] ?? 'UNKNOWN',
      local: address(row.subarray(local, local + width)),
      localPort: row.readUInt16BE(localPort),
      remote: address(row.subarray(remote, remote + width)),
      remotePort: row.readUInt16BE(remotePort),
    });
  }
  return rows;
}

/**
 * A reader of the system's tables of TCP connections, including those in TIME_WAIT, through GetTcpTable and GetTcp6Table
 * of iphlpapi.dll. A table that can't be read has no rows. @throws Error when the library can't be loaded.
 */
export function tcpTableReader(): () => TcpRow[] {
  const library = koffi.load('iphlpapi.dll');
  const readers = [
    { get: library.func('uint32_t GetTcpTable(void *, void *, int)'), layout: INET },
    { get: library.func('uint32_t GetTcp6Table(void *, void *, int)'), layout: INET6 },
  ];
  const length = Buffer.alloc(4);
  let room = Buffer.alloc(65_536);
  const read = (get: (typeof readers)[number]['get'], layout: RowLayout): TcpRow[] => {
    for (;;) {
      length.writeUInt32LE(room.length, 0);
      const status = get(room, length, 0) as number;
      if (status === NO_ERROR) return rowsOf(room, layout);
      if (status !== ERROR_INSUFFICIENT_BUFFER) return [];
      // It says how much room it needs; the table may be longer at the next call.
      room = Buffer.alloc(length.readUInt32LE(0) * 2);
    }
  };
  return () => readers.flatMap(({ get, layout }) => read(get, layout));
}
