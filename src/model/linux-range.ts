import { atLeast, type Kernel } from './linux-kernel.ts';
import type { Setting } from './types.ts';
import type { Socket } from './world.ts';

/** What net.ipv4.ip_local_port_range is from the start. */
const USUAL = { from: 32_768, to: 60_999 };

/**
 * Whether the kernel cannot choose this port: it is outside of the machine's range, or of the socket's own. Each end of
 * the socket's range that is not in the machine's is ignored.
 */
export function isOutOfRange({ port, portRange }: Socket, { host }: Setting, kernel: Kernel): boolean {
  const own = atLeast(kernel, 6, 3) ? portRange : undefined;
  if (port === 0 || (own === undefined && host?.localPortRange === undefined)) return false;
  const { from, to } = host?.localPortRange ?? USUAL;
  const within = (end: number | undefined): end is number => end !== undefined && end >= from && end <= to;
  return port < (within(own?.from) ? own.from : from) || port > (within(own?.to) ? own.to : to);
}
