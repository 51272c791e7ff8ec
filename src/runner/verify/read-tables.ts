import { NET_TABLES, type Tables } from '../../verify/tables.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';

/** The tables of the network namespace that an agent is in. @throws HarnessError */
export async function readTables(agent: AgentProcess, names: readonly (keyof Tables)[] = NET_TABLES): Promise<Tables> {
  const results = await agent.ask(
    names.map((name) => ({ op: 'read' as const, path: `/proc/net/${name}` })),
    false,
  );
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const data = results[index]?.data;
      return data === undefined ? [] : [[name, data]];
    }),
  );
}
