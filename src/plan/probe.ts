import { unmapped } from '../model/address.ts';
import type { Packet, Reception } from '../model/receive/types.ts';
import type { RuleId } from '../model/types.ts';
import { familyReached } from './addresses.ts';
import { protocolOf, type Plan, type ProbeSource, type ProbeStep } from './plan.ts';

/** The outcome of a probe where the model does not know who receives: whatever happens is allowed. */
export const NOT_KNOWN = 'not known';

/** The outcomes of a probe that the model allows, in the words of plans. */
export interface AllowedProbe {
  readonly outcomes: readonly string[];
  readonly rule?: RuleId;
}

/** The port of a sender where neither the plan nor whoever plays it names one; it is the port of no peer. */
const ANY_PORT = 60_000;

/** The sender of a probe: the loopback address of the family, where the plan names none. */
export function senderOf({ from, to }: ProbeStep): ProbeSource {
  return from ?? { address: familyReached(to) === 'inet' ? '127.0.0.1' : '::1' };
}

/** The packet of a probe, as a model takes it. */
export function packetOf(
  step: ProbeStep,
  protocol: Plan['protocol'],
  device: string | undefined,
  sourcePort?: number,
): Packet {
  const { address, port = sourcePort ?? ANY_PORT } = senderOf(step);
  return {
    protocol: protocolOf(step, protocol),
    from: { address: unmapped(address), port },
    to: { address: unmapped(step.to) },
    ...(device === undefined ? {} : { device }),
  };
}

/** An outcome in the words of plans: `s1`, or `s1+s2` where each gets a copy, or the word for no receiver. */
export function receptionInWords(outcome: Reception): string {
  if (typeof outcome === 'string') return outcome;
  return outcome
    .toSorted((one, other) => one - other)
    .map((number) => `s${number}`)
    .join('+');
}
