import type { PortRange } from '../lab/ephemeral.ts';
import type { LabFacts } from '../lab/lab.ts';
import { USUAL_PORTS } from '../lab/ports.ts';

/** The documents' port, the first in a lab whose ports are its own. */
const FIRST = 1060;

/** The ports that a lab may be given: none of those that its system chooses by itself, as far as it leaves others. */
export function portRange({ ownPorts, firstPort, lastPort }: LabFacts): PortRange {
  return { from: firstPort ?? (ownPorts ? FIRST : USUAL_PORTS.from), to: lastPort ?? USUAL_PORTS.to };
}
