import { unmapped } from '../model/address.ts';
import type { SocketName } from '../protocol/messages.ts';
import type { ReachAttempt } from '../record/program.ts';
import type { HeldSocket, TableSocket } from '../sockets/held.ts';

/** What came of a connection, or of a datagram, to one of the machine's loopback addresses. */
export interface PortProbe {
  readonly address: string;
  /** `yes`: connected, or the datagram was taken; `silence`: nothing came back before the time was over. */
  readonly reached: ReachAttempt['reached'];
  /** What came after that: nothing (`open`), some text (`banner`), the end, a reset; for a datagram an answer or nothing. */
  readonly served?: ReachAttempt['served'];
  /** The server's side of the connection, where a table of this machine has it. */
  readonly by?: {
    /** The network namespace that it is in, where that is not the one of bindspec. */
    readonly network?: string;
    readonly socket: HeldSocket;
  };
}

/** Whether a socket of a table is the server's side of a connection, as far as one network's table can tell. */
export type IsServerSide = (socket: TableSocket) => boolean;

/**
 * The server's side of a connection, in the network of its client. A rule of the firewall may have changed the address and the port
 * of the server; the client keeps its own.
 */
export function serverSideHere(client: SocketName): IsServerSide {
  return ({ protocol, local, peer, state }) =>
    protocol === 'tcp' &&
    state !== 'LISTEN' &&
    peer.port === client.port &&
    unmapped(peer.address) === unmapped(client.address) &&
    !(local.port === client.port && unmapped(local.address) === unmapped(client.address));
}

/** And in another network: what leads there may have changed the client's address too, and mostly keeps its port. */
export function serverSideElsewhere(client: SocketName): IsServerSide {
  return ({ protocol, peer, state }) => protocol === 'tcp' && state !== 'LISTEN' && peer.port === client.port;
}

/** Whether what was sent to an address and a port was led to another place. */
export function isLedElsewhere({ address, by }: PortProbe, port: number): boolean {
  if (by === undefined) return false;
  const { network, socket } = by;
  return network !== undefined || socket.local.port !== port || unmapped(socket.local.address) !== address;
}
