import type { AgentProcess } from '../../harness/agent-process.ts';
import type { LabFacts } from '../../lab/lab.ts';
import { formatIPv6 } from '../../protocol/address.ts';
import type { Devices } from '../../plan/operations.ts';

/** Where Linux lists the IPv6 addresses of a host, with the index and the name of their interfaces. */
const INET6_ADDRESSES = '/proc/net/if_inet6';

/** The interfaces of a host of the lab, as far as groups and multicast need them. */
export class Interfaces {
  readonly devices: Devices;
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(devices: Devices = {}, indexes: ReadonlyMap<string, number> = new Map()) {
    this.devices = devices;
    this.#indexes = indexes;
  }

  /** The index of the interface that has an IPv6 address, where the system lists it. */
  indexOf(address: string): number | undefined {
    return this.#indexes.get(address);
  }
}

/**
 * Asks an agent for the interfaces of its host. Those of the lab's facts have their IPv4 addresses.
 * @throws HarnessError
 */
export async function askInterfaces(agent: AgentProcess, facts: LabFacts): Promise<Interfaces> {
  const [listed] = await agent.ask([{ op: 'read', path: INET6_ADDRESSES }], false);
  const rows = (listed?.outcome === 'ok' ? (listed.data ?? '') : '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const indexes = new Map<string, number>();
  const devices: Record<string, { address?: string; index?: number }> = {};
  for (const [digits = '', index = '', , , , name = ''] of rows) {
    if (name === '') continue;
    indexes.set(formatIPv6(Buffer.from(digits, 'hex')), Number.parseInt(index, 16));
    devices[name] = { index: Number.parseInt(index, 16) };
  }
  const { loopback, external, 'second-external': second } = facts.addresses.inet;
  const known = [
    ['lo', loopback],
    [facts.externalInterface, external],
    [facts.secondInterface, second],
  ] as const;
  for (const [name, address] of known) {
    if (name === null || name === undefined || address === undefined) continue;
    devices[name] = { ...devices[name], address };
  }
  return new Interfaces(devices, indexes);
}
