import { isLoopback4 } from '../address.ts';
import type { Setting } from '../types.ts';

/** The device that has an address, by which what is sent to it comes in; undefined where the setting does not name it. */
export function deviceOf(address: string, { host }: Setting): string | undefined {
  if (isLoopback4(address) || address === '::1') return 'lo';
  return Object.entries(host?.devices ?? {}).find(([, addresses]) => addresses.includes(address))?.[0];
}
