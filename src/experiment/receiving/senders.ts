import { HarnessError } from '../../harness/harness-error.ts';
import type { HostName } from '../../lab/lab.ts';
import type { Operation, SocketName } from '../../protocol/messages.ts';
import { open, outcomeOf, socketName } from '../talk.ts';
import type { Part, Trial } from '../trial.ts';
import type { AddressBook } from './addresses.ts';
import { indexOfDevice } from './devices.ts';
import { goesToMany } from './goes-to-many.ts';
import { isOfNeighbour } from './needs.ts';
import { destinationsOf, type ReceivingScene, type SceneSender } from './scene.ts';

/** A sender whose socket is bound. Over TCP it has no socket before it connects. */
export interface OpenSender {
  readonly sender: SceneSender;
  readonly part: Part;
  readonly socket: string;
  readonly name: SocketName;
}

/** Opens a socket for each sender of a scene. All senders of one host are one process. */
export async function openSenders(
  trial: Trial,
  scene: ReceivingScene,
  book: AddressBook,
): Promise<Map<string, OpenSender>> {
  const opened = new Map<string, OpenSender>();
  const many = new Set(
    Object.values(scene.packets)
      .filter((packet) => destinationsOf(packet).some(goesToMany))
      .map(({ from }) => from),
  );
  for (const [name, sender] of Object.entries(scene.senders)) {
    const host: HostName = isOfNeighbour(sender.at) ? 'neighbour' : 'machine';
    const part = await trial.part(host === 'machine' ? 'client' : `client on ${host}`, { host });
    const address = book(sender.family, sender.at);
    if (scene.protocol === 'tcp') {
      opened.set(name, { sender, part, socket: '', name: { address, port: 0 } });
      continue;
    }
    const socket = part.fresh('client');
    const port = sender.portOf === undefined ? 0 : (opened.get(sender.portOf)?.name.port ?? 0);
    const results = await part.attempt(
      ...open(socket, 'udp', sender.family, 1),
      { op: 'bind', on: socket, address, port },
      ...(many.has(name) ? await optionsFor(trial, part, socket, sender, address) : []),
    );
    const outcome = outcomeOf(results.at(-1));
    if (outcome !== 'ok') throw new HarnessError(`the sender '${name}' could not be made ready: ${outcome}`);
    opened.set(name, { sender, part, socket, name: await socketName(part, socket) });
  }
  return opened;
}

/** The options with which a sender reaches groups and broadcast addresses on the network of its own address. */
async function optionsFor(
  trial: Trial,
  part: Part,
  on: string,
  { family, at, loops }: SceneSender,
  address: string,
): Promise<Operation[]> {
  if (family === 'inet') {
    return [
      { op: 'setsockopt', on, option: 'SO_BROADCAST', value: 1 },
      { op: 'setsockopt', on, option: 'IP_MULTICAST_IF', value: address },
      ...(loops === undefined ? [] : [{ op: 'setsockopt', on, option: 'IP_MULTICAST_LOOP', value: loops } as const]),
    ];
  }
  if (at !== 'external' && at !== 'second-external') return [];
  const value = await indexOfDevice(trial, part, at);
  return [
    { op: 'setsockopt', on, option: 'IPV6_MULTICAST_IF', value },
    ...(loops === undefined ? [] : [{ op: 'setsockopt', on, option: 'IPV6_MULTICAST_LOOP', value: loops } as const]),
  ];
}
