import type { AgentProcess } from '../harness/agent-process.ts';
import { HarnessError } from '../harness/harness-error.ts';

/** The file of Linux, and of gVisor, that says what the process that reads it may do. */
const STATUS_FILE = '/proc/self/status';
/** CAP_NET_BIND_SERVICE, from linux/capability.h: the bit of CapEff. */
const NET_BIND_SERVICE = 10n;

/**
 * Whether a process may bind low ports: whether CAP_NET_BIND_SERVICE is among its effective capabilities. It is taken for
 * granted that the user namespace of the process has its network too, as in the labs that bindspec makes.
 * @param status the text of `/proc/self/status`
 * @returns undefined where the text does not say it
 */
export function mayBindLowPorts(status: string): boolean | undefined {
  const [, digits] = /^CapEff:\s*([\da-f]+)\s*$/im.exec(status) ?? [];
  return digits === undefined ? undefined : ((BigInt(`0x${digits}`) >> NET_BIND_SERVICE) & 1n) === 1n;
}

/** Asks an agent whether it may bind low ports; undefined where its system does not tell. */
export async function readPrivilege(agent: AgentProcess): Promise<boolean | undefined> {
  try {
    const [result] = await agent.ask([{ op: 'read', path: STATUS_FILE }], false);
    return result?.outcome === 'ok' && result.data !== undefined ? mayBindLowPorts(result.data) : undefined;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return undefined;
  }
}
