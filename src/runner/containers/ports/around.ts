import type { EngineFacts } from '../../../engine/engine.ts';
import type { EngineHost } from '../../../engine/host/engine-host.ts';
import type { AgentProcess } from '../../../harness/agent-process.ts';
import type { Configuration } from '../../../containers/configurations.ts';
import type { Pace } from '../ask-all.ts';

/** What there is when numbers of ports and names are asked for. */
export interface PortsAround {
  host: EngineHost;
  configuration: Configuration;
  engine: EngineFacts;
  /** The agents on the host and on the neighbour. */
  askers: Readonly<Record<'host' | 'neighbour', AgentProcess>>;
  /** Where agents are noted, so that they are ended. */
  agents: AgentProcess[];
  pace: Pace;
}

/** The networks of the containers where an engine makes bridges, the second without IPv6. */
export const PORT_NETWORKS = [
  { name: 'one', subnet: '10.89.1.0/24', subnet6: 'fd00:89:1::/64' },
  { name: 'only-ipv4', subnet: '10.89.3.0/24' },
] as const;

/** The network of a case's containers: with an engine's bridges one of ours, else the mode of the configuration. */
export function networkOfCase({ mode, network }: Configuration, withoutIPv6: boolean): string {
  if (mode === 'bridge') return PORT_NETWORKS[withoutIPv6 ? 1 : 0].name;
  const base = network ?? mode;
  if (!withoutIPv6) return base;
  const option = mode === 'pasta' ? '--ipv4-only' : 'enable_ipv6=false';
  return `${base}${base.includes(':') ? ',' : ':'}${option}`;
}
