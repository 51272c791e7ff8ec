import { bothReuseaddr, bothReuseport } from './checks.ts';
import { decide } from './decide.ts';
import { atLeast, type Kernel, missesMappedWildcard } from './linux-kernel.ts';
import { meeting, sameDevice } from './linux-pair.ts';
import { linuxRules } from './linux-rules.ts';
import { isMapped } from './address.ts';
import { ANY, type Claims } from './overlap.ts';
import type { Family, Prediction, RuleId } from './types.ts';
import type { Socket, Step } from './world.ts';

const { id } = linuxRules;

/** The data that a TCP port remembers about the sockets that were bound to it, as long as one of them is left. */
export interface PortMemory {
  /** Up to 6.7: whether every socket had SO_REUSEADDR, and was not listening, when it was bound. */
  readonly reuseaddr: boolean;
  /** The last SO_REUSEPORT socket that was not covered by the one remembered before. */
  readonly reuseport: Remembered | undefined;
}

interface Remembered {
  readonly uid: number;
  readonly family: Family;
  readonly claims: Claims;
  /** Up to 6.7: the first socket of the port covers every address. */
  readonly anyAddress: boolean;
}

export const FORGOTTEN: PortMemory = { reuseaddr: false, reuseport: undefined };

/** Judges bind() or listen() of a TCP socket against all others on the port. */
export function judgeTcp(sockets: readonly Socket[], memory: PortMemory, next: Socket, kernel: Kernel): Prediction {
  const certain = judgeCertain(sockets, memory, next, kernel);
  if (!isUnsure(sockets, next, kernel)) return certain;
  const other = certain.outcomes[0] === 'ok' ? 'EADDRINUSE' : 'ok';
  return { ...certain, outcomes: [...certain.outcomes, other], rule: id['second-index-6.1'] };
}

/** Whether the kernel is from the years in which the index by address was repaired, and the sockets are of that kind. */
function isUnsure(sockets: readonly Socket[], next: Socket, kernel: Kernel): boolean {
  if (!atLeast(kernel, 6, 1) || atLeast(kernel, 6, 9) || isRepaired(kernel)) return false;
  const others = sockets.filter((socket) => socket.id !== next.id);
  return others.length > 1 && new Set([next, ...others].map((socket) => socket.family)).size > 1;
}

/** Whether the kernel is one of 6.1 that was observed after the index was repaired there. */
function isRepaired([major, minor, patch]: Kernel): boolean {
  return major === 6 && minor === 1 && patch >= 192;
}

function judgeCertain(sockets: readonly Socket[], memory: PortMemory, next: Socket, kernel: Kernel): Prediction {
  const found = scan(sockets, next, kernel);
  if (found.outcomes[0] === 'ok') return found;
  // At listen() the socket is already marked as a listener, and a listener cannot use the memory of SO_REUSEADDR.
  if (memory.reuseaddr && next.options.reuseaddr === true && next.state !== 'listening') {
    return { ...found, outcomes: ['ok'], rule: id['T3-reuseaddr-memory'] };
  }
  if (remembers(memory, next)) return { ...found, outcomes: ['ok'], rule: id['T2-reuseport-memory'] };
  return found;
}

function scan(sockets: readonly Socket[], next: Socket, kernel: Kernel): Prediction {
  let allowed: Prediction | undefined;
  for (const old of sockets) {
    if (old.id === next.id || !sameDevice(next, old)) continue;
    const how = meeting(next, old);
    if (how === undefined) continue;
    const excuse = excused(next, old) ?? (missed(next, old, kernel) ? id['mapped-miss'] : undefined);
    if (excuse === undefined) return decide('EADDRINUSE', refusal(next, old, how), old);
    allowed ??= decide('ok', excuse, old);
  }
  return allowed ?? decide('ok', id.free);
}

function excused(next: Socket, old: Socket): RuleId | undefined {
  if (bothReuseaddr(next, old) && old.state !== 'listening') return id['reuseaddr-both'];
  if (bothReuseport(next, old) && (next.uid === old.uid || isTimeWait(old))) return id['reuseport-both'];
  return undefined;
}

function refusal(next: Socket, old: Socket, how: 'overlap' | RuleId): RuleId {
  if (how !== 'overlap') return how;
  if (bothReuseport(next, old)) return id['reuseport-other-uid'];
  return bothReuseaddr(next, old) ? id['reuseaddr-listener'] : id['tcp-conflict'];
}

/**
 * Whether the system may choose this port for a TCP socket that asked for port 0. It never takes a port that is held on an
 * overlapping name, with any options; except that net.ipv4.ip_autobind_reuse allows a port shared by SO_REUSEADDR.
 */
export function mayChooseTcp(sockets: readonly Socket[], next: Socket, autobindReuse: boolean): Prediction {
  const overlapping = sockets.filter((old) => sameDevice(next, old) && meeting(next, old) !== undefined);
  const [first] = overlapping;
  if (first === undefined) return decide('ok', id['chosen-tcp']);
  const kept = overlapping.find((old) => !sharesChosen(next, old));
  if (!autobindReuse || kept !== undefined) return decide('EADDRINUSE', id['chosen-tcp'], kept ?? first);
  return decide('ok', id['autobind-reuse'], first);
}

/** Whether the two share by SO_REUSEADDR, and do not share by SO_REUSEPORT. */
function sharesChosen(next: Socket, old: Socket): boolean {
  return (
    bothReuseaddr(next, old) &&
    old.state !== 'listening' &&
    !(bothReuseport(next, old) && (next.uid === old.uid || isTimeWait(old)))
  );
}

/** The kernel turns FIN_WAIT_2 into a time-wait socket at once, so it counts as TIME_WAIT. */
function isTimeWait(socket: Socket): boolean {
  return socket.state === 'time-wait' || socket.state === 'fin-wait-2';
}

function missed(next: Socket, old: Socket, kernel: Kernel): boolean {
  return (
    missesMappedWildcard(kernel) &&
    isMapped(next.address) &&
    next.local.v4 !== ANY &&
    old.address === '::ffff:0.0.0.0' &&
    old.local.v4 === ANY
  );
}

function remembers(memory: PortMemory, next: Socket): boolean {
  const last = memory.reuseport;
  if (last === undefined || next.options.reuseport !== true || last.uid !== next.uid) return false;
  return last.anyAddress || covers(last, next);
}

/** Whether the remembered name is the same as the new one, or a wildcard that includes it. */
function covers(last: Remembered, next: Socket): boolean {
  const { v4, v6 } = last.claims;
  if (v6 !== undefined && (v6 === ANY ? next.local.v6 !== undefined : v6 === next.local.v6)) return true;
  if (v4 === undefined || next.local.v4 === undefined) return false;
  // ::ffff:0.0.0.0 covers the IPv4 names, but does not count as the dual-stack wildcard.
  if (last.family === 'inet6' && v6 === undefined && next.local.v6 !== undefined) return false;
  return v4 === ANY || v4 === next.local.v4;
}

/** The memory after a successful bind() or listen(), or after a socket has left the port. */
export function rememberTcp(memory: PortMemory, sockets: readonly Socket[], step: Step, kernel: Kernel): PortMemory {
  if (step.kind === 'close') {
    // Since 6.18 the port also forgets when the only sockets left are connections whose port connect() chose.
    const forgets = sockets.length === 0 || (atLeast(kernel, 6, 18) && sockets.every((socket) => socket.autobound));
    return forgets ? FORGOTTEN : memory;
  }
  if (step.kind !== 'bind' && step.kind !== 'listen') return memory;
  const { socket } = step;
  const armed = !atLeast(kernel, 6, 8);
  const first = armed && sockets.length === 1 && step.kind === 'bind';
  const reuse = socket.options.reuseaddr === true && step.kind === 'bind';
  const reuseaddr = first ? reuse : memory.reuseaddr && reuse;
  if (socket.options.reuseport !== true) return { reuseaddr, reuseport: undefined };
  if (!first && remembers(memory, socket)) return { reuseaddr, reuseport: memory.reuseport };
  const remembered: Remembered = {
    uid: socket.uid,
    family: socket.family,
    claims: socket.local,
    anyAddress: first,
  };
  return { reuseaddr, reuseport: remembered };
}
