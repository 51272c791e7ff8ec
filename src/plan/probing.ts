import type { Protocol } from '../model/types.ts';
import type { Owner, ProbeStep } from './plan.ts';
import type { AllowedProbe } from './probe.ts';

/** A socket that may receive a probe. */
export interface Receiving {
  readonly socket: number;
  readonly owner: Owner;
  /** Its name at its owner. */
  readonly name: string;
  readonly protocol: Protocol;
}

/** The probes of one plan that nothing separates, and the sockets that may receive them. */
export interface ProbeRound {
  /** The port and the protocol of the plan. */
  readonly port: number;
  readonly protocol: Protocol;
  readonly probes: readonly { readonly step: ProbeStep; readonly prediction: AllowedProbe }[];
  readonly receiving: readonly Receiving[];
}

/** Who received a probe, in the words of plans; or the error of a probe that could not be sent. */
export type Probed = string;

/** Really sends the probes of many plans, and says who received each. */
export type SendProbes = (rounds: readonly ProbeRound[]) => Promise<readonly (readonly Probed[])[]>;
