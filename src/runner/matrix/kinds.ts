import { firstSteps, secondSteps } from '../../matrix/pair.ts';
import type { Corner } from '../../matrix/selection.ts';
import type { Spec } from '../../matrix/sockets.ts';
import { unmapped } from '../../model/address.ts';
import { batchKind } from '../../plan/operations.ts';
import type { BatchKind } from '../../protocol/messages.ts';

/** The calls of the first socket's own process that make this socket of a pair; its peer is at `peerPort`. */
export function firstKind(spec: Spec, corner: Corner, peerPort: number): BatchKind {
  return batchKind(corner.protocol, firstSteps(spec, corner), peerPort);
}

/** The calls that make the second socket: bind(), and listen() for TCP. */
export function secondKind(spec: Spec, corner: Corner): BatchKind {
  return batchKind(corner.protocol, secondSteps(spec, corner));
}

/** The calls that connect a peer to the first socket while that socket listens, at its own port. */
export function callerKind({ name }: Spec): BatchKind {
  const address = unmapped(name.connected);
  return { family: address.includes(':') ? 'inet6' : 'inet', type: 'stream', options: [], connect: { address } };
}
