import { compatible4, isMapped } from './address.ts';
import { decide } from './decide.ts';
import type { Prediction } from './types.ts';
import { wineRules } from './wine-rules.ts';
import type { Socket } from './world.ts';

const { id } = wineRules;

/** An address that sockets hold. What it says of options was decided when the first of them was bound. */
interface Entry {
  readonly address: string;
  /** Whether it stands for every address of its family. */
  readonly everywhere: boolean;
  /** Whether others may share it, by SO_REUSEADDR. */
  readonly shared: boolean;
  /** The sockets that were bound to it. The entry is gone when all of them are. */
  readonly owners: readonly number[];
}

/** The table of TCP addresses that the server keeps, for one port. */
export type AddressTable = readonly Entry[];

export const EMPTY_TABLE: AddressTable = [];

/** The address that a socket asks for, as the table compares it. */
type Asked = Pick<Entry, 'address' | 'everywhere'>;

/** The addresses under which a socket stands in the table: that of its family, and the IPv4 one of a dual-stack socket. */
function askedBy({ family, v6only, address, options }: Socket): readonly Asked[] {
  const asked = (name: string): Asked => ({
    address: name,
    everywhere: options.exclusive === true && (name === '0.0.0.0' || name === '::'),
  });
  if (family === 'inet' || v6only) return [asked(address)];
  if (isMapped(address)) return [asked(address), asked(address.slice('::ffff:'.length))];
  const v4 = compatible4(address);
  if (v4 !== undefined) return [asked(address), asked(v4)];
  return address === '::' && options.exclusive === true ? [asked('::'), asked('0.0.0.0')] : [asked(address)];
}

/**
 * Asks the table for each address in turn, as the server does: the IPv6 name of a dual-stack socket before its IPv4 one.
 * An accepted connection has no entry, and neither has what a closed socket leaves, nor a socket that connect() has bound.
 */
export function inTable(table: AddressTable, sockets: readonly Socket[], next: Socket): Prediction | undefined {
  const reuse = next.options.reuseaddr === true;
  const there = alive(table, sockets);
  for (const asked of askedBy(next)) {
    const found = there.find((entry) => isSame(asked, entry));
    if (found === undefined || (reuse && found.shared)) continue;
    const rule = found.everywhere || asked.everywhere ? id['exclusive-wildcard'] : id.table;
    const holder = sockets.find((socket) => socket.id === found.owners[0]);
    const by = holder === undefined ? rule : isChanged(holder, found) ? id['late-option'] : rule;
    return decide(reuse || found.everywhere ? 'WSAEACCES' : 'WSAEADDRINUSE', by, holder);
  }
  return undefined;
}

/** Whether the options of a socket are not those any more with which it was entered. */
function isChanged({ options }: Socket, { shared, everywhere }: Entry): boolean {
  return (options.reuseaddr === true) !== shared || (everywhere && options.exclusive !== true);
}

/** The table after a socket was bound. An address that is held alone gets no second owner. */
export function register(table: AddressTable, sockets: readonly Socket[], socket: Socket): AddressTable {
  const entries = [...alive(table, sockets)];
  for (const asked of askedBy(socket)) {
    const place = entries.findIndex((entry) => isSame(asked, entry));
    const found = entries[place];
    if (found === undefined) {
      entries.push({ ...asked, shared: socket.options.reuseaddr === true, owners: [socket.id] });
    } else if (found.shared) {
      entries[place] = { ...found, owners: [...found.owners, socket.id] };
    }
  }
  return entries;
}

/** The entries of the sockets that are still open. */
function alive(table: AddressTable, sockets: readonly Socket[]): AddressTable {
  const open = new Set(sockets.filter(isOpen).map((socket) => socket.id));
  return table
    .map((entry) => ({ ...entry, owners: entry.owners.filter((owner) => open.has(owner)) }))
    .filter(({ owners }) => owners.length > 0);
}

function isOpen({ state }: Socket): boolean {
  return state !== 'time-wait' && !state.startsWith('fin-wait');
}

function isSame(asked: Asked, there: Entry): boolean {
  if (isV4(there.address) !== isV4(asked.address)) return false;
  return there.everywhere || asked.everywhere || there.address === asked.address;
}

/** Whether the table treats the address as IPv4. A v4-mapped address is IPv6 there. */
function isV4(address: string): boolean {
  return !address.includes(':');
}
