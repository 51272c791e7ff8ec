import os from 'node:os';
import { AgentProcess } from '../../harness/agent-process.ts';
import { agentCommand } from '../../lab/agent-command.ts';
import { ownPorts, type OwnPorts } from '../../lab/ephemeral.ts';
import { readPrivilege } from '../../lab/privilege.ts';
import { readHost } from '../../lab/read-host.ts';
import type { Host } from '../../model/types.ts';
import { kernelOf } from '../../model/linux-kernel.ts';
import type { Firewall } from '../../port/report.ts';
import type { WantedPort } from '../../port/wanted-ports.ts';
import type { HeldSocket, TableSocket } from '../../sockets/held.ts';
import { platformOf } from '../platform.ts';
import { otherNetworks } from '../sockets/networks.ts';
import { readAllHeldSockets, listedAt } from '../sockets/read-held.ts';
import { readFirewall } from './read-firewall.ts';

/** What was read of this machine for some ports. */
export interface LookedPorts {
  readonly kernel: string;
  readonly host: Host;
  /** Whether this user may bind low ports. */
  readonly privileged: boolean | undefined;
  readonly uid: number | undefined;
  readonly chosen: OwnPorts | null;
  readonly ports: readonly LookedPort[];
  /** How many processes this user may not look into, and how many sockets it may not ask for their options. */
  readonly unseen: number;
  readonly unasked: number;
}

/** What was read for one port and protocol. */
interface LookedPort extends WantedPort {
  readonly sockets: readonly HeldSocket[];
  readonly elsewhere: readonly { readonly network: string; readonly sockets: readonly HeldSocket[] }[];
  readonly firewall: Firewall;
}

/** The rules that keep a port from those who ask for it, or lead them elsewhere. */
function withoutAccepting({ rules, unread }: Firewall): Firewall {
  return { rules: rules.filter(({ action }) => action !== 'accepts'), unread };
}

/** Looks at some ports of this Linux machine, and changes and sends nothing. @throws HarnessError */
export async function lookAtPorts(ports: readonly WantedPort[]): Promise<LookedPorts> {
  const firewall = await readFirewall();
  const { agent, hello } = await AgentProcess.start({ command: agentCommand(), title: 'the agent on this machine' });
  try {
    const host = await readHost(agent);
    const privileged = await readPrivilege(agent);
    const isWanted = ({ protocol, local }: TableSocket) =>
      ports.some((one) => one.protocol === protocol && one.port === local.port);
    const [only] = ports;
    const isOne = ports.every(({ port }) => port === only?.port);
    const narrowed = isOne && only !== undefined ? { port: only.port } : {};
    const others = otherNetworks().filter(({ net }) => listedAt(net).some((socket) => isWanted(socket)));
    const [own, ...rest] = await readAllHeldSockets(agent, [
      { ...narrowed, only: isWanted },
      ...others.map(({ net }) => ({ net, isAgents: false, ...narrowed, only: isWanted })),
    ]);
    const of = (wanted: WantedPort) => (socket: HeldSocket) =>
      socket.protocol === wanted.protocol && socket.local.port === wanted.port;
    return {
      kernel: kernelOf(platformOf(hello)) ?? os.release(),
      host,
      privileged,
      uid: hello.uid ?? undefined,
      chosen: ownPorts(),
      ports: ports.map((wanted) => ({
        ...wanted,
        sockets: (own?.sockets ?? []).filter(of(wanted)),
        elsewhere: others.flatMap(({ name }, place) => {
          const sockets = (rest[place]?.sockets ?? []).filter(of(wanted));
          return sockets.length === 0 ? [] : [{ network: name, sockets }];
        }),
        firewall: withoutAccepting(firewall.of(wanted)),
      })),
      unseen: own?.unseen ?? 0,
      unasked: own?.unasked ?? 0,
    };
  } finally {
    await agent.end();
  }
}
