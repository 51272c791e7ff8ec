import type { LabFacts } from '../../../src/lab/lab.ts';
import { ADDRESSES } from '../../../src/lab/netns-topology.ts';
import { models } from '../../../src/model/index.ts';
import type { SystemName } from '../../../src/model/types.ts';
import type { Ask } from '../../../src/plan/lockstep.ts';
import { Play } from '../../../src/plan/play.ts';
import type { DeviceAddresses } from '../../../src/plan/script-network.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { vocabularyOf } from '../../../src/explore/vocabulary.ts';

export const facts: LabFacts = {
  lab: 'netns',
  hosts: { machine: 'the machine' },
  addresses: ADDRESSES,
  missing: {},
  externalInterface: null,
  ownPorts: true,
  elsewhere: 'npx bindspec doctor',
};

export const udp = vocabularyOf('udp', facts, 'linux');
export const tcp = vocabularyOf('tcp', facts, 'linux');

/** A sequence that is ready to be played on its own port, and compared with a system's model. */
export function playOf(
  sequence: Plan,
  system: SystemName = 'linux',
  addressesOf?: DeviceAddresses,
  quickAck = true,
  disconnects?: 'disconnectx',
): Play {
  const host = { addresses: [...Object.values(ADDRESSES.inet), ...Object.values(ADDRESSES.inet6)] };
  return new Play(sequence, {
    port: 20_000,
    uids: { 1: 0, 2: 65_534 },
    simulate: () => models[system].simulate({ host }),
    peers: [1, 2, 3, 4, 5, 6, 7, 8].map((port) => ({ port, listeners: { inet: 'peer4', inet6: 'peer6' } })),
    quickAck,
    ...(disconnects === undefined ? {} : { disconnects }),
    prefix: '',
    ...(addressesOf === undefined ? {} : { addressesOf }),
  });
}

/** A system on which bind() and listen() return the given answers, one after the other, and all else works. */
export function answering(answers: readonly string[]): Ask {
  let next = 0;
  return async (_, operations) =>
    operations.map(({ op }) => {
      if (op === 'getsockname') return '127.0.0.1 20000';
      if (op !== 'bind' && op !== 'listen') return 'ok';
      next += 1;
      return answers[next - 1] ?? 'ok';
    });
}
