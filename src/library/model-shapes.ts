import { isLimitedBroadcast, isMulticast, unmapped } from '../model/address.ts';
import { OUTCOMES } from '../model/outcomes.ts';
import { STATE_NAMES } from '../model/states.ts';
import type { Packet } from '../model/receive/types.ts';
import { OPTION_KEYS } from '../model/options.ts';
import {
  SYSTEM_NAMES,
  type Host,
  type NextSocket,
  type Operation,
  type PresentSocket,
  type Setting,
} from '../model/types.ts';
import { parseIPv4, parseIPv6 } from '../protocol/address.ts';
import { BadArgument, fields, flag, integer, eachOf, mapOf, oneWordOf, refuse, textThat, type Shape } from './shape.ts';

export const outcome: Shape = oneWordOf(OUTCOMES);
export const socketNumber: Shape = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'the number of a socket');

const port = integer(1, 65_535, 'a port from 1 to 65535: of port 0, the one that the system chose');
const portOrNone = integer(0, 65_535, 'a port from 0 to 65535');
const ip4 = 'an IPv4 address, for example 127.0.0.1';
const ip6 = 'an IPv6 address, for example ::1 or fe80::1%eth0';
export const anyAddress: Shape = textThat(
  'an IP address, for example 127.0.0.1 or ::1',
  (value) => isIp4(value) || isIp6(value),
);
const name = textThat('a name');
const uid = integer(0, 2 ** 32 - 1, 'the number of a user, from 0 up');
const domain = integer(0, 65_535, 'a number from 0 to 65535');
const interval = fields({ from: portOrNone, to: portOrNone }, ['from', 'to']);
const peer = fields({ address: anyAddress, port: portOrNone }, ['address', 'port']);

function isIp4(value: string): boolean {
  try {
    parseIPv4(value);
    return true;
  } catch {
    return false;
  }
}

function isIp6(value: string): boolean {
  const [address = '', ...scopes] = value.split('%');
  try {
    parseIPv6(address);
    return scopes.length === 0 || (scopes.length === 1 && scopes[0] !== '');
  } catch {
    return false;
  }
}

const OPTIONS = Object.fromEntries(OPTION_KEYS.map((key) => [key, flag]));

const NAME: Readonly<Record<keyof NextSocket, Shape>> = {
  protocol: oneWordOf(['udp', 'tcp']),
  family: oneWordOf(['inet', 'inet6']),
  v6only: flag,
  address: textThat('an address of the family'),
  port,
  scope: name,
  options: fields(OPTIONS),
  anyAddress: flag,
  uid,
  privileged: flag,
  device: name,
  domain,
  portRange: interval,
  connectedOverIPv4: flag,
};
const NAME_NEEDS = ['protocol', 'family', 'address', 'port'];

/** Whether the address of a name is of its family. */
function ofFamily(shape: Shape): Shape {
  return (value, where) => {
    shape(value, where);
    const { family, address } = value as { family: string; address: string };
    const isGood = family === 'inet' ? isIp4(address) : isIp6(address);
    if (!isGood) refuse(`${where}.address`, address, family === 'inet' ? ip4 : ip6);
  };
}

export const nextSocket: Shape = ofFamily(fields(NAME, NAME_NEEDS));

export const presentSocket: Shape = ofFamily(
  fields(
    { ...NAME, state: oneWordOf(STATE_NAMES), local: anyAddress, autobound: flag } satisfies Record<
      keyof PresentSocket,
      Shape
    >,
    NAME_NEEDS,
  ),
);

const socket = socketNumber;
const group = textThat('the address of a group, for example 224.0.0.251', (value) => isIp4(value) || isIp6(value));

/** The operation of a name. */
type Named<Name, Some = Operation> = Some extends { readonly op: infer Own }
  ? Name extends Own
    ? Some
    : never
  : never;

/** The fields of each operation beside `op`; the type makes sure that none is missing. */
const OPERATIONS: { readonly [Name in Operation['op']]: Readonly<Record<Exclude<keyof Named<Name>, 'op'>, Shape>> } = {
  bind: { socket, chosen: flag, addressOnly: flag, ...NAME },
  listen: { socket, as: nextSocket },
  connect: { socket, local: anyAddress, as: nextSocket, to: peer, nonblocking: flag },
  accept: { socket, listener: socket, local: anyAddress, uid, from: peer },
  disconnect: { socket, by: oneWordOf(['AF_UNSPEC', 'disconnectx']) },
  send: { socket, to: peer, local: anyAddress, as: nextSocket },
  set: {
    socket,
    options: fields({ ...OPTIONS, multicastAll: flag, multicastAll6: flag }),
    device: (value, where) => {
      if (value !== null) name(value, where);
    },
    v6only: flag,
  },
  shutdown: { socket },
  'peer-close': { socket },
  'peer-reset': { socket },
  join: { socket, group, device: name },
  leave: { socket, group, device: name },
  close: { socket, leaves: oneWordOf(['fin-wait-1', 'fin-wait-2', 'time-wait']) },
};

/** What an operation needs beside its socket. */
const NEEDS: Readonly<Partial<Record<Operation['op'], readonly string[]>>> = {
  bind: NAME_NEEDS,
  accept: ['listener', 'local'],
  join: ['group'],
  leave: ['group'],
};

/** An operation of a simulation. */
export const anyOperation: Shape = (value, where) => {
  if (typeof value !== 'object' || value === null)
    refuse(where, value, "an operation, for example { op: 'close', socket: 1 }");
  const { op, addressOnly } = value as { op?: unknown; addressOnly?: unknown };
  const known = Object.keys(OPERATIONS);
  if (typeof op !== 'string' || !known.includes(op)) {
    const is = op === undefined ? 'is missing' : `is ${JSON.stringify(op)}`;
    throw new BadArgument(`${where}.op`, `no such operation: ${where}.op ${is}; allowed is one of ${known.join(', ')}`);
  }
  const own = OPERATIONS[op as Operation['op']];
  // A socket that gets only an address has no port.
  const shapes = op === 'bind' && addressOnly === true ? { ...own, port: portOrNone } : own;
  const shape = fields({ op: textThat('an operation'), ...shapes }, [
    'op',
    'socket',
    ...(NEEDS[op as Operation['op']] ?? []),
  ]);
  (op === 'bind' ? ofFamily(shape) : shape)(value, where);
};

const packetFields = fields(
  {
    protocol: oneWordOf(['udp', 'tcp']),
    from: peer,
    to: fields({ address: anyAddress }, ['address']),
    device: name,
    domain,
  },
  ['protocol', 'from', 'to'],
);

/** What arrives at a port: from one address to another of its family, over TCP not to many, and never from many. */
export const packet: Shape = (value, where) => {
  packetFields(value, where);
  const { protocol, from, to } = value as Packet;
  const [sender, target] = [unmapped(from.address), unmapped(to.address)];
  const isOfMany = (address: string) => isMulticast(address) || isLimitedBroadcast(address);
  if (isOfMany(sender)) refuse(`${where}.from.address`, from.address, 'an address of one sender');
  if (protocol === 'tcp' && isOfMany(target))
    refuse(`${where}.to.address`, to.address, 'an address of one receiver, over TCP');
  if (sender.includes(':') !== target.includes(':')) {
    const family = sender.includes(':') ? 'IPv6' : 'IPv4';
    refuse(`${where}.to.address`, to.address, `an ${family} address, as that of the sender is`);
  }
};

const addresses = eachOf(anyAddress, 'a list of addresses');
const names = eachOf(name, 'a list of names');

const HOST: Readonly<Record<keyof Host, Shape>> = {
  addresses,
  devices: mapOf(name, addresses, 'the addresses of each device'),
  broadcasts: addresses,
  flags: mapOf(
    anyAddress,
    oneWordOf(['tentative', 'duplicated', 'detached', 'deprecated', 'anycast']),
    'a word for each address that is special',
  ),
  unprivilegedPortStart: integer(0, 65_536, 'a port from 0 to 65536'),
  bindv6only: flag,
  nonlocalBind: eachOf(oneWordOf(['inet', 'inet6']), 'a list of families'),
  ipv6: flag,
  vrfs: mapOf(name, names, 'the devices of each VRF'),
  tcpL3mdevAccept: flag,
  excludedPorts: eachOf(
    fields({ from: portOrNone, to: portOrNone, protocol: oneWordOf(['udp', 'tcp']) }, ['from', 'to']),
    'a list of ranges, for example [{ from: 50000, to: 50059 }]',
  ),
  udpWildcardPorts: mapOf(
    oneWordOf(['inet', 'inet6']),
    integer(0, 65_536, 'a number of ports'),
    'a number of ports for each family',
  ),
  autobindReuse: flag,
  localPortRange: interval,
  bindAllFibs: flag,
  domains: mapOf(
    textThat('a number', (value) => /^\d+$/.test(value)),
    addresses,
    'the addresses of each domain',
  ),
};

export const release = textThat('a release, for example 14.3', (value) => /^\d/.test(value));
export const kernel = textThat('a version of the Linux kernel, for example 6.1.0', (value) => /^\d+\.\d+/.test(value));
export const systemName = oneWordOf(SYSTEM_NAMES);
export const setting: Shape = fields({ host: fields(HOST), release, kernel } satisfies Record<keyof Setting, Shape>);
