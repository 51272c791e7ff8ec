import { formatIPv4, formatIPv6 } from '../protocol/address.ts';
import type { Family, SocketName } from '../protocol/messages.ts';

/** The state of a listening TCP socket in Linux's tables (TCP_LISTEN). */
export const LISTENING = 0x0a;

/** One socket of a table of Linux. */
export interface TableRow {
  local: SocketName;
  peer: SocketName;
  /** The kernel's number of the state; UDP sockets use those of TCP. */
  state: number;
  /** What waits to be sent and to be read, in bytes; of a listener `received` is how many connections wait for accept(). */
  queued: number;
  received: number;
  /** The user who made it. */
  uid: number;
  /** The number that identifies the socket among the descriptors of a process; 0 where no process has it. */
  inode: number;
}

/** The sockets in the text of /proc/net/tcp, udp, udplite, raw or icmp, or that of IPv6 (Documentation/networking/proc_net_tcp.rst of Linux). */
export function parseSocketTable(table: string, family: Family): TableRow[] {
  return table.split('\n').flatMap((line) => {
    const [number = '', local = '', peer = '', state = '', queues = '', , , uid = '', , inode = ''] = line
      .trim()
      .split(/\s+/);
    if (!/^\d+:$/.test(number)) return [];
    const [queued = '', received = ''] = queues.split(':');
    return [
      {
        local: nameIn(local, family),
        peer: nameIn(peer, family),
        state: Number.parseInt(state, 16),
        queued: Number.parseInt(queued, 16),
        received: Number.parseInt(received, 16),
        uid: Number(uid),
        inode: Number(inode),
      },
    ];
  });
}

function nameIn(text: string, family: Family): SocketName {
  const [address = '', port = ''] = text.split(':');
  return { address: addressIn(address, family), port: Number.parseInt(port, 16) };
}

/** The tables show addresses as 32-bit words in the byte order of the machine, which is little-endian on every machine that runs agents. */
export function addressIn(hex: string, family: Family): string {
  const bytes = Uint8Array.from((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
  for (let word = 0; word < bytes.length; word += 4) bytes.subarray(word, word + 4).reverse();
  return family === 'inet' ? formatIPv4(bytes) : formatIPv6(bytes);
}
