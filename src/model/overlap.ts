import { isMapped, unmapped } from './address.ts';
import type { Family } from './types.ts';

/** The wildcard, in a claim. */
export const ANY = '*';

/** The claims of a socket that holds no address of its port. */
export const NOTHING: Claims = { v4: undefined, v6: undefined };

/** The claim of a socket name in each of the two stacks: nothing, one address, or `ANY`. */
export interface Claims {
  readonly v4: string | undefined;
  readonly v6: string | undefined;
}

/**
 * Returns the claims of a socket name. A dual-stack wildcard claims all addresses of both stacks; a v4-mapped address
 * claims only in the IPv4 stack.
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

/** Whether two claims in one stack overlap: one is the wildcard, or both are the same address. */
export function meets(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && (a === ANY || b === ANY || a === b);
}

/** Whether two names overlap: their claims overlap in at least one stack. The relation is symmetric. */
export function overlap(a: Claims, b: Claims): boolean {
  return meets(a.v4, b.v4) || meets(a.v6, b.v6);
}

/** Whether a name claims all addresses of a stack. */
export function claimsAny(claims: Claims): boolean {
  return claims.v4 === ANY || claims.v6 === ANY;
}
