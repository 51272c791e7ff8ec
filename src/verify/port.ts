import type { Protocol } from '../model/types.ts';
import type { Attempt, Situation } from './situation.ts';

/** One try and what it came to. */
export interface Tried extends Attempt {
  readonly outcome: string;
  /** Which address answered, where it was not the one that was asked. */
  readonly by?: string;
  /** The program of the host that took the connection, where it did not get to the container. */
  readonly holder?: string;
}

/** One port of the container, with all that is known of it. */
export interface Port {
  readonly protocol: Protocol;
  readonly port: number;
  readonly listeners: Situation['listeners'];
  readonly published: NonNullable<Situation['published']>;
  readonly tries: readonly Tried[];
}

/** Whether what listens on :: takes IPv4 too; the tables do not tell, a try from inside does where no other is on IPv4. */
export function takesIPv4Too({ listeners, tries }: Port): boolean | undefined {
  if (listeners.some(({ address }) => address === '0.0.0.0' || address.startsWith('127.'))) return undefined;
  const tried = tries.find(({ from, address }) => from === 'inside' && address === '127.0.0.1');
  return tried === undefined ? undefined : tried.outcome !== 'refused';
}
