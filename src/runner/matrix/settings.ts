import type { Obstacle } from '../../matrix/blocks.ts';
import { NO_DEVICES } from '../../matrix/axes.ts';
import type { Setting } from '../../model/types.ts';
import type { AddressKind, LabFacts } from '../../lab/lab.ts';
import type { Platform } from '../../record/record.ts';
import { kernelOf } from '../platform.ts';

/** What stands for the name of an external interface where the lab does not tell it. */
const UNKNOWN_INTERFACE = 'external';
/** The kinds of addresses that interfaces of the machine have; those of 127.0.0.0/8 beside the first are up to the system. */
const ITS_OWN: readonly AddressKind[] = ['loopback', 'external', 'second-external'];

/** The name of the machine's external interface on the axis of devices. */
export function interfaceOf({ externalInterface }: LabFacts): string {
  return externalInterface ?? UNKNOWN_INTERFACE;
}

/** What the models need to know of the machine of a lab. */
export function settingOf(facts: LabFacts, platform: Pick<Platform, 'system' | 'release' | 'version'>): Setting {
  const all = (kinds: readonly AddressKind[]) =>
    (['inet', 'inet6'] as const).flatMap((family) => kinds.flatMap((kind) => facts.addresses[family][kind] ?? []));
  const kernel = kernelOf(platform);
  return {
    ...(kernel === undefined ? {} : { kernel }),
    host: {
      addresses: all(ITS_OWN),
      devices: {
        lo: all(['loopback']),
        ...(facts.externalInterface === null ? {} : { [facts.externalInterface]: all(['external']) }),
        ...(facts.secondInterface === undefined ? {} : { [facts.secondInterface]: all(['second-external']) }),
      },
    },
  };
}

/** The systems that have SO_BINDTODEVICE. */
const HAS_DEVICES: ReadonlySet<string> = new Set(['linux', 'gvisor']);

/** The systems whose tables of TCP states an agent reads. */
const HAS_STATES: ReadonlySet<string> = new Set(['linux', 'windows', 'wine']);

/** What this lab or system can't do, by corner of the matrix. */
export function obstacleOf(facts: LabFacts, system: string): Obstacle {
  return ({ uid, state, devices }) => {
    if (uid === 'different' && facts.missing['second user']) {
      const { reason, enable } = facts.missing['second user'];
      return { reason, enable: enable.replace(' run', ' matrix') };
    }
    if (devices !== NO_DEVICES && !HAS_DEVICES.has(system)) {
      return { reason: `${system} has no SO_BINDTODEVICE`, enable: 'run it on Linux' };
    }
    if (devices.split('/').includes(UNKNOWN_INTERFACE)) {
      return {
        reason: `the ${facts.lab} lab does not tell an external interface`,
        enable: 'bindspec matrix --lab netns',
      };
    }
    if (state === 'time-wait' && !HAS_STATES.has(system)) {
      return { reason: `${system} has no table of TCP states that tells of TIME_WAIT`, enable: 'run it on Linux' };
    }
    return null;
  };
}
