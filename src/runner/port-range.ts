import type { PortRange } from '../lab/ephemeral.ts';
import type { LabFacts } from '../lab/lab.ts';
import { USUAL_PORTS } from '../lab/ports.ts';

/** The port of the documents; it is the first one in a lab whose ports are its own. */
const FIRST = 1060;

/** The ports that a lab may get: if possible, none of those that its system chooses by itself. */
export function portRange({ ownPorts, firstPort, lastPort }: LabFacts): PortRange {
  return { from: firstPort ?? (ownPorts ? FIRST : USUAL_PORTS.from), to: lastPort ?? USUAL_PORTS.to };
}
