import { isWildcard } from '../model/address.ts';
import { list } from '../explain/sentences.ts';
import type { HeldSocket, SocketHolder } from '../sockets/held.ts';
import { counted } from '../text/counted.ts';
import type { NewSockets, PortAnswer, PortReceiver } from './report.ts';

// A report in lines for people, without their style.

type Held = PortAnswer['held'][number];
export type UserNames = ReadonlyMap<number, string>;

/** How many addresses or processes are named before the rest is counted. */
const MOST_NAMES = 4;

/** Who has the port. */
export function firstLine(report: PortAnswer, users: UserNames): string {
  const { protocol, port, held, left } = report;
  const name = `${protocol.toUpperCase()} port ${port}`;
  const [first] = held;
  if (first !== undefined) {
    const waiting = held.filter(isThere);
    if (waiting.length === 0) {
      return left.connections > 0
        ? `${name}: no one waits on it, but connections have it.`
        : `${name}: no one has it, but something is left of connections.`;
    }
    const owners = [...new Set(waiting.map((socket) => holderWords(socket, users)))];
    return `${name}: ${list(owners)}.`;
  }
  const rest = left.timeWait + left.orphans + left.connections > 0 ? ', but something is left on it' : '';
  const works = report.fresh.every(({ outcomes }) => outcomes.length === 1 && outcomes[0] === 'ok');
  if (!works) return `${name}: no one has it${rest}.`;
  return `${name}: no one has it${rest}, and a new socket can have it on every address.`;
}

function isThere({ protocol, state }: HeldSocket): boolean {
  return state === 'CLOSED' || (protocol === 'tcp' && state === 'LISTEN');
}

/** The sockets, each with what is known of it; those that are equal in everything are one line. */
export function heldLines({ held }: PortAnswer, users: UserNames): string[] {
  const lines = new Map<string, number>();
  for (const socket of held) {
    const { state, inode, more = 0 } = socket;
    // What is left of connections is counted at the end.
    if (state === 'TIME_WAIT' || inode === 0) continue;
    const options = optionsOf(socket);
    const text = [
      `${nameOf(socket)}  ${stateOf(socket)}`,
      holderWords(socket, users),
      ...(options === '' ? [] : [options]),
    ].join('; ');
    lines.set(text, (lines.get(text) ?? 0) + 1 + more);
  }
  return [...lines].map(([text, count]) => (count === 1 ? text : `${text}; ${count} such sockets`));
}

function stateOf({ state, protocol, backlog, received, peer }: Held): string {
  if (state === 'LISTEN') {
    const waiting = received > 0 ? ` (${received} wait)` : '';
    return `listens${backlog === undefined ? '' : `, backlog ${backlog}${waiting}`}`;
  }
  if (protocol === 'udp') return `bound${peer.port === 0 ? '' : ` and connected to ${shownName(peer)}`}`;
  return state === 'CLOSED' ? 'bound, and does not listen' : state;
}

/** The address and port of a socket, and which families it takes. */
function nameOf({ local, family, v6only, device, protocol, state }: HeldSocket): string {
  const name = shownName(local);
  const both =
    family === 'inet6' && local.address === '::' && (state === 'LISTEN' || protocol === 'udp' || state === 'CLOSED')
      ? v6only === undefined
        ? ' (IPv6, perhaps IPv4 too)'
        : v6only
          ? ' (IPv6 only)'
          : ' (IPv4 and IPv6)'
      : '';
  return `${name}${device === undefined ? '' : `%${device}`}${both}`;
}

export function shownName({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Who has a socket: programs with their processes, users, unit and container. */
export function holderWords({ holders, uid, inode }: HeldSocket, users: UserNames): string {
  const user = (number: number) => users.get(number) ?? `user ${number}`;
  const [first] = holders;
  if (first === undefined) {
    if (inode === 0) return 'no process has it';
    return `a process that can't be seen from here${uid < 0 ? '' : `, made by ${user(uid)}`}`;
  }
  const programs = [...new Set(holders.map(({ program }) => program))];
  const who = programs.map((program) => {
    const pids = holders.filter((one) => one.program === program).map(({ pid }) => pid);
    const shown = pids.slice(0, MOST_NAMES).join(', ');
    const rest = pids.length > MOST_NAMES ? ` and ${pids.length - MOST_NAMES} more` : '';
    return `${program} (${pids.length === 1 ? 'pid' : 'pids'} ${shown}${rest})`;
  });
  const belongs = [...new Set(holders.flatMap(belongsWords))];
  // Tools of other systems than Linux tell no user by a number.
  const uids = [...new Set(holders.map((one) => one.uid))].filter((one) => one >= 0);
  const made = holders.some((one) => one.uid === uid) ? '' : `, made by ${user(uid)}`;
  return `${list(who)}${uids.length === 0 ? '' : ` of ${list(uids.map(user))}`}${made}${belongs.length === 0 ? '' : ` in ${list(belongs)}`}`;
}

function belongsWords({ unit, container }: SocketHolder): string[] {
  return [
    ...(unit === undefined ? [] : [unit]),
    ...(container === undefined ? [] : [`the ${container.engine} container ${container.id}`]),
  ];
}

/** The options that are on, by their names in C; none where they are not known. */
function optionsOf({ options, on = [] }: HeldSocket): string {
  const shown = new Set<string>(on);
  for (const [name, value] of Object.entries(options ?? {})) {
    if (name === 'IPV6_V6ONLY' || name === 'SO_BINDTODEVICE' || value === 0 || value === '') continue;
    // Those that Linux has under two names.
    shown.add(name === 'IPV6_FREEBIND' ? 'IP_FREEBIND' : name === 'IPV6_TRANSPARENT' ? 'IP_TRANSPARENT' : name);
  }
  return [...shown].join(' ');
}

/** What new sockets would get; nothing where the first line has said that the port is free. */
export function freshLines(report: PortAnswer): { works: boolean; text: string }[] {
  const { fresh, held, helps } = report;
  const isOk = ({ outcomes }: NewSockets) => outcomes.length === 1 && outcomes[0] === 'ok';
  if (held.length === 0 && fresh.every(isOk)) return [];
  const refused = fresh.findIndex((one) => !isOk(one));
  return fresh.map((one, place) => {
    const { names, options, outcomes, call, holder } = one;
    const others = fresh.filter((other) => other.options.join() === options.join());
    const isAll = others.length === 1;
    const kind = options.length === 0 ? 'A new socket without options' : `A new socket with ${list(options)}`;
    const where = isAll ? 'on any address' : `on ${someOf(names)}`;
    const what = isOk(one) ? 'is bound' : `gets ${outcomes.join(' or ')}${call === 'listen' ? ' at listen()' : ''}`;
    const blocker = holder === undefined ? undefined : held[holder];
    const because = blocker === undefined || held.length === 1 ? '' : `, because of ${nameOf(blocker)}`;
    const advice = place === refused && helps.length > 0 ? ` To help: ${helps.join('; or ')}.` : '';
    return { works: isOk(one), text: `${kind} ${what} ${where}${because}.${advice}` };
  });
}

export function someOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMES + 1) return list([...names]);
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}

/** Who receives what is sent to the machine's addresses. */
export function receiverLines({ receivers, held }: PortAnswer): string[] {
  if (!held.some(isThere)) return [];
  return receivers.map(({ to, who, by }) => {
    if (who === undefined) return `${someOf(to)}: not known`;
    const names = [...new Set(who.map((one) => (typeof one === 'string' ? NO_ONE[one] : programsAt(one, held))))];
    return `${someOf(to)}: ${names.join(' or ')}${choiceNote(names, who, by, held)}`;
  });
}

/** How one of several gets it; where all of them are of one program, it still counts that they share. */
function choiceNote(
  names: readonly string[],
  who: NonNullable<PortReceiver['who']>,
  by: PortReceiver['by'],
  held: readonly Held[],
): string {
  if (by === undefined) return '';
  const how = by === 'which was bound last' ? ', whichever was bound last' : `, by ${by}`;
  if (names.length > 1) return how;
  const sockets = new Set(who.flatMap((one) => (typeof one === 'string' ? [] : one)));
  const count = [...sockets].reduce((sum, place) => sum + 1 + (held[place]?.more ?? 0), 0);
  return `, one of its ${count} sockets${how}`;
}

const NO_ONE = {
  refused: 'no one, the sender is refused',
  reset: 'no one, the connection is reset',
  silence: 'no one, and nothing tells the sender',
  'no answer': 'no one, the client waits until it gives up',
} as const;

export function programsAt(places: readonly number[], held: readonly Held[]): string {
  const names = places.map((place) => {
    const socket = held[place];
    if (socket === undefined) return 'a socket';
    const [holder] = socket.holders;
    const name = holder === undefined ? shownName(socket.local) : `${holder.program} (pid ${holder.pid})`;
    return held.length > 1 && holder !== undefined ? `${name} at ${atOf(socket)}` : name;
  });
  return places.length === 1 ? (names[0] ?? '') : `${list(names)}, a copy each`;
}

function atOf({ local: { address } }: Held): string {
  return isWildcard(address) ? (address === '::' ? '[::]' : address) : address;
}

/** What else counts, a line each. */
export function restLines(report: PortAnswer, users: UserNames): string[] {
  const { left, elsewhere, firewall, notes } = report;
  const leftovers = [
    ...(left.connections > 0 ? [counted(left.connections, 'connection')] : []),
    ...(left.timeWait > 0 ? [`${left.timeWait} in TIME_WAIT, taken to have had SO_REUSEADDR`] : []),
    ...(left.orphans > 0 ? [`${left.orphans} that no process has and that are not closed yet`] : []),
  ];
  const others = elsewhere.map(({ network, sockets }) => {
    const socket = sockets.find(isThere) ?? sockets[0];
    if (socket === undefined) return '';
    const more = sockets.length > 1 ? ` and ${sockets.length - 1} more` : '';
    return `In another network (${network}): ${nameOf(socket)}, ${holderWords(socket, users)}${more}.`;
  });
  const shown = others.slice(0, MOST_NAMES);
  const rules = firewall.rules.map(({ chain, text, conditional }) => {
    return `Firewall, ${chain}: ${text}${conditional ? ', under conditions' : ''}.`;
  });
  return [
    ...notes,
    ...(leftovers.length === 0 ? [] : [`On the port: ${list(leftovers)}.`]),
    ...rules,
    ...shown,
    ...(others.length > shown.length ? [`In ${others.length - shown.length} more networks of this machine, too.`] : []),
  ];
}

/** What this user could not see. */
export function unseenLine(
  reports: readonly PortAnswer[],
  unseen: { readonly processes: number; readonly options: number; readonly isRoot: boolean },
): string | undefined {
  const sockets = reports.flatMap(({ held, elsewhere }) => [...held, ...elsewhere.flatMap((one) => one.sockets)]);
  const nameless = sockets.filter(({ inode, holders }) => inode !== 0 && holders.length === 0).length;
  const unasked = reports.every(({ system }) => system !== 'linux')
    ? 0
    : sockets.filter((one) => one.inode !== 0 && isThere(one) && one.options === undefined).length;
  const unread = [...new Set(reports.flatMap(({ firewall }) => firewall.unread))];
  const tools = [...new Set(unread.map((text) => text.replace(/:.*/s, '').replace('legacy-', '')))];
  const root = [
    ...(nameless > 0 && unseen.processes > 0 ? ['who has the sockets without a process'] : []),
    ...(unasked > 0 ? ['the options of sockets (SO_REUSEADDR and SO_REUSEPORT are taken to be off)'] : []),
  ];
  const parts = [
    ...(unread.length === 0 ? [] : [`The rules of the firewall could not be read (${tools.join(', ')}).`]),
    ...(root.length === 0
      ? []
      : [unseen.isRoot ? `Not seen from here: ${list(root)}.` : `Root would also see ${list(root)}.`]),
  ];
  return parts.length === 0 ? undefined : parts.join(' ');
}
