import type { SceneAddress } from './scene.ts';

/** Whether what is sent to an address goes to all who want it: a group or a broadcast address. */
export function goesToMany(at: SceneAddress): boolean {
  if (typeof at === 'string') return at === 'broadcast';
  if ('mapped' in at) return false;
  const { address } = at;
  return /^(?:ff|22[4-9]\.|23\d\.)/i.test(address) || address === '255.255.255.255';
}
