import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import type { AgentProcess } from '../../harness/agent-process.ts';
import { grouped, programSocket, type SocketFacts } from '../../program/sockets.ts';
import type { ProgramSocket } from '../../record/program.ts';
import type { HeldSocket } from '../../sockets/held.ts';
import { parsePacketTable } from '../../sockets/packet-table.ts';
import { parseUnixTable } from '../../sockets/unix-table.ts';
import { socketHolders } from '../sockets/holders.ts';
import { readHeldSockets } from '../sockets/read-held.ts';
import type { Launch } from './launch.ts';
import type { Instance } from './instance.ts';
import type { Namespaces } from './namespaces.ts';
import { SURROUNDINGS } from './surroundings.ts';
import { openSockets } from './watch.ts';

/** The kernel's own range, where it can't be read. */
const CHANCE = { from: 32_768, to: 60_999 };

/**
 * How often one looks for the holders of sockets that are open, and how long is between two looks, in milliseconds: a
 * socket that is handed on at that moment has none among the processes that were read before.
 */
const LOOKS = 5;
const LOOK_AGAIN = 100;

/** What an agent of the machine is needed for: it may look into every process of a program. */
export interface Looker {
  readonly agent: AgentProcess;
  readonly stage: Namespaces;
  readonly launch: Launch;
  /** Ports that it had each time it was started, so that they are its own. */
  readonly own?: ReadonlySet<number>;
}

/** The sockets that the processes of an instance hold, as the kernel has them. */
export async function heldBy({ agent, stage }: Looker, instance: Instance): Promise<HeldSocket[]> {
  const { sockets } = await readHeldSockets(agent, {
    net: stage.net,
    isAgents: false,
    only: ({ inode }) => inode !== 0,
  });
  const pids = new Set(instance.processes());
  return sockets.flatMap((socket) => {
    const holders = socket.holders.filter(({ pid }) => pids.has(pid));
    return holders.length === 0 ? [] : [{ ...socket, holders }];
  });
}

/** All sockets of an instance, as they are recorded; connections are left out. */
export async function programSockets(looker: Looker, instance: Instance): Promise<ProgramSocket[]> {
  const facts = factsOf(looker);
  let held = await heldBy(looker, instance);
  for (let turn = 1; turn < LOOKS && held.length === 0 && instance.exit === null && isOpen(looker); turn += 1) {
    await after(LOOK_AGAIN);
    held = await heldBy(looker, instance);
  }
  const open = held.filter(({ protocol, state }) => protocol !== 'tcp' || state === 'LISTEN');
  return grouped([...open.map((socket) => programSocket(socket, facts)), ...localSockets(looker, instance, facts)]);
}

/** Whether anything is open in the network of the stage. */
function isOpen({ stage }: Looker): boolean {
  return openSockets(stage.net).size > 0;
}

/** Unix sockets that listen, and packet sockets: they decide whether a second instance may start. */
function localSockets({ stage }: Looker, instance: Instance, facts: SocketFacts): ProgramSocket[] {
  const unix = parseUnixTable(textOf(`${stage.net}/unix`)).filter(
    ({ listens, path, type }) => path !== undefined && (listens || type === 'dgram'),
  );
  const packet = parsePacketTable(textOf(`${stage.net}/packet`));
  const pids = new Set(instance.processes());
  const { byInode } = socketHolders(new Set([...unix, ...packet].map(({ inode }) => inode)));
  return [
    ...unix.map(({ inode, path = '' }) => ({ inode, family: 'unix' as const, address: path })),
    ...packet.map(({ inode }) => ({ inode, family: 'packet' as const, address: 'any interface' })),
  ].flatMap(({ inode, family, address }) => {
    const holders = (byInode.get(inode) ?? []).filter(({ pid }) => pids.has(pid));
    if (holders.length === 0) return [];
    const users = [...new Set(holders.map(({ uid }) => facts.userName(uid)))].toSorted();
    return [
      {
        protocol: family,
        family,
        address,
        port: null,
        scope: 'local',
        role: 'helper',
        processes: [...new Set(holders.map(({ program }) => program))].toSorted(),
        users,
        creator: users[0] ?? '',
        count: 1,
      } satisfies ProgramSocket,
    ];
  });
}

function factsOf({ stage, launch, own }: Looker): SocketFacts {
  const users = new Map(
    textOf(`/proc/${stage.room.pid}/root/etc/passwd`)
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , uid = '']) => [Number(uid), name] as const)
      .toReversed(),
  );
  const words = [...launch.command, ...Object.values(launch.program.env ?? {})].join(' ');
  return {
    chance: CHANCE,
    lan: SURROUNDINGS.lan,
    userName: (uid) => users.get(uid) ?? String(uid),
    isOwn: (port) => own?.has(port) === true || new RegExp(String.raw`(?<!\d)${port}(?!\d)`).test(words),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
