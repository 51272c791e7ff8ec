import type { Obstacle } from '../../matrix/blocks.ts';
import { NO_DEVICES } from '../../matrix/axes.ts';
import type { LabFacts } from '../../lab/lab.ts';
import { forMatrix } from '../../matrix/sockets.ts';

/** The word that is used for the external interface where the lab does not give its name. */
const UNKNOWN_INTERFACE = 'external';

/** The name of the machine's external interface on the axis of devices. */
export function interfaceOf({ externalInterface }: LabFacts): string {
  return externalInterface ?? UNKNOWN_INTERFACE;
}

/** The systems that have SO_BINDTODEVICE. */
const HAS_DEVICES: ReadonlySet<string> = new Set(['linux', 'gvisor']);

/** The systems whose tables of TCP states an agent reads. */
const HAS_STATES: ReadonlySet<string> = new Set(['linux', 'windows', 'wine']);

/** The corners of the matrix that this lab or system can't do, each with the reason. */
export function obstacleOf(facts: LabFacts, system: string): Obstacle {
  return ({ uid, state, devices }) => {
    if (uid === 'different' && facts.missing['second user']) {
      const { reason, enable } = facts.missing['second user'];
      return { reason, enable: forMatrix(enable) };
    }
    if (devices !== NO_DEVICES && !HAS_DEVICES.has(system)) {
      return { reason: `${system} has no SO_BINDTODEVICE`, enable: 'run it on Linux' };
    }
    if (devices.split('/').includes(UNKNOWN_INTERFACE)) {
      return {
        reason: `the ${facts.lab} lab does not tell an external interface`,
        enable: forMatrix(facts.elsewhere),
      };
    }
    if (state === 'time-wait' && !HAS_STATES.has(system)) {
      return { reason: `${system} has no table of TCP states that tells of TIME_WAIT`, enable: 'run it on Linux' };
    }
    return null;
  };
}
