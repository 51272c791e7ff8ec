import type { Options, PresentSocket, SystemName } from '../../model/types.ts';
import type { Failure } from './failure.ts';
import type { RowOrigin } from './row-systems.ts';

/** A socket as it was read. */
export interface Reading {
  /** The text as it was written. */
  readonly text: string;
  /** The state is left out where the text has none. */
  readonly socket: PresentSocket;
  /** A `:8080`. On a system whose IPv6 sockets can't be dual-stack, programs take it for IPv4. */
  readonly plainWithoutDual: boolean;
  /** The decisions that were made where the text leaves a choice. */
  readonly notes: readonly string[];
  /** Another socket that the text may mean. */
  readonly otherwise?: Otherwise;
  /** The options on systems where the program that the text is from sets others. */
  readonly optionsOn?: Readonly<Partial<Record<SystemName, Options>>>;
  /** The process that has the socket, where a listing names it. */
  readonly holder?: Holding;
  /** The systems that the text can be of, where it is a row that only their tools print, or a setting that only they have. */
  readonly origin?: RowOrigin;
  /** The program that the text is a configuration of. One process binds all sockets of a configuration, in their order. */
  readonly config?: string;
  /** What went wrong, where the text is the error message of a program. */
  readonly failure?: Failure;
  /** Set where the text names no port: the port of the socket is a stand-in then. */
  readonly noPort?: true;
  /** Set where an error message names no address. */
  readonly noAddress?: true;
  /** Set where no protocol is named and the port is one of both: the socket is a TCP one then. */
  readonly either?: true;
}

/** Another reading of the same text. */
interface Otherwise {
  readonly socket: PresentSocket;
  /** What it is then, and how that is written: for example `dual-stack (v6only=0)`. */
  readonly words: string;
}

/** The process that has a socket. */
export interface Holding {
  readonly program?: string;
  readonly pid?: number;
}

/** A process in words: `node (pid 4242)`. */
export function holderInWords({ program, pid }: Holding): string {
  if (program === undefined) return `pid ${pid}`;
  return pid === undefined ? program : `${program} (pid ${pid})`;
}
