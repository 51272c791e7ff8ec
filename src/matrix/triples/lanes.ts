import type { Protocol } from '../../model/types.ts';

/**
 * A port of its own for the first two sockets of a triple, and the third sockets that are tried beside them one after
 * another, by their places in the block. Each third is closed before the next is made.
 *
 * That is the same as a fresh port for every third as long as no third leaves anything on the port:
 * - A UDP socket is only in lists of its port, and close() takes it out of them, on every system that has a model.
 * - A TCP socket that bind() refuses has never been on the port.
 * - A TCP socket that was bound, listening or not, may leave something: Linux remembers the options, the owner and the name
 *   of the last one for as long as any socket is on the port (`tb->fastreuse` and `tb->fastreuseport`, set by
 *   inet_csk_update_fastreuse() in net/ipv4/inet_connection_sock.c). So nothing is tried after it on that port.
 */
export type Lane = readonly number[];

/**
 * The lanes for the thirds of one prefix. Thirds that are expected to be refused share a port; over TCP each other third is
 * the last one on its port. If an expectation is wrong, `readLane` finds the thirds that have no answer yet.
 * @param isRefused whether bind() is expected to refuse a third
 */
export function lanesFor(protocol: Protocol, thirds: readonly number[], isRefused: (third: number) => boolean): Lane[] {
  if (protocol === 'udp') return [thirds];
  const shared = thirds.filter((third) => isRefused(third));
  const [last, ...others] = thirds.filter((third) => !isRefused(third));
  return [last === undefined ? shared : [...shared, last], ...freshLanes(others)];
}

/** A lane for each third. */
export function freshLanes(thirds: readonly number[]): Lane[] {
  return thirds.map((third) => [third]);
}

/**
 * The answers of a lane that count: those up to the first third that may have left something on the port.
 * @param answers the answer for each third of the lane, in its order
 */
export function countIn(protocol: Protocol, answers: readonly string[]): number {
  if (protocol === 'udp') return answers.length;
  const bound = answers.findIndex((answer) => !answer.startsWith('bind '));
  return bound < 0 ? answers.length : bound + 1;
}
