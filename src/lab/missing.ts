import process from 'node:process';
import { onPath } from './programs.ts';
import { hasGlibc } from './glibc.ts';
import { missingSetting } from './newer-settings.ts';
import { hasVrf } from './vrf.ts';
import type { AddressKind, LabFacts, Missing, Need } from './lab.ts';

/** The first of several needs that a lab does not meet, or null. */
export function firstMissing(
  facts: LabFacts,
  needs: readonly Need[],
  programs: (name: string) => boolean,
): Missing | null {
  for (const need of needs) {
    const missing = facts.missing[need] ?? unmet(facts, need, programs);
    if (missing) return missing;
  }
  return null;
}

/** What only the netns lab offers, and what is to be said of the others. */
const OF_NETNS: Partial<Record<Need, string>> = {
  'changeable network': 'has a network that is not its own to change',
  VRF: 'has a network that is not its own to change',
  'own host names': 'starts no process with host names of its own',
  'process without a capability': 'starts no process without a capability',
};

const HOST_OF: Partial<Record<AddressKind, 'neighbour' | 'gateway'>> = {
  neighbour: 'neighbour',
  filtered: 'neighbour',
  gateway: 'gateway',
};

function installLine(program: string): string {
  return process.platform === 'linux' ? `apt-get install ${program}` : `install ${program}, so that PATH leads to it`;
}

function unmet(facts: LabFacts, need: Need, programs: (name: string) => boolean): Missing | null {
  if (need === 'third user') return facts.missing['second user'] ?? null;
  if (need === 'second interface') {
    if (facts.secondInterface !== undefined) return null;
    const reason = `the ${facts.lab} lab does not say which interface has its second external addresses`;
    return { reason, enable: facts.elsewhere };
  }
  const own = OF_NETNS[need];
  if (own !== undefined) {
    if (facts.lab !== 'netns') return { reason: `the ${facts.lab} lab ${own}`, enable: facts.elsewhere };
    if (need === 'process without a capability' && !onPath('setpriv')) {
      return { reason: 'setpriv is not installed', enable: installLine('util-linux') };
    }
    if (need === 'own host names' && !hasGlibc()) {
      return { reason: 'the resolver of this system is not that of glibc', enable: 'run it on a system with glibc' };
    }
    return need === 'VRF' && !hasVrf() ? { reason: 'this kernel has no VRF', enable: 'sudo modprobe vrf' } : null;
  }
  const [what = '', which = ''] = need.split(' ');
  if (what === 'setting') return missingSetting(which);
  if (what === 'program') {
    return programs(which) ? null : { reason: `${which} is not installed`, enable: installLine(which) };
  }
  if (what !== 'inet' && what !== 'inet6') return null;
  if (facts.addresses[what][which as AddressKind] !== undefined) return null;
  // An address of a host that is not there is missing for the same reason as the host.
  const host = HOST_OF[which as AddressKind];
  const absent = host === undefined ? undefined : facts.missing[host];
  if (absent) return absent;
  return {
    reason: `the ${facts.lab} lab has no ${what === 'inet' ? 'IPv4' : 'IPv6'} address of the kind '${which}'`,
    enable: facts.elsewhere,
  };
}
