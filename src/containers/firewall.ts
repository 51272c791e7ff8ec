import type { ConfigurationRecord } from '../record/containers.ts';

/**
 * What is done on a host with a firewall, in this order: it was set up, before the engine or after it; its rules are loaded again; the
 * engine's own chain for rules of the user drops what comes from the LAN.
 */
export const FIREWALL_STATES = ['set up', 'reloaded', 'DOCKER-USER drops'] as const;
export type FirewallState = (typeof FIREWALL_STATES)[number];

/** A port of the host that the firewall does not allow. */
export const OTHER_PORT = 7812;

type Outcome = NonNullable<ConfigurationRecord['firewall']>[number];

/** A verdict in plain words, for what one asker gets of one subject. */
export interface FirewallVerdict extends Pick<
  Outcome,
  'firewall' | 'state' | 'subject' | 'protocol' | 'asker' | 'target'
> {
  verdict: 'passes by the firewall' | 'kept by it' | 'broken by a reload' | 'allowed by it';
  rule?: string;
}

/**
 * What the firewall does about each question. What its rules allow is allowed; anything else that answers the LAN passes by it. A port
 * that answered before its rules were loaded again, and not after, was broken by that.
 */
export function firewallVerdicts({ firewall: outcomes = [] }: ConfigurationRecord): FirewallVerdict[] {
  return outcomes.map((one) => {
    const { outcome, rule, ...about } = one;
    const before = outcomes.find(
      (other) =>
        other.state === 'set up' &&
        other.subject === one.subject &&
        other.protocol === one.protocol &&
        other.asker === one.asker &&
        other.target === one.target,
    );
    const answered = outcome === 'answered';
    const isAllowed = one.subject === 'a server of the host on the allowed port' && one.protocol === 'tcp';
    const broke = one.state === 'reloaded' && !answered && before?.outcome === 'answered';
    const verdict = broke
      ? 'broken by a reload'
      : !answered
        ? 'kept by it'
        : isAllowed
          ? 'allowed by it'
          : 'passes by the firewall';
    return { ...about, verdict, ...(answered && rule !== undefined ? { rule } : {}) };
  });
}
