import { formatIPv6, parseIPv6 } from '../protocol/address.ts';

const MAPPED = '::ffff:';

/** The canonical text of an address, and the scope that is written in it. A text that is not an address stays the same. */
export function canonical(text: string): { readonly address: string; readonly scope?: string } {
  const [address = text, scope] = text.split('%', 2);
  const named = scope === undefined ? {} : { scope };
  return address.includes(':') ? { address: canonicalSix(address), ...named } : { address, ...named };
}

/** Canonical texts by the text they are of: a matrix asks for the same few addresses several million times. */
const known = new Map<string, string>();
const MOST_KNOWN = 1000;

function canonicalSix(address: string): string {
  const found = known.get(address);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const text = parsedSix(address);
  known.set(address, text);
  return text;
}

function parsedSix(address: string): string {
  try {
    return formatIPv6(parseIPv6(address));
  } catch {
    return address;
  }
}

/** Whether the address is written as a v4-mapped IPv6 address, for example `::ffff:127.0.0.1`. */
export function isMapped(address: string): boolean {
  return address.startsWith(MAPPED) && address.includes('.');
}

/** The IPv4 address of a v4-mapped one; other addresses stay the same. */
export function unmapped(address: string): string {
  return isMapped(address) ? address.slice(MAPPED.length) : address;
}

/** Whether the address is a wildcard of its family, or the mapped form of 0.0.0.0. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === '::ffff:0.0.0.0';
}

/** Whether the address is a multicast address of its family; a v4-mapped one counts as the IPv4 address. */
export function isMulticast(address: string): boolean {
  return isGroup4(unmapped(address)) || (address.includes(':') && /^ff/i.test(address));
}

function isGroup4(address: string): boolean {
  const first = address.includes(':') ? 0 : Number.parseInt(address, 10);
  return first >= 224 && first <= 239;
}

/** Whether the address is 255.255.255.255, mapped or not. */
export function isLimitedBroadcast(address: string): boolean {
  return unmapped(address) === '255.255.255.255';
}

/** Whether the address is in 127.0.0.0/8, mapped or not. */
export function isLoopback4(address: string): boolean {
  return unmapped(address).startsWith('127.');
}

/** Whether the address is a link-local IPv6 one, of fe80::/10. */
export function isLinkLocal6(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}

/** Whether the address is a group of one interface or one link, ff01:: or ff02::, with any flags. */
function isLinkLocalGroup(address: string): boolean {
  return /^ff[0-9a-f][12]:/i.test(address);
}

/** Whether the last 32 bits of an IPv6 address, in its canonical form, are zero. */
export function endsInZero(address: string): boolean {
  return /(?:::|:0:0|:0\.0\.0\.0)(?:%.*)?$/.test(address);
}

/** Whether the address has a meaning only together with a scope. */
export function needsScope(address: string): boolean {
  return isLinkLocal6(address) || isLinkLocalGroup(address);
}

/**
 * The IPv4 address in a v4-compatible IPv6 address, for example `::192.0.2.1`; undefined for all others, and also for
 * `::` and `::1`.
 */
export function compatible4(address: string): string | undefined {
  if (!address.startsWith('::') || isMapped(address)) return undefined;
  try {
    const bytes = parseIPv6(address);
    if (bytes.subarray(0, 12).some((byte) => byte !== 0)) return undefined;
    const v4 = bytes.subarray(12).join('.');
    return v4 === '0.0.0.0' || v4 === '0.0.0.1' ? undefined : v4;
  } catch {
    return undefined;
  }
}
