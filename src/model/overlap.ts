import { isMapped, unmapped } from './address.ts';
import type { Family } from './types.ts';

/** The wildcard, in a claim. */
export const ANY = '*';

/** What a socket claims that holds no address of its port. */
export const NOTHING: Claims = { v4: undefined, v6: undefined };

/** What a socket name claims of each of the two stacks: nothing, one address, or `ANY`. */
export interface Claims {
  readonly v4: string | undefined;
  readonly v6: string | undefined;
}

/**
 * Normalises a socket name to what it claims. A dual-stack wildcard claims all of both stacks; a v4-mapped address
 * claims of the IPv4 stack only.
 */
export function claimsOf(family: Family, address: string, v6only: boolean): Claims {
  if (family === 'inet') return { v4: address === '0.0.0.0' ? ANY : address, v6: undefined };
  if (address === '::') return { v4: v6only ? undefined : ANY, v6: ANY };
  if (isMapped(address)) {
    const v4 = unmapped(address);
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
