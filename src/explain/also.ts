import type { Failure } from './reader/failure.ts';
import { nameOf } from './reader/spell.ts';
import { list } from './sentences.ts';
import type { PresentSocket } from '../model/types.ts';

/** Another error of the same text, or another refused socket of the same configuration, with an answer of its own. */
export interface Also {
  readonly socket: PresentSocket;
  /** The socket in bindspec's own spelling. */
  readonly spelled: string;
  /** What went wrong, where the text says so. */
  readonly kind?: Failure['kind'];
  /** The answer in sentences, as that of the whole. */
  readonly answer: readonly string[];
}

/**
 * The other errors in one sentence, from the most telling one to the shortest; empty where there are none.
 * @param first the socket that the answer begins with, and what went wrong with it
 */
export function alsoSentences(also: readonly Also[], first: Pick<Also, 'socket' | 'kind'>): string[] {
  const [only, ...more] = also;
  if (only === undefined) return [];
  const isSame = ({ socket, kind }: Also) =>
    kind === first.kind && socket.port === first.socket.port && socket.protocol === first.socket.protocol;
  if (also.every(isSame)) return [`The same for ${list(also.map(({ socket }) => nameOf(socket)))}.`];
  const short = `Also failed: ${list(also.map(({ socket, kind }) => `${nameOf(socket)} (${kind ?? 'refused'})`))}.`;
  return more.length > 0 ? [short] : [reasonOf(only), short];
}

/** Why one other socket fails and what helps, in one line. */
function reasonOf({ socket, kind }: Also): string {
  const name = nameOf(socket);
  const isSix = socket.address === '::' || socket.address === '::1';
  switch (kind) {
    case 'not available':
      return isSix
        ? `Also: ${name} is not available (IPv6 is off): leave it out, or turn IPv6 on.`
        : `Also: ${name} is not available: the machine does not have that address.`;
    case 'no such family':
      return `Also: ${name} fails, because IPv6 is off: leave it out, or turn IPv6 on.`;
    case 'not permitted':
      return `Also: ${name} is not permitted.`;
    case 'in use':
      return `Also: ${name} is in use.`;
    default:
      return `Also: ${name} is refused.`;
  }
}
