import path from 'node:path';
import { readGivenText, UnreadableFile, type FileKind } from '../../files/given-file.ts';
import { agentCommand } from '../agent-command.ts';
import type { HostName } from '../lab.ts';
import { BadTopology } from './bad-topology.ts';
import { readTopology } from './file.ts';
import type { HostInFile, TopologyFile } from './schema.ts';
import type { Topology, TopologyHost } from './topology.ts';

const TITLES: Record<HostName, string> = {
  machine: 'the machine',
  neighbour: 'the neighbour',
  gateway: 'the gateway',
};

/** A topology has some hosts and addresses, which take a few KiB. */
const TOPOLOGY: FileKind = {
  what: 'a topology file',
  most: 1,
  advice: 'name a file as the page about containers describes it',
};

/** The topology that a file describes. @throws BadTopology when it can't be read, or is not one. */
export function topologyFrom(file: string): Topology {
  let text: string;
  try {
    text = readGivenText(file, TOPOLOGY);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new BadTopology(file, [`${error.why}; ${error.advice}`]);
    throw error;
  }
  return topologyOf(readTopology(text, file), file);
}

/** The same of what was read already; `file` is how the lab is called. */
export function topologyOf(read: TopologyFile, file: string): Topology {
  const { hosts, addresses, missing = {} } = read;
  const { machine, ...others } = hosts;
  return {
    lab: file,
    hosts: {
      machine: hostOf('machine', machine),
      ...Object.fromEntries(
        Object.entries(others).map(([name, settings]) => [name, hostOf(name as HostName, settings)]),
      ),
    },
    addresses: { inet: { ...addresses.inet }, inet6: { ...addresses.inet6 } },
    externalInterface: read.interface ?? null,
    ...(read.secondInterface === undefined ? {} : { secondInterface: read.secondInterface }),
    exclusive: read.exclusive ?? false,
    missing: Object.fromEntries(
      Object.entries(missing).map(([need, reason]) => [need, { reason, enable: `see ${path.basename(file)}` }]),
    ),
    elsewhere: `name it in ${file}`,
  };
}

function hostOf(name: HostName, { title, launch, agent = {} }: HostInFile): TopologyHost {
  return { title: title ?? TITLES[name], launch, agent: agentCommand(agent.node, agent.package) };
}
