import type { LabFacts } from '../../../lab/lab.ts';
import type { ReceiverObstacle } from '../../../matrix/receivers/blocks.ts';
import { obstacleOf } from '../settings.ts';

/** The corners of the block of receivers that this lab or system can't do, each with the reason. */
export function receiverObstacle(facts: LabFacts, system: string): ReceiverObstacle {
  const ofPairs = obstacleOf(facts, system);
  return ({ protocol, states, uid, devices }) => {
    if (states.includes('connected-out')) {
      const absent = facts.missing.neighbour;
      if (absent !== undefined) return { reason: absent.reason, enable: absent.enable };
      if (facts.addresses.inet.neighbour === undefined) {
        return { reason: `the ${facts.lab} lab has no neighbour`, enable: facts.elsewhere };
      }
    }
    return ofPairs({ protocol, state: 'bound', uid, devices });
  };
}
