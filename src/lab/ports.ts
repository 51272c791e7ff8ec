import type { PortRange } from './ephemeral.ts';

/** The ports on a machine that others use too: few are taken there, and most systems choose none of them by themselves. */
export const USUAL_PORTS: PortRange = { from: 20_000, to: 29_999 };
