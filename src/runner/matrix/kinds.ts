import { devicePair, isConnected } from '../../matrix/axes.ts';
import type { Corner } from '../../matrix/selection.ts';
import type { Letters, Spec } from '../../matrix/sockets.ts';
import type { BatchKind } from '../../protocol/messages.ts';
import type { NumberOption } from '../../protocol/options.ts';

const BACKLOG = 8;

const OPTIONS: Readonly<Record<Letters, readonly NumberOption[]>> = {
  '-': [],
  A: ['SO_REUSEADDR'],
  P: ['SO_REUSEPORT'],
  AP: ['SO_REUSEADDR', 'SO_REUSEPORT'],
  E: ['SO_EXCLUSIVEADDRUSE'],
};

/** The calls that make the first socket of a pair, as far as its own process makes them; its peer is at `peerPort`. */
export function firstKind(spec: Spec, corner: Corner, peerPort: number): BatchKind {
  const { protocol, state } = corner;
  const kind = bound(spec, corner, devicePair(corner.devices)[0]);
  if (state === 'listening' || state === 'accepted') return { ...kind, listen: BACKLOG };
  if (protocol === 'udp' ? state === 'connected' : isConnected(state)) {
    return { ...kind, connect: { address: spec.name.connected, port: peerPort } };
  }
  return kind;
}

/** The calls that make the second socket: bind(), and listen() for TCP. */
export function secondKind(spec: Spec, corner: Corner): BatchKind {
  const kind = bound(spec, corner, devicePair(corner.devices)[1]);
  return corner.protocol === 'tcp' ? { ...kind, listen: BACKLOG } : kind;
}

/** The calls that connect a peer to the first socket while that listens, at the socket's own port. */
export function callerKind({ name }: Spec): BatchKind {
  const mapped = name.connected.startsWith('::ffff:');
  const address = mapped ? name.connected.slice('::ffff:'.length) : name.connected;
  return { family: address.includes(':') ? 'inet6' : 'inet', type: 'stream', options: [], connect: { address } };
}

function bound({ name, letters }: Spec, { protocol }: Corner, device: string | undefined): BatchKind {
  const options: BatchKind['options'] = OPTIONS[letters].map((option) => [option, 1]);
  if (name.v6only !== undefined) options.unshift(['IPV6_V6ONLY', name.v6only ? 1 : 0]);
  if (device !== undefined) options.push(['SO_BINDTODEVICE', device]);
  return { family: name.family, type: protocol === 'udp' ? 'dgram' : 'stream', options, bind: name.address };
}
