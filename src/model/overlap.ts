import type { Family } from './types.ts';

/** The wildcard, in a claim. */
export const ANY = '*';

/** What a socket name claims of each of the two stacks: nothing, one address, or `ANY`. */
export interface Claims {
  readonly v4: string | undefined;
  readonly v6: string | undefined;
}

const MAPPED = '::ffff:';

/** Whether the address is written as a v4-mapped IPv6 address, such as `::ffff:127.0.0.1`. */
export function isMapped(address: string): boolean {
  return address.startsWith(MAPPED) && address.includes('.');
}

/** Whether the address is a wildcard of its family, or the mapped form of 0.0.0.0. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === '::ffff:0.0.0.0';
}

/**
 * Normalises a socket name to what it claims. A dual-stack wildcard claims all of both stacks; a v4-mapped address
 * claims of the IPv4 stack only.
 */
export function claimsOf(family: Family, address: string, v6only: boolean): Claims {
  if (family === 'inet') return { v4: address === '0.0.0.0' ? ANY : address, v6: undefined };
  if (address === '::') return { v4: v6only ? undefined : ANY, v6: ANY };
  if (isMapped(address)) {
    const v4 = address.slice(MAPPED.length);
    return { v4: v4 === '0.0.0.0' ? ANY : v4, v6: undefined };
  }
  return { v4: undefined, v6: address };
}

/** Whether two claims of one stack meet: one is the wildcard, or both are the same address. */
export function meets(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && (a === ANY || b === ANY || a === b);
}

/** Whether two names overlap: they meet in some stack. The relation is symmetric. */
export function overlap(a: Claims, b: Claims): boolean {
  return meets(a.v4, b.v4) || meets(a.v6, b.v6);
}

/** Whether a name claims all of a stack. */
export function claimsAny(claims: Claims): boolean {
  return claims.v4 === ANY || claims.v6 === ANY;
}

/** Whether the address is a multicast address of its family. */
export function isMulticast(address: string): boolean {
  const v4 = isMapped(address) ? address.slice(MAPPED.length) : address;
  if (v4.includes('.')) {
    const first = Number.parseInt(v4, 10);
    return first >= 224 && first <= 239;
  }
  return address.toLowerCase().startsWith('ff');
}

/** Whether the address is in 127.0.0.0/8, mapped or not. */
export function isLoopback4(address: string): boolean {
  return (isMapped(address) ? address.slice(MAPPED.length) : address).startsWith('127.');
}

/** Whether the address is a link-local IPv6 one, of fe80::/10. */
export function isLinkLocal6(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}
