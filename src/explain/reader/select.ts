import { isHere, type Row } from './line.ts';
import type { Listed } from './listing.ts';
import type { Reading } from './reading.ts';
import type { Failure } from './failure.ts';
import { spell } from './spell.ts';

/** A failure that may be of either protocol is of the one that a row on its port has, if only one of them has. */
export function ofProtocol(failed: Row, there: readonly Row[]): Row {
  const { reading } = failed;
  if (reading.either !== true) return failed;
  const own = there.filter((row) => row.reading.socket.port === reading.socket.port);
  if (own.length === 0 || own.some((row) => row.reading.socket.protocol === 'tcp')) return failed;
  const { either: _, otherwise: __, ...rest } = reading;
  return { ...failed, reading: { ...rest, socket: { ...reading.socket, protocol: 'udp' } } };
}

/**
 * A failure that does not say its system is on that of another error of the text, or on the one whose tool printed the rows
 * beside it.
 */
export function onSystem(failed: Row, there: readonly Row[], all: readonly Row[]): Row {
  const { failure } = failed.reading;
  if (failure === undefined || failure.systems.length > 0) return failed;
  const other = all.map(({ reading }) => reading.failure).find((one) => one !== undefined && one.systems.length > 0);
  if (other !== undefined) {
    const { systems, sign } = other;
    const same = { ...failure, systems, ...(sign === undefined ? {} : { sign }) };
    return { ...failed, reading: { ...failed.reading, failure: same } };
  }
  const origin = there.map(({ reading }) => reading.origin).find((one) => one !== undefined);
  if (origin === undefined) return failed;
  const told = { ...failure, systems: origin.systems, sign: 'the rows beside it' };
  return { ...failed, reading: { ...failed.reading, failure: told } };
}

/**
 * The order in which the errors of one text decide: a port that another has ends every program, while many go on without an
 * address that the machine does not have, or without IPv6.
 */
const DECISIVE: readonly Failure['kind'][] = ['in use', 'not permitted', 'not available', 'no such family'];

/** The failures of a text, each socket once, the decisive one first; at the end those that name no port, if no other does. */
export function failuresIn(rows: readonly Row[]): readonly Row[] {
  const failing = rows.filter(({ reading }) => reading.failure !== undefined);
  // What gives a reason settles it, for the lines around it that only say that something failed.
  const reasoned = failing.filter(({ reading }) => reading.failure?.isGuessed === undefined);
  const failed = distinct(reasoned.length > 0 ? reasoned : failing);
  const named = failed.filter(({ reading }) => reading.noPort !== true);
  const all = withoutRepeated(named.length > 0 ? named : failed.slice(0, 1));
  const rank = ({ reading }: Row) => DECISIVE.indexOf(reading.failure?.kind ?? 'in use');
  return all.toSorted((one, other) => rank(one) - rank(other));
}

/** The failures without those that only name the port of another: a second line about the same socket. */
function withoutRepeated(failed: readonly Row[]): readonly Row[] {
  const isSame = (one: Row, other: Row) =>
    one.reading.socket.port === other.reading.socket.port &&
    one.reading.socket.protocol === other.reading.socket.protocol;
  const full = failed.filter(({ reading }) => reading.noAddress !== true);
  return failed.filter(
    (row, place) =>
      row.reading.noAddress !== true || ![...full, ...failed.slice(0, place)].some((other) => isSame(other, row)),
  );
}

/**
 * Each socket once: processes may share one, and each of its connections is a row of its own. A program that binds what its
 * configuration says binds it once a line, except nginx.
 */
export function distinct(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const { socket, holder, failure, config } = row.reading;
    const { identity } = row.reading as Listed;
    const who = failure !== undefined || !isHere(row) ? '' : (identity ?? `${holder?.pid ?? ''}`);
    const key = `${spell(socket)} ${who}`;
    const isNew = !row.pasted || !seen.has(key) || (config !== undefined && config !== 'nginx');
    seen.add(key);
    return isNew;
  });
}

/**
 * The rows that matter for the one that is asked about. Among pasted lines those are the ones of its port, without the
 * connections of a listener that is there.
 * @param leftOut gets what is left out, in words
 */
export function onPort(rows: readonly Row[], asked: Row | undefined, leftOut: string[]): readonly Row[] {
  if (asked === undefined || asked.reading.noPort === true || isOneConfiguration([...rows, asked])) return rows;
  const { protocol, port } = asked.reading.socket;
  const isOwn = ({ reading: { socket } }: Row) => socket.protocol === protocol && socket.port === port;
  const own = rows.filter((row) => !row.pasted || isOwn(row));
  const others = rows.length - own.length;
  if (others > 0) {
    leftOut.push(`${others === 1 ? 'a socket' : `${others} sockets`} of other ports or of the other protocol`);
  }
  const listens = own.some((row) => isOwn(row) && row.reading.socket.state === 'listening');
  const kept = own.filter((row) => !row.pasted || row === asked || !listens || isHere(row));
  const connections = own.length - kept.length;
  if (connections > 0) {
    leftOut.push(`${connections === 1 ? 'a connection' : `${connections} connections`} of a listener that is there`);
  }
  return kept;
}

/** Whether all rows are of one configuration, whose lines are asked about one after the other. */
function isOneConfiguration(rows: readonly Row[]): boolean {
  const [config, ...others] = new Set(rows.map(({ reading }) => reading.config));
  return config !== undefined && others.length === 0;
}

/** The readings of rows. */
export function readingsOf(rows: readonly Row[]): readonly Reading[] {
  return rows.map(({ reading }) => reading);
}
