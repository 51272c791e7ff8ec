import type { AddressKind, LabFacts } from '../lab/lab.ts';
import { kernelOf } from '../model/linux-kernel.ts';
import type { Setting } from '../model/types.ts';
import type { Platform } from '../record/record.ts';

/** The kinds of addresses that interfaces of the machine have. The system decides which others of 127.0.0.0/8 are there. */
const ITS_OWN: readonly AddressKind[] = ['loopback', 'external', 'second-external'];

/** The facts about the machine of a lab that the models need. */
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
