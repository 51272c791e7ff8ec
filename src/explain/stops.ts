import { isWildcard, unmapped } from '../model/address.ts';
import type { PresentSocket, SystemName } from '../model/types.ts';
import { decisionOf } from './answer.ts';
import type { Question } from './question.ts';
import type { Reading } from './reader/reading.ts';
import { nameOf } from './reader/spell.ts';

/** Which other sockets would stop a socket that is alone, on systems that agree. */
export interface Stops {
  readonly systems: readonly SystemName[];
  /** The sockets that would stop it, and those that would not although they have the same port, in words. */
  readonly stopped: readonly string[];
  readonly spared: readonly string[];
}

/** A socket that could be there, and how it is called. */
interface Candidate {
  readonly words: string;
  readonly socket: PresentSocket;
}

const SAME = 'the same name with the same options';

/** Asks the models about each other socket that a single socket could meet on its port. */
export function stopsOf(question: Question, systems: readonly SystemName[]): Stops[] {
  const [reading, ...more] = question.readings;
  if (reading === undefined || more.length > 0 || question.given !== undefined || reading.socket.port === 0) return [];
  const candidates = candidatesFor(reading.socket);
  const works = systems.filter((system) => decisionOf(system, question).works === 'yes');
  const found = new Map<string, { systems: SystemName[]; stopped: string[]; spared: string[] }>();
  for (const system of works) {
    const stopped: string[] = [];
    const spared: string[] = [];
    for (const { words, socket } of candidates) {
      const own = words === SAME && reading.optionsOn !== undefined ? { optionsOn: reading.optionsOn } : {};
      const other: Reading = { text: words, socket, plainWithoutDual: false, notes: [], ...own };
      const answer = decisionOf(system, { ...question, readings: [other, reading] });
      // What can't be there can't be in the way, and what is refused for another reason says nothing.
      if (answer.refused.length > 0) continue;
      (answer.works === 'yes' ? spared : stopped).push(words);
    }
    const key = `${stopped.join()}|${spared.join()}`;
    const same = found.get(key);
    if (same === undefined) found.set(key, { systems: [system], stopped, spared });
    else same.systems.push(system);
  }
  return [...found.values()];
}

function candidatesFor(asked: PresentSocket): Candidate[] {
  const { protocol, port } = asked;
  const at = (address: string, more: Partial<PresentSocket> = {}): PresentSocket => ({
    protocol,
    family: address.includes(':') ? 'inet6' : 'inet',
    address,
    port,
    ...(protocol === 'tcp' ? { state: 'listening' as const } : {}),
    ...more,
  });
  const own = unmapped(asked.address);
  const four = !own.includes(':');
  const isAny = isWildcard(asked.address);
  const { state: _, ...bare } = asked;
  const same: PresentSocket = { ...bare, options: {}, ...(protocol === 'tcp' ? { state: 'listening' } : {}) };
  const what = protocol === 'tcp' ? 'a listener on' : 'a socket on';
  const others: Candidate[] = [
    { words: '0.0.0.0', socket: at('0.0.0.0') },
    { words: '[::] dual-stack', socket: at('::', { v6only: false }) },
    { words: '[::] v6only', socket: at('::', { v6only: true }) },
    {
      words: isAny || !four ? 'an IPv4 address' : 'another IPv4 address',
      socket: at(own === '127.0.0.1' ? '192.0.2.1' : '127.0.0.1'),
    },
    {
      words: isAny || four ? 'an IPv6 address' : 'another IPv6 address',
      socket: at(own === '::1' ? '2001:db8::1' : '::1'),
    },
  ];
  const isOwnName = ({ socket }: Candidate) =>
    socket.address === asked.address && (socket.v6only ?? false) === (asked.v6only ?? false);
  const list: Candidate[] = [
    { words: `${what} ${nameOf(asked)}`, socket: same },
    ...others.filter((one) => !isOwnName(one)),
    { words: SAME, socket: { ...same, options: asked.options ?? {} } },
  ];
  if (protocol === 'udp') return list;
  const local = isAny ? (four ? '127.0.0.1' : '::1') : undefined;
  const connection = local === undefined ? {} : { local };
  return [
    ...list,
    {
      words: 'TIME_WAIT of a server with the same options',
      socket: { ...same, options: asked.options ?? {}, state: 'time-wait', ...connection },
    },
  ];
}
