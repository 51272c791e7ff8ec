import type { Family, SourceName, SocketType } from '../../protocol/messages.ts';
import type { Native, Returned } from '../native/types.ts';

/** Connects a socket to a port of one target, or sends there what is given. */
export type Connect = (fd: number, port: number) => Returned;

/** A source could not be made: a probe without one proves nothing. */
export class SourceFailure extends Error {
  /** What the system returned. */
  readonly returned: Returned;

  constructor({ address, port = 0 }: SourceName, returned: Returned) {
    super(`a source can't be bound to ${address} and port ${port}`);
    this.returned = returned;
  }
}

/** Connects to each of some targets: the calls are encoded once. */
export function callersOf(native: Native, targets: readonly string[]): Connect[] {
  return targets.map((address) => native.caller('connect', familyOf(address), address));
}

/**
 * Makes sockets on a source, thousands of them: the calls are encoded once. The maker throws SourceFailure.
 * @param late whether a TCP client gets its port at connect() where it can: that is quicker, and a port then serves many
 * destinations
 */
export function makerOf(native: Native, source: SourceName, type: SocketType, late = true): () => number {
  const { address, port = 0 } = source;
  const family = familyOf(address);
  const bind = native.caller('bind', family, address);
  const before = settersOf(native, source, type, late);
  return () => {
    const fd = native.socket(family, type);
    if (fd < 0) throw new SourceFailure(source, fd);
    for (const set of before) set(fd);
    const returned = bind(fd, port);
    if (returned >= 0) return fd;
    native.close(fd);
    throw new SourceFailure(source, returned);
  };
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 'inet6' : 'inet';
}

/** What is set before bind. What this system does not have is left out. */
function settersOf(native: Native, { address, port = 0, many, device }: SourceName, type: SocketType, late: boolean) {
  const setters = [];
  if (type === 'stream' && port === 0 && late) setters.push(native.setter('IP_BIND_ADDRESS_NO_PORT', 1));
  // Several clients may have one port, if their destinations differ, and so may the two UDP sockets of one source.
  if (port !== 0) setters.push(native.setter('SO_REUSEADDR', 1));
  if (type === 'dgram' && many === true) {
    setters.push(native.setter('SO_BROADCAST', 1));
    if (familyOf(address) === 'inet') setters.push(native.setter('IP_MULTICAST_IF', address));
    else if (device !== undefined) setters.push(native.setter('IPV6_MULTICAST_IF', device));
  }
  return setters.filter((set) => set !== null);
}
