import type { Protocol } from '../model/types.ts';
import type { Attempt, Situation } from './situation.ts';

/** One try and its outcome. */
export interface Tried extends Attempt {
  readonly outcome: string;
  /** The address that answered, where it was not the one that was asked. */
  readonly by?: string;
  /** The program of the host that accepted the connection, where the connection did not reach the container. */
  readonly holder?: string;
}

/** One port of the container, with everything that is known about it. */
export interface Port {
  readonly protocol: Protocol;
  readonly port: number;
  readonly listeners: Situation['listeners'];
  readonly published: NonNullable<Situation['published']>;
  readonly tries: readonly Tried[];
}

/**
 * Whether a listener on :: accepts IPv4 too. The tables do not show that; a try from inside shows it where nothing else
 * listens on IPv4.
 */
export function takesIPv4Too({ listeners, tries }: Port): boolean | undefined {
  if (listeners.some(({ address }) => address === '0.0.0.0' || address.startsWith('127.'))) return undefined;
  const tried = tries.find(({ from, address }) => from === 'inside' && address === '127.0.0.1');
  return tried === undefined ? undefined : tried.outcome !== 'refused';
}
