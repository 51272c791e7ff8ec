import { isMapped, unmapped } from '../model/address.ts';
import type { Family } from '../model/types.ts';
import type { Present } from './follow.ts';
import { hasInetForm, type Making } from './plan.ts';

const MAPPED = '::ffff:';

/** An address in the form that a socket of a family uses: an IPv6 socket uses the mapped form of an IPv4 address. */
export function reached({ family }: Pick<Making, 'family'>, address: string): string {
  return family === 'inet6' && hasInetForm(address) ? `${MAPPED}${address}` : address;
}

/** The family over which an address is reached; a v4-mapped address is reached over IPv4. */
export function familyReached(address: string): Family {
  return hasInetForm(address) || isMapped(address) ? 'inet' : 'inet6';
}

type Named = Pick<Present, 'making' | 'name'>;

/** Whether a socket of that name can reach, or be reached at, an address of that form at all. */
export function canReach({ making: { family, v6only }, name }: Named, to: string): boolean {
  // One without a name gets a wildcard.
  const { address = '::' } = name ?? {};
  if (hasInetForm(to)) return family === 'inet' || isMapped(address) || (address === '::' && v6only === false);
  return family === 'inet6' && !isMapped(address);
}

/** Whether a socket of that name can be reached at the address. */
export function isAt({ name }: Named, to: string): boolean {
  const own = unmapped(name?.address ?? '');
  return own === '0.0.0.0' || own === '::' || own === to;
}
