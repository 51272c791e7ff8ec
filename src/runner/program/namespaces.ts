import { readlinkSync } from 'node:fs';
import { AgentProcess } from '../../harness/agent-process.ts';
import { agentCommand } from '../../lab/agent-command.ts';
import { HeldShell } from '../../lab/held-shell.ts';
import { makeWritable, unsetIn } from '../../lab/namespace-settings.ts';
import { holdNamespace } from '../../lab/netns-topology.ts';
import { checkNamespaceTools } from '../../lab/namespace-tools.ts';
import { readOnlyMount, whyUnset } from '../../lab/unset-settings.ts';
import { Unavailable } from '../../process/unavailable.ts';
import { layOut } from './layout.ts';
import { wireLan } from './lan.ts';
import { wordOfShell } from '../../program/word-of-shell.ts';
import { OWN_FILES, SURROUNDINGS } from './surroundings.ts';

/** It takes some tens of milliseconds; a quiet machine that needs longer has something else wrong. */
const DEADLINE = 20_000;
/** Files of its own and the machine's own words for it, in each room. */
const HOME = '/run/home';

export interface StagePlan {
  readonly layers: readonly string[];
  readonly ipv6: boolean;
  /** The first port that needs no right, where that is not as on this machine. */
  readonly lowestPort?: number;
}

/** A mount namespace with files of its own, by the number of a process that is in it. */
export interface Room {
  readonly pid: number;
  /** Folders that could not be copied, which are the machine's and read-only. */
  readonly shared: readonly string[];
}

/**
 * Namespaces for one program: a network with a neighbour, and inside them a process namespace, which the program and what
 * it starts can't leave. A shell is the first process of each and goes when this process does, and all the rest with it.
 */
export class Namespaces {
  readonly room: Room;
  /** Where the tables of its network are. */
  readonly net: string;
  readonly #plan: StagePlan;
  readonly #lab: HeldShell;
  readonly #cage: HeldShell;
  readonly #holder: { readonly machine: number; readonly neighbour: number };
  readonly #agents = new Map<'machine' | 'neighbour', Promise<AgentProcess>>();
  #rooms: HeldShell[] = [];

  private constructor(
    plan: StagePlan,
    lab: HeldShell,
    cage: HeldShell,
    holder: { machine: number; neighbour: number },
    room: Room,
  ) {
    this.#plan = plan;
    this.#lab = lab;
    this.#cage = cage;
    this.#holder = holder;
    this.room = room;
    this.net = `/proc/${holder.machine}/net`;
  }

  /** @throws Unavailable where namespaces can't be made */
  static async open(plan: StagePlan): Promise<Namespaces> {
    const isRoot = process.getuid?.() === 0;
    const readOnly = isRoot ? readOnlyMount() : null;
    const user = isRoot ? [] : ['--user', '--map-root-user'];
    const mount = readOnly === null ? [] : ['--mount'];
    const lab = new HeldShell(
      ['unshare', ...user, '--net', ...mount, '--pid', '--fork', '--kill-child=KILL', 'sh'],
      DEADLINE,
    );
    let cage: HeldShell | undefined;
    try {
      if (readOnly !== null) lab.write(`${makeWritable(readOnly)}\n`);
      lab.write('read -r pid _ </proc/self/stat; echo "holder machine $$ $pid"\n');
      const machine = Number((await answerOf(lab)).split(' ')[3]);
      lab.write(holdNamespace('neighbour'));
      const [, , inner = '', outer = ''] = (await answerOf(lab)).split(' ');
      lab.write(wireLan({ inner, outer }, plan.ipv6));
      for (let answer = await answerOf(lab); answer !== 'wired'; answer = await answerOf(lab)) {
        const unset = unsetIn(answer);
        const why = unset === null ? null : whyUnset([unset]);
        if (why !== null) throw new Unavailable(why.reason, why.enable);
        throw new Unavailable(`the namespaces could not be wired up: ${lab.complaint}`, 'apt-get install iproute2');
      }
      if (plan.lowestPort !== undefined) {
        lab.write(`echo ${plan.lowestPort} >/proc/sys/net/ipv4/ip_unprivileged_port_start\n`);
      }
      const holder = { machine, neighbour: Number(outer) };
      const enter = entering(machine, ['net', 'pid']);
      cage = new HeldShell(
        [...enter, 'unshare', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child=KILL', 'sh', '-c', FIRST],
        DEADLINE,
      );
      const room = await roomIn(cage, plan.layers, isRoot);
      return new Namespaces(plan, lab, cage, holder, room);
    } catch (error) {
      await cage?.close();
      await lab.close();
      throw error;
    }
  }

  /** The words that enter a room, with the rights of the root of its user namespace. */
  enter(room: Room = this.room): string[] {
    return entering(this.room.pid, ['net', 'pid', 'uts', 'ipc'], room.pid);
  }

  /** Another room of the same network and processes, with files that no one has written to yet. */
  async anotherRoom(): Promise<Room> {
    const shell = new HeldShell(
      [...entering(this.room.pid, ['net', 'pid', 'uts', 'ipc']), 'unshare', '--mount', 'sh'],
      DEADLINE,
    );
    this.#rooms.push(shell);
    return roomIn(shell, this.#plan.layers, process.getuid?.() === 0);
  }

  /** An agent on the network of the machine or of its neighbour, outside of the program's processes and files. */
  agent(host: 'machine' | 'neighbour'): Promise<AgentProcess> {
    const there = this.#agents.get(host);
    if (there !== undefined) return there;
    const started = AgentProcess.start({
      command: [...entering(this.#holder[host], ['net']), ...agentCommand()],
      title: `the agent on the ${host}`,
    }).then(({ agent }) => agent);
    this.#agents.set(host, started);
    return started;
  }

  /** Gives the machine a further address. */
  async addAddress(address: string): Promise<void> {
    this.#lab.write(`ip addr add ${address}/24 dev eth0 && echo added || echo failed\n`);
    await answerOf(this.#lab);
  }

  /** Kills every process of the program at once, and waits until all have gone. */
  async killAll(): Promise<void> {
    // It spares the first process and the shell that does it.
    this.#cage.write('kill -9 -1 2>/dev/null; echo killed\n');
    await answerOf(this.#cage);
    for (const room of this.#rooms) await room.close();
    this.#rooms = [];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(async (agent) => (await agent).end()));
    await Promise.all(this.#rooms.map((room) => room.close()));
    await this.#cage.close();
    await this.#lab.close();
  }
}

/**
 * The first process of the program's namespace only waits: so it collects what the program leaves behind, and a number in
 * a file of the program does not mean a process that has ended. The shell that is asked is another.
 */
const FIRST = 'exec 3<&0; sh <&3 3<&- & exec 3<&-; wait $!';

/** The words that enter namespaces of a process; the mounts of another, where one is given. */
function entering(pid: number, kinds: readonly string[], mounts?: number): string[] {
  const user = process.getuid?.() === 0 ? [] : [`--user=/proc/${pid}/ns/user`, '--preserve-credentials'];
  return [
    'nsenter',
    ...user,
    ...kinds.map((kind) => `--${kind}=/proc/${pid}/ns/${kind}`),
    ...(mounts === undefined ? [] : [`--mount=/proc/${mounts}/ns/mnt`]),
    '--',
  ];
}

async function roomIn(shell: HeldShell, layers: readonly string[], isRoot: boolean): Promise<Room> {
  shell.write('read -r pid _ </proc/self/stat; echo "$pid"\n');
  const pid = Number(await answerOf(shell));
  shell.write(layOut(layers, isRoot));
  const shared: string[] = [];
  for (let answer = await answerOf(shell); answer !== 'laid'; answer = await answerOf(shell)) {
    if (answer === 'failed') {
      throw new Unavailable(
        `files of its own can't be given to a program here: ${shell.complaint}`,
        'run it with sudo',
      );
    }
    shared.push(answer.replace('shared ', ''));
  }
  const files = Object.entries(OWN_FILES).map(
    ([file, text]) =>
      `rm -f ${file} 2>/dev/null; printf %s ${wordOfShell(text)} >${file} 2>/dev/null || { printf %s ${wordOfShell(text)} >/run/own; mount --bind /run/own ${file}; rm -f /run/own; }\n`,
  );
  shell.write(
    `${files.join('')}echo ${SURROUNDINGS.hostname} >/proc/sys/kernel/hostname 2>/dev/null || hostname ${SURROUNDINGS.hostname}\nmkdir -p ${HOME}; echo ready\n`,
  );
  await answerOf(shell);
  // Something may have been written where the number was read: it is that of a process in a namespace of its own.
  readlinkSync(`/proc/${pid}/ns/mnt`);
  return { pid, shared };
}

/** The shell's next line. @throws Unavailable when there is none in time. */
async function answerOf(shell: HeldShell): Promise<string> {
  const line = await shell.next();
  if (line !== null) return line;
  throw new Unavailable(`namespaces can't be made here: ${shell.complaint || 'no answer'}`, 'run it with sudo');
}

/** What making namespaces needs of this machine. @throws Unavailable for the first that is not here */
export function checkStageTools(): void {
  checkNamespaceTools(
    `a program is observed in namespaces, which only Linux has, and this is ${process.platform}`,
    'run it on Linux',
  );
}
