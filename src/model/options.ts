import type { NumberOption } from '../protocol/options.ts';
import type { Options, SystemName } from './types.ts';

/** The name of a socket option in C programs, and the systems that have it. */
interface OptionFact {
  readonly name: NumberOption;
  readonly systems: readonly SystemName[];
}

const UNIX = ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'gvisor'] as const;

/** The options that decide conflicts, in the order in which they are written out. */
export const OPTIONS: Readonly<Record<keyof Options, OptionFact>> = {
  reuseaddr: { name: 'SO_REUSEADDR', systems: [...UNIX, 'windows', 'wine'] },
  reuseport: { name: 'SO_REUSEPORT', systems: UNIX },
  exclusive: { name: 'SO_EXCLUSIVEADDRUSE', systems: ['windows', 'wine'] },
  reuseportLb: { name: 'SO_REUSEPORT_LB', systems: ['freebsd'] },
  reuseShareUid: { name: 'SO_REUSESHAREUID', systems: ['darwin'] },
};

/** The systems on which a socket can be tied to a device by SO_BINDTODEVICE. */
export const DEVICE_SYSTEMS: readonly SystemName[] = ['linux', 'gvisor'];

/** The names of options, in order. */
export const OPTION_KEYS = Object.keys(OPTIONS) as (keyof Options)[];
