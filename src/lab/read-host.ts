import type { AgentProcess } from '../harness/agent-process.ts';
import { HarnessError } from '../harness/harness-error.ts';
import type { Host } from '../model/types.ts';
import type { LabFacts } from './lab.ts';
import { HOST_FILES, hostFrom } from './proc-host.ts';
import { readVrfs } from './vrf-host.ts';

/** The devices of a host. */
const DEVICES = '/proc/net/dev';

/**
 * Asks an agent for the facts about its machine that decide what bind() returns: addresses and what is special about them,
 * broadcast addresses, VRFs, and settings. `settingOf` makes from them, and from the facts of the lab, what a model is asked with.
 * Facts that the system does not tell are left out. If the agent fails, it tells nothing, and its failure is reported when it
 * has work to do.
 * @param facts of the lab, none of whose own devices is a VRF
 */
export async function readHost(
  agent: AgentProcess,
  facts?: Pick<LabFacts, 'externalInterface' | 'secondInterface'>,
): Promise<Host> {
  const keys = Object.keys(HOST_FILES) as (keyof typeof HOST_FILES)[];
  try {
    const results = await agent.ask(
      [...keys.map((key) => HOST_FILES[key]), DEVICES].map((path) => ({ op: 'read', path }) as const),
      false,
    );
    const texts = keys.map((key, index) => {
      const { outcome, data } = results[index] ?? {};
      return [key, outcome === 'ok' ? data : undefined] as const;
    });
    const listed = results[keys.length];
    const vrfs = await readVrfs(agent, listed?.outcome === 'ok' ? (listed.data ?? '') : '', facts);
    return { ...hostFrom(Object.fromEntries(texts)), ...vrfs };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return {};
  }
}
