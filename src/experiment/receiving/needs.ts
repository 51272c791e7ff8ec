import type { AddressKind, Need } from '../../lab/lab.ts';
import type { Family } from '../../protocol/messages.ts';
import { goesToMany } from './goes-to-many.ts';
import { destinationsOf, senderIn, type ReceivingScene, type SceneAddress, type SceneDevice } from './scene.ts';

/** What a lab must offer for a scene. */
export function needsOfScene(scene: ReceivingScene): Need[] {
  const needs = new Set<Need>();
  const address = (family: Family, at: SceneAddress) => {
    if (typeof at === 'string') needs.add(`${family} ${at}`);
    else if ('mapped' in at) needs.add(`inet ${at.mapped}`);
  };
  const device = (name: SceneDevice | undefined) => {
    if (name === undefined || name === 'lo') return;
    needs.add(`inet ${name}`);
    needs.add(name === 'external' ? 'quiet interface' : 'second interface');
  };
  // What goes to all must stay inside a network of the lab's own.
  if (Object.values(scene.packets).some((packet) => destinationsOf(packet).some(goesToMany)))
    needs.add('quiet interface');
  if (namesInterfaces(scene)) needs.add('interface index');
  for (const { family, at } of Object.values(scene.senders)) {
    address(family, at);
    if (isOfNeighbour(at)) needs.add('neighbour');
  }
  for (const step of scene.steps) {
    if (step.op === 'bind') {
      address(step.family, step.on);
      if (step.otherUser === true) needs.add('second user');
    }
    if ('device' in step) device(step.device);
  }
  for (const packet of Object.values(scene.packets)) {
    for (const to of destinationsOf(packet)) {
      address(senderIn(scene, packet.from).family, to);
    }
  }
  for (const subscribed of scene.subscribed ?? []) device(subscribed.device);
  return [...needs];
}

/** Whether an address is on the neighbour, and so is a sender that is bound to it. */
export function isOfNeighbour(at: AddressKind): boolean {
  return at === 'neighbour' || at === 'filtered';
}

/** Whether an IPv6 group has to be joined or sent to on an interface, which its options name by the index. */
function namesInterfaces({ steps, senders, packets, subscribed = [] }: ReceivingScene): boolean {
  const joins = steps.some((step) => step.op === 'join' && step.group.includes(':'));
  const sends = Object.values(packets).some(
    (packet) => senders[packet.from]?.family === 'inet6' && destinationsOf(packet).some(goesToMany),
  );
  return joins || sends || subscribed.some(({ group }) => group.includes(':'));
}
