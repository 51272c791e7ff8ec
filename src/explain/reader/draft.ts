import type { Protocol, State } from '../../model/types.ts';
import type { WrittenName } from './name.ts';
import type { Holding } from './reading.ts';
import type { Word } from './setting-words.ts';
import type { Token } from './unreadable.ts';

/** The parts of one socket that were read so far. */
export interface Draft {
  readonly whole: string;
  readonly context: Context;
  protocol: Protocol | undefined;
  suffix: '' | '4' | '6' | '46';
  name: WrittenName | undefined;
  nameToken: Token | undefined;
  /** Whether a number stood before the name: the queues of ss and netstat. */
  queues: boolean;
  peer: boolean;
  state: State | undefined;
  stateToken: Token | undefined;
  /** Whether the state stood before the name, as in ss. */
  stateFirst: boolean;
  words: { token: Token; word: Word }[];
  holder: Holding | undefined;
}

/** What the other lines of a listing tell of a line. */
export interface Context {
  /**
   * The ss that printed it. Until iproute2 4.12 `*` is 0.0.0.0 and `:::` every IPv6 wildcard; from 4.14 `*` is a dual-stack
   * socket.
   */
  readonly ss?: 'old' | 'new';
}
