import type { LabFacts } from '../lab/lab.ts';

/** The documents' port is the first. */
const FIRST = 1060;
/** Below the ephemeral range of every system whose lab does not say otherwise. */
const LAST = 29_999;
/** On a machine that others use too, the low numbers are the most likely to be taken. */
const FIRST_SHARED = 20_000;

/** The ports that a lab may be given, both ends included: never those that its system chooses by itself. */
export function portRange({ ownPorts, lastPort = LAST }: LabFacts): { from: number; to: number } {
  return { from: ownPorts ? FIRST : FIRST_SHARED, to: lastPort };
}
