import type { LabFacts } from '../lab/lab.ts';
import type { Family, Operation, Result } from '../protocol/messages.ts';
import { HarnessError } from '../harness/harness-error.ts';
import type { AgentProcess } from '../harness/agent-process.ts';

/** How many connections a peer asks for in its queue; the system may allow less, see `listenQueue`. */
const BACKLOG = 4096;
/** How many ports are tried, where the port of the IPv4 listener is taken in IPv6. */
const ATTEMPTS = 8;

/** The name of one family's listener, among the listeners that share one port. */
export function listenerName(name: string, family: Family): string {
  return `${name}/${family}`;
}

/**
 * Has an agent listen on the wildcards of both families that the lab has, with one socket for each family: not every
 * system has dual-stack sockets.
 * @param names one for each port that is wanted; `listenerName` gives the names of the sockets
 * @param port the port, 0 for any that is free
 * @returns the port of each. @throws HarnessError when it can't listen
 */
export async function listenOnBoth(
  agent: AgentProcess,
  names: readonly string[],
  facts: LabFacts,
  port = 0,
): Promise<number[]> {
  const ports = names.map(() => port);
  const both = facts.addresses.inet6.wildcard !== undefined;
  let left = [...names.keys()];
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const own = left.map((index) => ({ name: names[index] ?? '', port }));
    const inet = await open(agent, 'inet', own);
    for (const [place, index] of left.entries()) {
      const { outcome, name } = inet[place] ?? {};
      if (name === undefined)
        throw new HarnessError(`the peer can't listen at port ${port}: ${outcome ?? 'no answer'}`);
      ports[index] = name.port;
    }
    if (!both) break;
    const inet6 = await open(
      agent,
      'inet6',
      left.map((index) => ({ name: names[index] ?? '', port: ports[index] ?? 0 })),
    );
    const refused = left.filter((_, place) => inet6[place]?.outcome !== 'ok');
    const last = inet6.find(({ outcome }) => outcome !== 'ok');
    if (last && (port !== 0 || attempt === ATTEMPTS)) {
      throw new HarnessError(`the peer can't listen at port ${port} over IPv6: ${last.outcome}`);
    }
    // Someone else has that port in IPv6: another is tried.
    await closeAll(
      agent,
      refused.map((index) => names[index] ?? ''),
    );
    left = refused;
  }
  return ports;
}

/** Opens listeners, and returns the last answer for each: its socket name, or the first failure. */
async function open(
  agent: AgentProcess,
  family: Family,
  wanted: readonly { name: string; port: number }[],
): Promise<Result[]> {
  const calls = wanted.map(({ name, port }): Operation[] => {
    const on = listenerName(name, family);
    return [
      { op: 'socket', as: on, family, type: 'stream' },
      // A port that was asked for by number may still have connections of an earlier run.
      ...(port === 0 ? [] : [{ op: 'setsockopt', on, option: 'SO_REUSEADDR', value: 1 } as const]),
      ...(family === 'inet6' ? [{ op: 'setsockopt', on, option: 'IPV6_V6ONLY', value: 1 } as const] : []),
      { op: 'bind', on, address: family === 'inet6' ? '::' : '0.0.0.0', port },
      { op: 'listen', on, backlog: BACKLOG },
      { op: 'getsockname', on },
    ];
  });
  const results = await agent.ask(calls.flat(), false);
  let from = 0;
  return calls.map(({ length }) => {
    const own = results.slice(from, from + length);
    from += length;
    return own.find(({ outcome }) => outcome !== 'ok') ?? (own.at(-1) as Result);
  });
}

async function closeAll(agent: AgentProcess, names: readonly string[]): Promise<void> {
  const operations = names.flatMap((name): Operation[] =>
    (['inet', 'inet6'] as const).map((family) => ({ op: 'close', on: listenerName(name, family) })),
  );
  if (operations.length > 0) await agent.ask(operations, false);
}
