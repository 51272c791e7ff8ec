import type { Operation, Setting } from '../types.ts';
import type { Rule } from '../rules.ts';
import type { Packet, Receivers } from './types.ts';

/** How a system chooses who receives. `State` is what it keeps of the sockets of one port for that. */
export interface Delivery<State> {
  /** The rules by which it decides, for people. */
  readonly rules: readonly Rule[];
  /** No socket is there. */
  readonly start: State;
  /** The state after an operation that succeeded. */
  after(state: State, operation: Operation, setting: Setting): State;
  /** Who may receive a packet to the port; undefined where that is not known. */
  receivers(state: State, packet: Packet, setting: Setting): Receivers | undefined;
}
