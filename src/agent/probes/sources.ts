import type { Family, SocketName, SocketType } from '../../protocol/messages.ts';
import type { Native, Returned } from '../native/types.ts';

/** Connects a socket to a port of one target. */
export type Connect = (fd: number, port: number) => Returned;
/** Makes a socket on a source. @throws Error when it can't be made: a probe without a source proves nothing */
export type Maker = () => number;

/** Connects to each of some targets: the calls are encoded once. */
export function callersOf(native: Native, targets: readonly string[]): Connect[] {
  return targets.map((address) => native.caller('connect', familyOf(address), address));
}

/** Makes sockets on a source, thousands of them: the calls are encoded once. */
export function makerOf(native: Native, { address, port }: SocketName, type: SocketType): Maker {
  const family = familyOf(address);
  const bind = native.caller('bind', family, address);
  // Where there is this option, connect() chooses the port, which is quicker and lets a port serve many destinations.
  const choosesLate = type === 'stream' && port === 0 ? native.setter('IP_BIND_ADDRESS_NO_PORT', 1) : null;
  return () => {
    const fd = native.socket(family, type);
    if (fd < 0) throw new Error(`a source can't be made: ${native.errnoName(-fd)}`);
    choosesLate?.(fd);
    const returned = bind(fd, port);
    if (returned >= 0) return fd;
    native.close(fd);
    throw new Error(`a source can't be bound to ${address} and port ${port}: ${native.errnoName(-returned)}`);
  };
}

function familyOf(address: string): Family {
  return address.includes(':') ? 'inet6' : 'inet';
}
