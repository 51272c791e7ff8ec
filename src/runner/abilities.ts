import type { LabFacts } from '../lab/lab.ts';
import type { Operation, Result } from '../protocol/messages.ts';
import { HarnessError } from '../harness/harness-error.ts';
import type { AgentProcess } from '../harness/agent-process.ts';

/** The file in which Linux, and gVisor like it, says how many connections may wait at one listener. */
const SOMAXCONN = '/proc/sys/net/core/somaxconn';
/**
 * How many connections the queue of one listener surely takes on other systems, no matter what listen() asks for: by default
 * kern.ipc.soacceptqueue of FreeBSD (listen(2)), kern.ipc.somaxconn of macOS (listen(2)), kern.somaxconn of OpenBSD
 * (sysctl(2)) and NetBSD (SOMAXCONN in sys/socket.h) are 128; Windows has 200 for a number (listen, in winsock2.h).
 */
const LEAST_QUEUE = 128;

/** The abilities of an agent's system on which a plan depends. */
export interface Abilities {
  /**
   * How many connections may wait at one listener until they are accepted. When the queue is full, Linux and macOS
   * drop a new connection until it is sent again, and FreeBSD and Windows reset it.
   */
  readonly queue: number;
  /**
   * Whether an IPv6 socket may take IPv4 too: on OpenBSD IPV6_V6ONLY=0 is EINVAL (ip6(4)). True where the lab has no IPv6,
   * so that dual-stack sockets are not reported as missing when IPv6 itself is.
   */
  readonly dualStack: boolean;
}

/** Asks an agent. If the agent fails, it counts as an ordinary one, and its failure is reported when it has work to do. */
export async function abilitiesOf(agent: AgentProcess, { addresses }: LabFacts): Promise<Abilities> {
  const inet6 = addresses.inet6.wildcard !== undefined;
  const dual: Operation[] = [
    { op: 'socket', as: 'dual', family: 'inet6', type: 'stream' },
    { op: 'setsockopt', on: 'dual', option: 'IPV6_V6ONLY', value: 0 },
    { op: 'close', on: 'dual' },
  ];
  try {
    const [limit, , set] = await agent.ask([{ op: 'read', path: SOMAXCONN }, ...(inet6 ? dual : [])], false);
    return { queue: queueIn(limit), dualStack: set === undefined || set.outcome === 'ok' };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { queue: LEAST_QUEUE, dualStack: true };
  }
}

function queueIn(limit: Result | undefined): number {
  const most = limit?.outcome === 'ok' ? Number(limit.data) : Number.NaN;
  return Number.isInteger(most) && most > 0 ? most : LEAST_QUEUE;
}
