import type { Family } from '../protocol/messages.ts';
import type { AddressKind } from './lab.ts';

/** Addresses that every system has, whatever the lab. */
export const FIXED_ADDRESSES: Record<Family, Partial<Record<AddressKind, string>>> = {
  inet: { wildcard: '0.0.0.0', loopback: '127.0.0.1', 'second-loopback': '127.0.0.2' },
  inet6: { wildcard: '::', loopback: '::1' },
};
