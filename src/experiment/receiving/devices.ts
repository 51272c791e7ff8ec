import { HarnessError } from '../../harness/harness-error.ts';
import type { LabFacts } from '../../lab/lab.ts';
import type { Operation } from '../../protocol/messages.ts';
import { addressOf, type Part, type Trial } from '../trial.ts';
import type { SceneDevice } from './scene.ts';

/** The name of an interface of the machine. @throws HarnessError where the lab does not say it */
export function nameOfDevice(facts: LabFacts, device: SceneDevice): string {
  const name = { lo: 'lo', external: facts.externalInterface, 'second-external': facts.secondInterface }[device];
  if (name === null || name === undefined) {
    throw new HarnessError(`the ${facts.lab} lab does not say which interface has its ${device} addresses`);
  }
  return name;
}

/** An address of an interface of the machine, by which IPv4 options name the interface. */
function addressOfDevice(facts: LabFacts, device: SceneDevice): string {
  return addressOf(facts, 'inet', device === 'lo' ? 'loopback' : device);
}

/** The index of an interface, by which IPv6 options name it. @throws HarnessError where the system does not tell it */
export async function indexOfDevice(trial: Trial, part: Part, device: SceneDevice): Promise<number> {
  const [found] = await part.do({ op: 'interface', device: nameOfDevice(trial.facts, device) });
  if (typeof found?.value !== 'number')
    throw new HarnessError(`the index of ${device} is not known: ${found?.outcome}`);
  return found.value;
}

/** The call by which a socket joins or leaves a group on a device. */
export async function groupCall(
  trial: Trial,
  part: Part,
  on: string,
  { op, group, device }: { op: 'join' | 'leave'; group: string; device: SceneDevice },
): Promise<Operation> {
  if (group.includes(':')) {
    const option = op === 'join' ? 'IPV6_JOIN_GROUP' : 'IPV6_LEAVE_GROUP';
    return {
      op: 'setsockopt',
      on,
      option,
      value: { group, interface: await indexOfDevice(trial, part, device) },
    };
  }
  const option = op === 'join' ? 'IP_ADD_MEMBERSHIP' : 'IP_DROP_MEMBERSHIP';
  return { op: 'setsockopt', on, option, value: { group, interface: addressOfDevice(trial.facts, device) } };
}

/** The call by which a socket joins a group for one sender alone, or blocks a sender. */
export function sourceCall(
  trial: Trial,
  on: string,
  { op, group, device }: { op: 'join-source' | 'block-source'; group: string; device: SceneDevice },
  source: string,
): Operation {
  const option = op === 'join-source' ? 'IP_ADD_SOURCE_MEMBERSHIP' : 'IP_BLOCK_SOURCE';
  return { op: 'setsockopt', on, option, value: { group, interface: addressOfDevice(trial.facts, device), source } };
}
