import { ANY, overlap } from './overlap.ts';
import { linuxRules } from './linux-rules.ts';
import type { RuleId } from './types.ts';
import type { Socket } from './world.ts';

const { id } = linuxRules;

/** The IPv4 address that a dual-stack socket connected over IPv6 has in the kernel's IPv4 comparison. */
const PLACEHOLDER = '127.0.0.6';

/** The V6ONLY flag inside the kernel, which a bind to a specific IPv6 address sets too. */
function v6onlyFlag(socket: Socket): boolean {
  return socket.family === 'inet6' && (socket.v6only || socket.bound.v4 === undefined);
}

/** Whether there is a device that both sockets can receive from. */
export function sameDevice(a: Socket, b: Socket): boolean {
  return a.device === undefined || b.device === undefined || a.device === b.device;
}

/** How the new socket's name overlaps an old one's: plainly, by the rule of a quirk, or not at all. */
export function meeting(next: Socket, old: Socket): 'overlap' | RuleId | undefined {
  if (overlap(next.local, old.local)) return 'overlap';
  if (next.family === 'inet' && old.local.v4 === undefined && !v6onlyFlag(old)) {
    // The old socket is a dual-stack one that a connection narrowed to an IPv6 address.
    if (next.local.v4 === ANY) return id['T1-v6only-flag'];
    if (next.protocol === 'udp' && next.local.v4 === PLACEHOLDER) return id['U2-placeholder-127.0.0.6'];
  }
  return undefined;
}
