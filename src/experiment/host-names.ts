import type { Family } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './talk.ts';
import { kindOf, type HostNames, type Part, type Trial } from './trial.ts';

/** The name that the host has for itself. */
const OWN = 'bindspec-host';

/** What a file of host names has for localhost, by what the systems are that come with it. */
const FILES = {
  both: '127.0.0.1 localhost\n::1 localhost\n',
  'inet6-first': '::1 localhost\n127.0.0.1 localhost\n',
  'inet-only': '127.0.0.1 localhost\n::1 ip6-localhost\n',
  'inet6-only': '127.0.0.1 ip4-localhost\n::1 localhost\n',
  none: '127.0.0.1 ip4-localhost\n::1 ip6-localhost\n',
} as const;
export type HostsFile = keyof typeof FILES;
export const HOSTS_FILES = Object.keys(FILES) as HostsFile[];

/**
 * What a look-up of a name without an address returns. Where a system has no nsswitch.conf, the resolver asks DNS after the
 * file, and no server answers.
 */
export const NO_ADDRESS = { oneOf: ['ENOTFOUND', 'EAI_AGAIN'] } as const;

/** The host names of a machine whose file has these lines for localhost, and for its own name these addresses. */
export function hostNames(file: HostsFile, own: readonly string[] = []): HostNames {
  return { hosts: FILES[file] + own.map((address) => `${address} ${OWN}\n`).join(''), own: OWN };
}

/** What a name was resolved to: addresses as `inet loopback`, in order, or the error. */
interface Resolved {
  outcome: Outcome;
  addresses: string[];
  first: Found | null;
  all: readonly Found[];
}

/** One of the addresses of a name. */
interface Found {
  family: Family;
  address: string;
}

/** Resolves a name in a part, or its host's own name. */
export async function resolveIn(
  trial: Trial,
  part: Part,
  asked: { name?: string; family?: Family },
): Promise<Resolved> {
  const [result] = await part.do({ op: 'resolve', ...asked });
  const all = (result?.addresses ?? []).map((address): Found => ({
    family: address.includes(':') ? 'inet6' : 'inet',
    address,
  }));
  return {
    outcome: outcomeOf(result),
    addresses: all.map(({ family, address }) => `${family} ${kindOf(trial.facts, address)}`),
    first: all[0] ?? null,
    all,
  };
}
