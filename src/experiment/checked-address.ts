import { HarnessError } from '../harness/harness-error.ts';
import { Deadline } from '../process/pace.ts';
import { open, prepareSockets } from './talk.ts';
import type { Part, Trial } from './trial.ts';

/** The flags of an address that decide whether it can be used, from linux/if_addr.h, by what they are here. */
const FLAGS = { optimistic: 0x04, failed: 0x08, tentative: 0x40 } as const;
/** What an address is to the system: `none` where it does not have it. */
export type AddressUse = 'none' | 'usable' | 'tentative' | 'optimistic' | 'failed';

/** How long the check of one address may take, in milliseconds on a quiet machine. */
const CHECK_DEADLINE = 10_000;
const BETWEEN_LOOKS = 10;

/** What an IPv6 address is to a part's host, from /proc/net/if_inet6. */
export async function addressState(part: Part, address: string): Promise<AddressUse> {
  const [table] = await part.do({ op: 'read', path: '/proc/net/if_inet6' });
  const wanted = digitsOf(address);
  for (const line of (table?.data ?? '').split('\n')) {
    const [digits, , , , flags = '0'] = line.trim().split(/\s+/);
    if (digits !== wanted) continue;
    const has = (flag: number) => (Number.parseInt(flags, 16) & flag) !== 0;
    if (has(FLAGS.failed)) return 'failed';
    if (has(FLAGS.optimistic)) return 'optimistic';
    return has(FLAGS.tentative) ? 'tentative' : 'usable';
  }
  return 'none';
}

/** Waits until the system has found out whether another host has the address. @throws HarnessError when that takes too long */
export async function whenChecked(trial: Trial, address: string): Promise<AddressUse> {
  const part = await trial.part('onlooker');
  const pause = part.fresh('pause');
  await prepareSockets(part, open(pause, 'udp', 'inet6', 1));
  for (const deadline = new Deadline(CHECK_DEADLINE); ;) {
    const state = await addressState(part, address);
    if (state !== 'tentative' && state !== 'optimistic') return state;
    if (deadline.passed) throw new HarnessError(`${address} was still ${state} after ${deadline.allowed} ms`);
    await part.do({ op: 'recv', on: pause, within: BETWEEN_LOOKS });
  }
}

/** An IPv6 address as the table has it: 32 digits. */
function digitsOf(address: string): string {
  const [left = '', right] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(left), groups(right ?? '')];
  const between = right === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: between }, () => '0'), ...after]
    .map((group) => group.padStart(4, '0'))
    .join('');
}
