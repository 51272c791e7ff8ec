import { bothReuseaddr, bothReuseport } from './checks.ts';
import { type Chain, inOrder, toHead, without } from './chain.ts';
import { decide } from './decide.ts';
import { hasWildcardFix, type Kernel } from './linux-kernel.ts';
import { meeting, sameDevice } from './linux-pair.ts';
import { linuxRules } from './linux-rules.ts';
import { ANY, claimsAny } from './overlap.ts';
import type { Prediction } from './types.ts';
import type { Socket, Step } from './world.ts';

const { id } = linuxRules;

/** The orders in which the kernel walks the UDP sockets of a port: by port, and by address and port. */
export interface Chains {
  readonly byPort: Chain;
  readonly byAddress: Chain;
}

export const EMPTY: Chains = { byPort: [], byAddress: [] };

/** With more sockets than this in a slot, the index by address is used. */
const LONG = 10;

/** Judges bind() of a UDP socket. */
export function judgeUdp(sockets: readonly Socket[], chains: Chains, next: Socket, kernel: Kernel): Prediction {
  if (sockets.length <= LONG) return walk(inOrder(sockets, chains.byPort), next);
  const wildcard = claimsAny(next.local);
  if (wildcard && hasWildcardFix(kernel)) return walk(inOrder(sockets, chains.byPort), next);
  const ordered = inOrder(sockets, chains.byAddress);
  const own = wildcard ? decide('ok', id.free) : walk(at(ordered, key(next)), next);
  const found = own.outcomes[0] === 'ok' ? better(own, walk(at(ordered, ANY), next)) : own;
  const plain = walk(inOrder(sockets, chains.byPort), next);
  if (plain.outcomes[0] === found.outcomes[0]) return found;
  return { ...found, rule: wildcard ? id['U3-wildcard-miss'] : id['U3-second-index'] };
}

/** The prediction from the second list, unless that list has no socket that overlaps. */
function better(own: Prediction, wildcards: Prediction): Prediction {
  return wildcards.rule === id.free ? own : wildcards;
}

/** The first overlapping socket decides. One is skipped if it and the new socket both have SO_REUSEADDR. */
function walk(ordered: readonly Socket[], next: Socket): Prediction {
  let excused: Prediction | undefined;
  for (const [place, old] of ordered.entries()) {
    if (old.id === next.id || !sameDevice(next, old)) continue;
    const how = meeting(next, old);
    if (how === undefined) continue;
    if (bothReuseaddr(next, old)) {
      excused ??= decide('ok', id['reuseaddr-both'], old);
    } else if (bothReuseport(next, old)) {
      if (next.uid !== old.uid) return decide('EADDRINUSE', id['reuseport-other-uid'], old);
      const unseen = walk(ordered.slice(place + 1), next).outcomes[0] !== 'ok';
      return decide('ok', unseen ? id['U1-udp-first-match'] : id['reuseport-both'], old);
    } else {
      return decide('EADDRINUSE', how === 'overlap' ? id['udp-conflict'] : how, old);
    }
  }
  return excused ?? decide('ok', id.free);
}

function at(sockets: readonly Socket[], address: string): readonly Socket[] {
  return sockets.filter((socket) => key(socket) === address);
}

/** The address under which a socket is filed. All kinds of wildcard have the same key. */
function key(socket: Socket): string {
  return claimsAny(socket.local) ? ANY : (socket.local.v4 ?? socket.local.v6 ?? ANY);
}

/** The chains after a step: new sockets go to the head, IPv6 ones with SO_REUSEPORT to the tail. */
export function rememberUdp(chains: Chains, step: Step): Chains {
  const { socket, kind } = step;
  if (kind === 'close') {
    return { byPort: without(chains.byPort, socket.id), byAddress: without(chains.byAddress, socket.id) };
  }
  // A change of the local address puts the socket at the head again.
  if (step.renamed === true) return { ...chains, byAddress: toHead(chains.byAddress, socket.id) };
  if (kind !== 'bind' && kind !== 'autobind') return chains;
  const last = socket.family === 'inet6' && socket.options.reuseport === true;
  return {
    byPort: last ? [...chains.byPort, socket.id] : [socket.id, ...chains.byPort],
    // connect() first binds the socket to the wildcard, and then gives it the address. So it goes to the head too.
    byAddress: last && kind === 'bind' ? [...chains.byAddress, socket.id] : [socket.id, ...chains.byAddress],
  };
}
