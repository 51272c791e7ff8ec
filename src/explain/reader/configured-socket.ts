import { needsScope } from '../../model/address.ts';
import type { PresentSocket, Protocol } from '../../model/types.ts';
import { readAddress, readName } from './name.ts';
import type { Reading } from './reading.ts';
import { Unreadable } from './unreadable.ts';

/** The options that a program sets on a socket of its configuration. */
interface Configured {
  readonly protocol: Protocol;
  readonly reuseaddr: boolean;
  readonly reuseport?: boolean;
  /** What it sets IPV6_V6ONLY to on `::`; it counts for no other address. */
  readonly v6only?: boolean | undefined;
  readonly device?: string | undefined;
  readonly anyAddress?: boolean;
}

/**
 * The socket that a value of a configuration names: a port, or an address with a port.
 * @param alone the family of a port alone, which is every address: 0.0.0.0, or `::` for both families
 * @throws Unreadable for a value that can't be read, and for Unix sockets
 */
export function configuredSocket(
  line: string,
  value: string,
  program: string,
  alone: 'inet' | 'inet6',
  { protocol, reuseaddr, reuseport = false, v6only, device, anyAddress = false }: Configured,
): Reading {
  const found = addressOf(line, value, program, alone);
  const options = { ...(reuseaddr ? { reuseaddr } : {}), ...(reuseport ? { reuseport } : {}) };
  const socket: PresentSocket = {
    protocol,
    ...found,
    ...(v6only === undefined || found.address !== '::' ? {} : { v6only }),
    options,
    ...(device === undefined ? {} : { device }),
    ...(anyAddress ? { anyAddress } : {}),
  };
  return { text: line, socket, plainWithoutDual: false, notes: [], config: program };
}

type Found = Pick<PresentSocket, 'family' | 'address' | 'port' | 'scope'>;

function addressOf(line: string, value: string, program: string, alone: 'inet' | 'inet6'): Found {
  const at = { text: value, position: line.indexOf(value) + 1 };
  if (/^(unix:|\/|@)/.test(value))
    throw new Unreadable(line, at, 'this is a Unix socket; explained are TCP and UDP sockets');
  const any: Pick<Found, 'family' | 'address'> =
    alone === 'inet' ? { family: 'inet', address: '0.0.0.0' } : { family: 'inet6', address: '::' };
  const four = { family: 'inet', address: '0.0.0.0' } as const;
  if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535) return { ...any, port: Number(value) };
  const bare = readAddress(value.replaceAll(/^\[|\]$/g, ''));
  // nginx: an address alone has port 80.
  if (bare !== null && program === 'nginx') return { ...bare, port: 80 };
  const name = readName(value);
  if (name === null || name.port === 0)
    throw new Unreadable(line, at, `${program} names a port, an address with a port, or [::]:80`);
  const { port, zone } = name;
  switch (name.host) {
    case 'star':
      return { ...four, port };
    case 'nothing':
      return { ...any, port };
    case 'localhost':
      return { family: 'inet', address: '127.0.0.1', port };
    default: {
      const scope = zone !== undefined && needsScope(name.address) ? { scope: zone } : {};
      return { family: name.host, address: name.address, port, ...scope };
    }
  }
}
