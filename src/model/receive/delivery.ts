import type { Operation, Setting } from '../types.ts';
import type { World } from '../world.ts';
import type { Rule } from '../rules.ts';
import type { Socket } from '../world.ts';
import type { Packet, Receivers } from './types.ts';

/** How a system chooses who receives. `State` is the data about the sockets of one port that it keeps for this. */
export interface Delivery<State> {
  /** The rules by which the system decides, for people. */
  readonly rules: readonly Rule[];
  /** The state of a port without sockets. */
  readonly start: State;
  /**
   * The state after an operation that changed something. `now` is the operation's socket after it, as the model of names
   * has it; undefined if it is gone.
   */
  after(state: State, operation: Operation, setting: Setting, now: Socket | undefined): State;
  /** Who may receive a packet to the port; undefined if that is not known. */
  receivers(state: State, packet: Packet, setting: Setting): Receivers | undefined;
  /** A text of all that `receivers` reads of a state: where it is equal, so are all answers. */
  likeness?(state: State): string;
}

/** How a system chooses who receives, if the lists by which it judges bind() tell it. */
export interface WorldDelivery<Hidden> {
  /** The rules by which the system decides, for people. */
  readonly rules: readonly Rule[];
  /** Who may receive a packet to the port; undefined if that is not known. */
  receivers(world: World<Hidden>, packet: Packet): Receivers | undefined;
}
