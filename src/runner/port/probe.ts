import { AgentProcess } from '../../harness/agent-process.ts';
import { agentCommand } from '../../lab/agent-command.ts';
import { isLoopback4 } from '../../model/address.ts';
import { serverSideElsewhere, serverSideHere, type PortProbe } from '../../port/probed.ts';
import type { PortAnswer } from '../../port/report.ts';
import type { SocketName } from '../../protocol/messages.ts';
import type { TableSocket } from '../../sockets/held.ts';
import { connectTcp, sendUdp } from '../program/connect.ts';
import { otherNetworks } from '../sockets/networks.ts';
import { listedAt, readHeldSockets } from '../sockets/read-held.ts';

/**
 * Connects to a port, or sends it a datagram of one byte, at each loopback address that its answer names, and looks in the
 * tables for who has the connection. Nothing is sent anywhere else, and nothing of a connection is left. @throws HarnessError
 */
export async function probePorts(answers: readonly PortAnswer[]): Promise<PortAnswer[]> {
  const { agent } = await AgentProcess.start({ command: agentCommand(), title: 'the agent that connects' });
  const before = new Set(otherNetworks().flatMap(({ net }) => listedAt(net).map((socket) => keyOf(net, socket))));
  const isNew = (net: string, socket: TableSocket) => !before.has(keyOf(net, socket));
  try {
    const probed: PortAnswer[] = [];
    for (const answer of answers) {
      const probes: PortProbe[] = [];
      for (const address of answer.receivers.flatMap(({ to }) => to).filter(isOwn)) {
        probes.push(await probeAt(agent, answer, address, isNew));
      }
      probed.push({ ...answer, probes });
    }
    return probed;
  } finally {
    await agent.end();
  }
}

function isOwn(address: string): boolean {
  return address === '::1' || isLoopback4(address);
}

/** A connection, as it is named in a table; the folder of the table is that of a process. */
function keyOf(net: string, { local, peer }: TableSocket): string {
  return [net, local.address, local.port, peer.address, peer.port].join(' ');
}

type IsNew = (net: string, socket: TableSocket) => boolean;

async function probeAt(
  agent: AgentProcess,
  { protocol, port }: Pick<PortAnswer, 'protocol' | 'port'>,
  address: string,
  isNew: IsNew,
): Promise<PortProbe> {
  const place = { address, port };
  if (protocol === 'udp') return { address, ...(await sendUdp(agent, place)) };
  let by: PortProbe['by'];
  const reached = await connectTcp(agent, place, async (client) => {
    by = await serverSide(agent, client, isNew);
  });
  return { address, ...reached, ...(by === undefined ? {} : { by }) };
}

/**
 * The socket at the other end of a connection: in this network, or in another one of this machine. There only the port of the
 * client tells it, so that it must be one that was not there before.
 */
async function serverSide(agent: AgentProcess, client: SocketName, isNew: IsNew): Promise<PortProbe['by']> {
  const { sockets } = await readHeldSockets(agent, { only: serverSideHere(client) });
  const [here] = sockets;
  if (here !== undefined) return { socket: here };
  const isThere = serverSideElsewhere(client);
  for (const { net, name } of otherNetworks()) {
    const isServers = (socket: TableSocket) => isThere(socket) && isNew(net, socket);
    if (!listedAt(net).some(isServers)) continue;
    const [there] = (await readHeldSockets(agent, { net, isAgents: false, only: isServers })).sockets;
    if (there !== undefined) return { network: name, socket: there };
  }
  return undefined;
}
