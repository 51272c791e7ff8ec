import { isMulticast, isWildcard } from '../model/address.ts';
import { models } from '../model/index.ts';
import type { Family, PresentSocket, SystemName } from '../model/types.ts';
import { isRelevant, type Answer } from './answer.ts';
import { isLeft, withChange, type Change } from './change.ts';
import { judged, type Advice } from './judge.ts';
import type { Question } from './question.ts';
import { list } from './sentences.ts';

/**
 * The option that tells a receiver to which address a datagram was sent. For IPv4 it is IP_PKTINFO of Linux (ip(7)), which
 * gVisor follows, of macOS and of Windows (documentation of Winsock), whose calls Wine has; IP_RECVPKTINFO of NetBSD
 * (sys/netinet/in.h, read there: its IP_PKTINFO sets the source of what is sent); IP_RECVDSTADDR of OpenBSD (sys/netinet/in.h, read
 * there) and of FreeBSD (ip(4)), with IP_SENDSRCADDR for the answer. IPv6 has IPV6_RECVPKTINFO of RFC 3542; Winsock calls it
 * IPV6_PKTINFO. What has no file here is recalled, not verified.
 */
const OPTIONS: Readonly<Record<Family, readonly (readonly [option: string, systems: readonly SystemName[]])[]>> = {
  inet: [
    ['IP_PKTINFO', ['linux', 'darwin', 'windows', 'gvisor', 'wine']],
    ['IP_RECVPKTINFO', ['netbsd']],
    ['IP_RECVDSTADDR', ['freebsd', 'openbsd']],
  ],
  inet6: [
    ['IPV6_RECVPKTINFO', ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'gvisor']],
    ['IPV6_PKTINFO', ['windows', 'wine']],
  ],
};

/**
 * The advice to have one UDP socket on the wildcard in the place of one for each address: what such a program wants is to
 * know to which address a datagram was sent, and to answer from there. It helps only if one program has both sockets.
 */
export function packetInfo(question: Question, answers: readonly Answer[], holders: readonly number[]): Advice[] {
  const sockets = question.readings.map(({ socket }) => socket);
  const last = sockets.length - 1;
  const asked = sockets[last];
  if (asked?.protocol !== 'udp' || question.given !== undefined) return [];
  const there = holders.filter((place) => place < last && isAlike(sockets[place], asked));
  if (there.length === 0) return [];
  const address = asked.family === 'inet' ? '0.0.0.0' : '::';
  const changes: Change[] = [
    ...there.map((socket): Change => ({ what: 'end', socket })),
    ...(asked.address === address ? [] : [{ what: 'address', socket: last, address } as const]),
  ];
  const changed = changes.filter(({ what }) => what === 'address').reduce(withChange, sockets);
  const readings = question.readings
    .map((reading, place) => ({ ...reading, socket: changed[place] ?? reading.socket }))
    .filter((_, place) => !there.includes(place));
  const failing = new Set(answers.flatMap(({ works, system }) => (works === 'yes' ? [] : [system])));
  const names = OPTIONS[asked.family].flatMap(([option, systems]) => {
    const own = systems.filter((system) => failing.has(system)).map((system) => models[system].title);
    return own.length === 0 ? [] : [`${option} (${list(own)})`];
  });
  const numbers = list([...there, last].map((place) => String(place + 1)));
  const text = `if sockets ${numbers} are one program's, have one socket on ${address} in their place, and ask for the address that each datagram was sent to: ${list(names)}`;
  const advice = judged(answers, { ...question, readings }, { kind: 'address', changes, text });
  return advice.helps.length > 0 ? [advice] : [];
}

/** Whether two sockets could be one: of one family, on names of this machine that differ. */
function isAlike(socket: PresentSocket | undefined, asked: PresentSocket): boolean {
  if (socket === undefined || isLeft(socket) || !isRelevant(socket, asked)) return false;
  const isGroup = isMulticast(socket.address) || isMulticast(asked.address);
  const isOneAny = isWildcard(socket.address) || isWildcard(asked.address);
  return socket.family === asked.family && socket.address !== asked.address && isOneAny && !isGroup;
}
