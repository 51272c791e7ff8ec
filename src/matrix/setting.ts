import type { AddressKind, LabFacts } from '../lab/lab.ts';
import { kernelOf } from '../model/linux-kernel.ts';
import type { Host, Setting } from '../model/types.ts';
import type { Platform } from '../record/record.ts';

/** The kinds of addresses that interfaces of the machine have. The system decides which others of 127.0.0.0/8 are there. */
const ITS_OWN: readonly AddressKind[] = ['loopback', 'external', 'second-external'];

/**
 * The setting in which a model is asked about the machine of a lab: its addresses, what it says of itself (`facts.machine`),
 * and its release. The model of another system than the platform's is asked about its newest release.
 */
export function settingOf(
  facts: Pick<LabFacts, 'addresses' | 'externalInterface' | 'secondInterface' | 'machine'>,
  platform: Pick<Platform, 'system' | 'release' | 'version'>,
  model: string = platform.system,
): Setting {
  // Under Wine the files are those of the host; IPV6_V6ONLY of a new socket is as on Windows.
  const { bindv6only: _, ...hostOfWine } = facts.machine ?? {};
  const machine: Host = platform.system === 'wine' ? hostOfWine : (facts.machine ?? {});
  const { broadcast } = facts.addresses.inet;
  const broadcasts = machine.broadcasts ?? (broadcast === undefined ? [] : [broadcast]);
  const all = (kinds: readonly AddressKind[]) =>
    (['inet', 'inet6'] as const).flatMap((family) => kinds.flatMap((kind) => facts.addresses[family][kind] ?? []));
  const devices: Record<string, readonly string[]> = {
    lo: all(['loopback']),
    ...(facts.externalInterface === null ? {} : { [facts.externalInterface]: all(['external']) }),
    ...(facts.secondInterface === undefined ? {} : { [facts.secondInterface]: all(['second-external']) }),
  };
  for (const [device, addresses] of Object.entries(machine.devices ?? {})) {
    devices[device] = [...new Set([...(devices[device] ?? []), ...addresses])];
  }
  return {
    ...(model === platform.system ? versionSetting(platform) : {}),
    host: {
      ...machine,
      ...(broadcasts.length === 0 ? {} : { broadcasts }),
      addresses: [...new Set([...all(ITS_OWN), ...(machine.addresses ?? [])])],
      devices,
    },
  };
}

/** The release of a platform, in the form that its model reads; nothing where it is in no such form. */
function versionSetting(
  platform: Pick<Platform, 'system' | 'release' | 'version'>,
): Pick<Setting, 'kernel' | 'release'> {
  const kernel = kernelOf(platform);
  if (kernel !== undefined) return { kernel };
  const isRelease = platform.system === 'gvisor' ? /20\d\d-?\d\d-?\d\d/ : /^\d+/;
  return isRelease.test(platform.release) ? { release: platform.release } : {};
}
