import type { AgentProcess } from '../harness/agent-process.ts';
import { HarnessError } from '../harness/harness-error.ts';
import type { Host } from '../model/types.ts';
import { HOST_FILES, hostFrom } from './proc-host.ts';

/**
 * Asks an agent for the facts about its machine that decide what bind() returns: addresses and what is special about them,
 * broadcast addresses, and settings. `settingOf` makes from them, and from the facts of the lab, what a model is asked with.
 * Facts that the system does not tell are left out. If the agent fails, it tells nothing, and its failure is reported when it
 * has work to do.
 */
export async function readHost(agent: AgentProcess): Promise<Host> {
  const keys = Object.keys(HOST_FILES) as (keyof typeof HOST_FILES)[];
  try {
    const results = await agent.ask(
      keys.map((key) => ({ op: 'read', path: HOST_FILES[key] }) as const),
      false,
    );
    const texts = keys.map((key, index) => {
      const { outcome, data } = results[index] ?? {};
      return [key, outcome === 'ok' ? data : undefined] as const;
    });
    return hostFrom(Object.fromEntries(texts));
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return {};
  }
}
