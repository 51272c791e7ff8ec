import { isLoopback4, unmapped } from '../address.ts';
import { ruleBook } from '../rules.ts';
import type { NextSocket, Operation, Peer, Setting } from '../types.ts';
import type { Delivery } from './delivery.ts';
import { deviceOf } from './device-of.ts';
import { linuxDelivery } from './linux.ts';
import type { Lists } from './linux-state.ts';
import type { Packet } from './types.ts';

const wineReceiveRules = ruleBook('wine', {
  'R1-unheard-error': {
    prose:
      'The first error of ICMP that comes back to a UDP socket of Wine is read by its server (SO_ERROR), as soon as poll() reports it, and kept to itself: to the program that refusal looks like silence. From then on the server does not poll the socket, and the program gets every later error.',
    source: { name: 'Wine 8.0, server/sock.c', where: 'sock_poll_event, sock_error, sock_get_poll_events' },
    known: 'observed',
  },
  'R2-tied-sender': {
    prose:
      'A socket of Wine on an IPv4 address of an interface, other than 127.0.0.1, is tied to that interface on the host, and its datagrams leave by it, also those to another address of the machine. So a socket that is on an address of another interface does not get them, and they are lost without an error.',
    source: { name: 'Wine 8.0 on Linux 6.18', where: 'datagrams between two addresses of one machine' },
    known: 'observed',
  },
});

/** Who receives under Wine: Linux chooses among the sockets that Wine makes on its host. */
export const wineDelivery: Delivery<Lists> = {
  ...linuxDelivery,
  rules: [...linuxDelivery.rules, ...wineReceiveRules.rules],
  after: (state, operation, setting, now) =>
    linuxDelivery.after(state, onHost(operation, setting, now?.peer), hostOf(setting), now),
  receivers(state, packet, setting) {
    const found = linuxDelivery.receivers(state, packet, hostOf(setting));
    if (found !== undefined && isOverAnInterface(packet, setting)) {
      const outcomes = [...new Set([...found.outcomes, 'silence' as const])];
      return { outcomes, rule: wineReceiveRules.id['R2-tied-sender'] };
    }
    const isRefused = found?.outcomes.includes('refused') === true && packet.protocol === 'udp';
    if (!isRefused || !isFromHere(packet, setting)) return found;
    const outcomes = [...new Set([...found.outcomes, 'silence' as const])];
    return { outcomes, rule: wineReceiveRules.id['R1-unheard-error'] };
  },
};

/** Whether a datagram goes from an IPv4 address of one interface of this machine to that of another. */
function isOverAnInterface({ protocol, from, to }: Packet, setting: Setting): boolean {
  if (protocol !== 'udp' || from.address.includes(':') || isLoopback4(from.address)) return false;
  const [sender, owner] = [deviceOf(from.address, setting), deviceOf(to.address, setting)];
  return sender !== undefined && owner !== undefined && sender !== owner;
}

/** Whether the sender is on this machine, so that it may be a socket of Wine. */
function isFromHere({ from: { address } }: Packet, { host }: Setting): boolean {
  const isLoopback = isLoopback4(address) || address === '::1';
  return isLoopback || host?.addresses === undefined || host.addresses.includes(address);
}

/** The setting of the host. Its release is that of the kernel, not that of Wine. */
function hostOf(setting: Setting): Setting {
  const { release: _, ...host } = setting;
  return host;
}

/**
 * The operation as Wine does it on the host. Every TCP socket has SO_REUSEADDR there. A UDP socket with an IPv4 address of
 * an interface, except 127.0.0.1, is bound to the wildcard and tied to that interface. With an address that no interface
 * has, it is bound to the wildcard without a tie. See the rules `wine/udp-interface` and `wine/udp-no-interface`.
 */
function onHost(operation: Operation, setting: Setting, peer: Peer | undefined): Operation {
  // A disconnect is a connect() to the loopback address there; see the rule `wine/disconnect`.
  if (operation.op === 'disconnect' && peer !== undefined) {
    return { op: 'connect', socket: operation.socket, local: peer.address, to: peer };
  }
  if (operation.op === 'connect' && operation.as === undefined) return { ...operation, ...routed(operation, setting) };
  if (operation.op === 'bind') return { ...operation, ...socketOnHost(operation, setting) };
  if (operation.op !== 'connect' || operation.as === undefined) return operation;
  return { ...operation, as: socketOnHost(operation.as, setting) };
}

/**
 * The local address of a connection, where it is said to be one that no interface has: the socket is on the wildcard there,
 * and connect() gives it the address of the route. That to an address of the machine comes from this address, and that to
 * the rest of 127.0.0.0/8 from 127.0.0.1.
 */
function routed({ local, to }: Operation & { readonly op: 'connect' }, { host }: Setting): { readonly local?: string } {
  if (local === undefined || to === undefined || host?.addresses?.includes(unmapped(local)) !== false) return {};
  const target = unmapped(to.address);
  if (host.addresses.includes(target)) return { local: target };
  return isLoopback4(target) ? { local: '127.0.0.1' } : {};
}

function socketOnHost<Named extends NextSocket>(socket: Named, { host }: Setting): Named {
  const { protocol, family, address, options } = socket;
  const reuseaddr = protocol === 'tcp' || options?.reuseaddr === true;
  const made = { ...socket, options: { reuseaddr }, v6only: socket.v6only ?? family === 'inet6' };
  if (protocol === 'tcp' || family === 'inet6' || ['0.0.0.0', '127.0.0.1'].includes(unmapped(address))) return made;
  const [device] = Object.entries(host?.devices ?? {}).find(([, addresses]) => addresses.includes(address)) ?? [];
  return { ...made, address: '0.0.0.0', ...(device === undefined ? {} : { device }) };
}
