import { FIXED_ADDRESSES } from '../lab/addresses.ts';
import type { AddressKind } from '../lab/lab.ts';
import type { Family, Setting, SystemName } from '../model/types.ts';

/** Addresses for documentation stand for the machine's own and the neighbour's. Not every system has more than one address of 127.0.0.0/8. */
const ADDRESSES: Record<Family, Partial<Record<AddressKind, string>>> = {
  inet: {
    ...FIXED_ADDRESSES.inet,
    external: '192.0.2.1',
    'second-external': '198.51.100.1',
    neighbour: '192.0.2.9',
    broadcast: '192.0.2.255',
  },
  inet6: {
    ...FIXED_ADDRESSES.inet6,
    external: '2001:db8:1::1',
    'second-external': '2001:db8:2::1',
    neighbour: '2001:db8:1::9',
  },
};

/** The interfaces of the machine that the models are asked about, by the addresses that they have. */
export const DOCUMENTED_DEVICES = { lo: 'lo', external: 'net1', 'second-external': 'net2' } as const;

const DEVICES: Readonly<Record<string, readonly string[]>> = {
  lo: ['127.0.0.1', '127.0.0.2', '::1'],
  net1: ['192.0.2.1', '2001:db8:1::1'],
  net2: ['198.51.100.1', '2001:db8:2::1'],
};

/** The address of a kind in questions to models. @throws RangeError for a kind about which no model is asked */
export function documentedAddress(family: Family, kind: AddressKind): string {
  const address = ADDRESSES[family][kind];
  if (address === undefined) throw new RangeError(`no model is asked about an address of the kind ${kind}`);
  return address;
}

/** The addresses of the machine in questions to models. */
export const DOCUMENTED_OWN: readonly string[] = Object.values(DEVICES)
  .flat()
  .filter((address) => address !== '127.0.0.2');

/** A question's setting for a version of a system; without a version, the newest. */
export function versionSetting(system: SystemName, version: string | undefined): Pick<Setting, 'kernel' | 'release'> {
  if (version === undefined) return {};
  return system === 'linux' ? { kernel: version } : { release: version };
}

/** The setting in which a model is asked who receives. */
export function documentedSetting(system: SystemName, version: string | undefined): Setting {
  const second = ['linux', 'wine', 'gvisor', 'windows'].includes(system) ? ['127.0.0.2'] : [];
  return {
    host: { addresses: [...DOCUMENTED_OWN, ...second], devices: DEVICES, broadcasts: ['192.0.2.255'] },
    ...versionSetting(system, version),
  };
}
