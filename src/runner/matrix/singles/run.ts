import { readHost } from '../../../lab/read-host.ts';
import type { LabFacts } from '../../../lab/lab.ts';
import { compareSingles, type SingleAnswers } from '../../../matrix/singles/comparison.ts';
import { singleBlocks, type SingleBlock } from '../../../matrix/singles/binds.ts';
import { NO_INTERFACE, singleNames } from '../../../matrix/singles/names.ts';
import { settingOf } from '../../../matrix/setting.ts';
import type { AgentProcess } from '../../../harness/agent-process.ts';
import { HarnessError } from '../../../harness/harness-error.ts';
import type { Operation } from '../../../protocol/messages.ts';
import type { Platform } from '../../../record/record.ts';
import { ChangedNetwork } from '../../network.ts';
import type { AgentPool } from '../../pool.ts';
import type { ComparedWith } from '../in-labs.ts';
import { PortBlocks } from '../port-block.ts';
import { addSpecialAddresses } from './special-addresses.ts';

/** The low ports that are used, one after another. Those of services that a system may have at its start are left out. */
const LOW_PORTS = { from: 700, to: 990 };
/** An index that no interface has. */
const NO_INDEX = 999_999;

/** The result of the single binds of a machine. */
export type RunSingles = ReturnType<typeof compareSingles> & { readonly error?: string };

interface Place {
  readonly pool: AgentPool;
  readonly facts: LabFacts;
  readonly platform: Platform;
  readonly dualStack: boolean;
}

/**
 * Binds a socket alone to every kind of name, in every manner, and compares with the model. In a lab whose network is its own,
 * it first gives the machine an address of each special kind, and takes them away at the end.
 * @param expected the model and the owner; the setting is read again, with the special addresses
 * @throws HarnessError when an agent fails, or an address can't be added
 */
export async function runSingles(
  { pool, facts, platform, dualStack }: Place,
  expected: Omit<ComparedWith, 'setting'>,
): Promise<RunSingles> {
  const otherUser = facts.missing['second user'] === undefined;
  const leases = {
    1: await pool.take('machine', false),
    2: otherUser ? await pool.take('machine', true) : undefined,
  };
  const say = (operations: readonly Operation[]) => leases[1].agent.ask(operations, false);
  const network = new ChangedNetwork(say);
  try {
    if (facts.missing['changeable network'] === undefined && facts.ownPorts && platform.system === 'linux') {
      await addSpecialAddresses(network);
    }
    const machine = await readHost(leases[1].agent, facts);
    const there: LabFacts = { ...facts, machine };
    const { names: all, absent } = singleNames(there);
    const indices = await indicesOf(
      all.flatMap(({ scope }) => scope ?? []),
      leases[1].agent,
    );
    const names = all.filter(({ scope }) => scope === undefined || indices.has(scope));
    if (names.length < all.length)
      absent.push({ kind: 'names with a scope', reason: 'no number of an interface is known' });
    const blocks = singleBlocks(names, { system: platform.system, otherUser, lowPorts: facts.ownPorts, dualStack });
    const ports = new PortBlocks(facts);
    const answers = new Map<SingleBlock, string[][]>();
    for (const block of blocks) {
      const rows: string[][] = block.names.map(() => []);
      answers.set(block, rows);
      for (const owner of [1, 2] as const) {
        const agent = leases[owner]?.agent;
        if (agent !== undefined) await bindAll(block, owner, agent, { prober: leases[1].agent, ports, indices }, rows);
      }
    }
    const users = { 1: expected.owner, 2: leases[2]?.hello.uid ?? 0 };
    const setting = settingOf(there, platform, expected.model.name);
    return compareSingles(blocks, absent, answers satisfies SingleAnswers, { model: expected.model, setting, users });
  } finally {
    await network.undo(say);
    await pool.giveBack(leases[1]);
    if (leases[2] !== undefined) await pool.giveBack(leases[2]);
  }
}

/** Binds the names of a block in the manners of one owner, each socket alone on its port, and closes each at once. */
async function bindAll(
  { names, manners, family }: SingleBlock,
  owner: 1 | 2,
  agent: AgentProcess,
  { prober, ports, indices }: { prober: AgentProcess; ports: PortBlocks; indices: ReadonlyMap<string, number> },
  rows: string[][],
): Promise<void> {
  const own = [...manners.entries()].filter(([, manner]) => manner.owner === owner);
  let low = LOW_PORTS.from;
  for (const [row, { address, scope }] of names.entries()) {
    const high = await ports.take(own.length, false, prober);
    const each = own.map(([, { protocol, v6only, low: isLow, option }], index): Operation[] => {
      const port = isLow ? low : (high[index] ?? 0);
      if (isLow) low = low === LOW_PORTS.to ? LOW_PORTS.from : low + 1;
      return [
        { op: 'socket', as: 'single', family, type: protocol === 'udp' ? 'dgram' : 'stream' },
        ...(v6only === null
          ? []
          : [{ op: 'setsockopt', on: 'single', option: 'IPV6_V6ONLY', value: v6only ? 1 : 0 } as const]),
        ...(option === null ? [] : [{ op: 'setsockopt', on: 'single', option, value: 1 } as const]),
        {
          op: 'bind',
          on: 'single',
          address,
          port,
          ...(scope === undefined ? {} : { scope: indices.get(scope) ?? 0 }),
        },
        { op: 'close', on: 'single' },
      ];
    });
    const outcomes = await agent.askTersely(each.flat());
    let from = 0;
    for (const [index, operations] of each.entries()) {
      const came = outcomes.slice(from, (from += operations.length));
      const failed = came.findIndex((outcome) => outcome !== 'ok');
      const answer = failed < 0 ? 'ok' : `${callOf(operations[failed])} ${came[failed]}`;
      if (/^(?:socket|close) /.test(answer)) throw new HarnessError(`a socket can't be made or closed: ${answer}`);
      (rows[row] as string[])[own[index]?.[0] ?? -1] = answer;
    }
  }
}

function callOf(operation: Operation | undefined): string {
  return operation?.op === 'setsockopt' ? operation.option : (operation?.op ?? '');
}

/** The numbers of interfaces, by name, as far as the system tells them. */
async function indicesOf(devices: readonly string[], agent: AgentProcess): Promise<Map<string, number>> {
  const names = [...new Set(devices)].filter((name) => name !== NO_INTERFACE);
  const results = await agent.ask(
    names.map((device) => ({ op: 'interface', device }) as const),
    false,
  );
  const known = names.flatMap((name, index) => {
    const value = results[index]?.value;
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  return new Map([...known, [NO_INTERFACE, NO_INDEX]]);
}
