import type { ServerRecord } from '../record/server.ts';

/** How a record stands to one of the same program that was made before. */
export interface ServerChanges {
  /** Whether both are of the same version: only then is a change a failure. */
  isSameVersion: boolean;
  /** What differs, in lines. */
  lines: string[];
}

/** What was seen of a program, in the words of its record. */
export type ServerOutcomes = Pick<ServerRecord, keyof typeof ASPECTS>;

/** What is compared: what does not depend on the machine, and not on chance. */
const ASPECTS = {
  start: 'start',
  binds: 'binds',
  others: 'other sockets',
  reach: 'reach',
  second: 'second instance',
  restart: 'restart',
  ipv6off: 'IPv6 off',
  taken: 'port taken',
  late: 'late address',
} as const satisfies Partial<Record<keyof ServerRecord, string>>;

/** Compares two records of one program, the older first. */
export function changesBetweenServers(before: ServerRecord, after: ServerRecord): ServerChanges {
  return { isSameVersion: before.version === after.version, lines: changedOutcomes(before, after) };
}

/** What differs between two observations of programs, in lines. What one of them was not asked is not compared. */
export function changedOutcomes(before: ServerOutcomes, after: ServerOutcomes): string[] {
  const keys = Object.keys(ASPECTS) as (keyof typeof ASPECTS)[];
  return keys.flatMap((key) => {
    const [old, now] = [flat(before[key]), flat(after[key])];
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((at) => {
      const [one, other] = [old.get(at), now.get(at)];
      if (one === other) return [];
      // What was not asked has no outcome; a socket has none when it is not there.
      const isSet = Array.isArray(before[key]);
      if (!isSet && (one === undefined || other === undefined)) return [];
      const where = at === '' || isSet ? '' : ` (${at})`;
      return [`${ASPECTS[key]}${where}: ${isSet ? change(at, one) : `${one} before, now ${other}`}`];
    });
  });
}

function change(line: string, before: string | undefined): string {
  return before === undefined ? `${line} is new` : `${line} is gone`;
}

/** The outcomes of an aspect by what they are about: a socket, an address, an instance. */
function flat(value: ServerRecord[keyof typeof ASPECTS]): Map<string, string> {
  if (value === undefined) return new Map();
  if (typeof value === 'string') return new Map([['', value]]);
  // A UDP port of chance is that of a client, which has one for as long as it asks something.
  if (Array.isArray(value)) {
    return new Map(value.filter((line) => !line.startsWith('chance udp ')).map((line) => [line, line]));
  }
  return new Map(
    Object.entries(value).flatMap(([at, one]): [string, string][] => {
      if (one === undefined) return [];
      if (typeof one === 'string') return [[at, one]];
      return [
        [`${at} from the machine`, one.machine.join(' ')],
        [`${at} from the neighbour`, one.neighbour.join(' ')],
      ];
    }),
  );
}
