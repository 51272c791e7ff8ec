import type { Part, Trial } from '../trial.ts';
import type { AddressBook } from './addresses.ts';
import type { ReceivingScene, SceneBind } from './scene.ts';
import type { OpenSender } from './senders.ts';

/** A socket of a scene that is there. */
export interface ReceivingSocket {
  readonly as: string;
  readonly part: Part;
  readonly socket: string;
  readonly made: SceneBind;
}

/** What is needed to send the packets of a scene. */
export interface Packets {
  readonly trial: Trial;
  readonly scene: ReceivingScene;
  readonly book: AddressBook;
  readonly senders: ReadonlyMap<string, OpenSender>;
  readonly sockets: readonly ReceivingSocket[];
}
