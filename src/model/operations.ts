import type { NextSocket, Operation } from './types.ts';

const KINDS: ReadonlySet<string> = new Set<Operation['op']>([
  'bind',
  'listen',
  'connect',
  'accept',
  'disconnect',
  'send',
  'set',
  'shutdown',
  'peer-close',
  'peer-reset',
  'join',
  'leave',
  'close',
]);

/**
 * Checks what a program that is not type-checked may get wrong.
 * @throws RangeError that names the operation, for one that no simulation takes, or without what it needs
 */
export function checkOperation(operation: Operation): void {
  const { op, socket } = operation;
  if (!KINDS.has(op)) throw new RangeError(`no such operation: '${op}'; there are ${[...KINDS].join(', ')}`);
  if (!Number.isInteger(socket))
    throw new RangeError(`${op}: 'socket' is the number of a socket, not ${shown(socket)}`);
  if (operation.op === 'bind') checkName('bind', operation);
  if ('as' in operation && operation.as !== undefined) checkName(`${op}: 'as'`, operation.as);
  if (operation.op === 'accept' && !Number.isInteger(operation.listener)) {
    throw new RangeError(`accept: 'listener' is the number of the listening socket, not ${shown(operation.listener)}`);
  }
  if ('to' in operation && operation.to !== undefined && !isPort(operation.to.port)) {
    throw new RangeError(`${op}: 'to' has an address and a port from 0 to 65535, not ${shown(operation.to)}`);
  }
}

/** @throws RangeError for a name without a protocol, a family, an address of that family, or a port */
function checkName(where: string, { protocol, family, address, port }: NextSocket): void {
  if (protocol !== 'udp' && protocol !== 'tcp') {
    throw new RangeError(`${where}: 'protocol' is udp or tcp, not ${shown(protocol)}`);
  }
  if (family !== 'inet' && family !== 'inet6') {
    throw new RangeError(`${where}: 'family' is inet or inet6, not ${shown(family)}`);
  }
  if (typeof address !== 'string' || address.includes(':') !== (family === 'inet6')) {
    throw new RangeError(`${where}: 'address' is an address of the family ${family}, not ${shown(address)}`);
  }
  if (!isPort(port)) throw new RangeError(`${where}: 'port' is a number from 0 to 65535, not ${shown(port)}`);
}

function isPort(port: unknown): boolean {
  return Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
