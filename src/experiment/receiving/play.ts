import { HarnessError } from '../../harness/harness-error.ts';
import type { Operation } from '../../protocol/messages.ts';
import type { Outcome } from '../outcome.ts';
import { open, outcomeOf } from '../talk.ts';
import { addressOf, type Trial } from '../trial.ts';
import { numericAddress, reachedFrom, type AddressBook } from './addresses.ts';
import { groupCall, nameOfDevice, sourceCall } from './devices.ts';
import type { Packets, ReceivingSocket } from './packets.ts';
import { senderIn, type ReceivingScene, type SceneBind, type SceneStep } from './scene.ts';
import { openSenders } from './senders.ts';
import { connectAll } from './tcp.ts';
import { sendAll } from './udp.ts';

/** The observation of a scene. */
export interface SceneOutcome {
  /** For each socket `ok`, or what the first of its calls returned that failed. */
  sockets: Record<string, Outcome>;
  /**
   * Who received each packet: `first`; `first, second` where each got a copy; `first or second` where several were sent and
   * not all went the same way; `refused`, `reset`, `silence`, or `no answer` to a connection.
   */
  receives: Record<string, string>;
}

/** Plays a scene: makes the sockets, does the steps in order, sends the packets, and finds who received each of them. */
export async function playScene(trial: Trial, scene: ReceivingScene): Promise<SceneOutcome> {
  const book: AddressBook = (family, kind) => addressOf(trial.facts, family, kind);
  const owners = scene.steps.filter((step) => step.op === 'bind');
  // The processes start at the same time; they act in order.
  await Promise.all(owners.map(({ as, by = as, otherUser = false }) => trial.part(by, { otherUser })));
  const senders = await openSenders(trial, scene, book);
  await subscribe(trial, scene);
  const sockets: Record<string, Outcome> = {};
  const there = new Map<string, ReceivingSocket>();
  for (const step of scene.steps) {
    if (step.op === 'bind') {
      sockets[step.as] = await bind(trial, scene, step, there);
      continue;
    }
    const socket = there.get(step.as);
    if (socket === undefined) continue;
    const outcome = await later({ trial, scene, book, senders }, socket, step);
    // Some systems dissolve a connection and report an error.
    if (sockets[step.as] === 'ok' && step.op !== 'disconnect') sockets[step.as] = outcome;
    if (step.op === 'close') there.delete(step.as);
  }
  const left = [...there.values()];
  const packets = { trial, scene, book, senders, sockets: left };
  return { sockets, receives: scene.protocol === 'udp' ? await sendAll(packets) : await connectAll(packets) };
}

async function bind(
  trial: Trial,
  scene: ReceivingScene,
  made: SceneBind,
  there: Map<string, ReceivingSocket>,
): Promise<Outcome> {
  const { as, by = as, family, on, v6only = 1, options = [], device, staysBound = false } = made;
  const part = await trial.part(by);
  const socket = part.fresh('socket');
  const opening = open(socket, scene.protocol, family, v6only);
  const results = await part.attempt(
    ...opening,
    ...options.map((option): Operation => ({ op: 'setsockopt', on: socket, option, value: 1 })),
    ...(device === undefined ? [] : [tie(trial, socket, device)]),
    {
      op: 'bind',
      on: socket,
      address: numericAddress((inFamily, kind) => addressOf(trial.facts, inFamily, kind), family, on),
      port: trial.port,
    },
    ...(scene.protocol === 'tcp' && !staysBound ? [{ op: 'listen', on: socket } as const] : []),
  );
  const outcome = outcomeOf(results.at(-1));
  // Every system can make a socket; not every one can make it dual-stack.
  if (outcome !== 'ok' && results.length < (v6only === 0 ? opening.length : opening.length + 1)) {
    throw new HarnessError(`${as} could not make a socket: ${outcome}`);
  }
  const isBound = results.length > opening.length + options.length + (device === undefined ? 0 : 1);
  if (isBound && (outcome === 'ok' || scene.protocol === 'tcp')) there.set(as, { as, part, socket, made });
  return outcome;
}

function tie(trial: Trial, on: string, device: Parameters<typeof nameOfDevice>[1]): Operation {
  return { op: 'setsockopt', on, option: 'SO_BINDTODEVICE', value: nameOfDevice(trial.facts, device) };
}

async function later(
  { trial, scene, book, senders }: Omit<Packets, 'sockets'>,
  { part, socket: on, made }: ReceivingSocket,
  step: Exclude<SceneStep, SceneBind>,
): Promise<Outcome> {
  const one = async (operation: Operation) => outcomeOf((await part.do(operation))[0]);
  switch (step.op) {
    case 'listen':
    case 'disconnect':
    case 'close':
      return one({ op: step.op, on });
    case 'connect': {
      const address = reachedFrom(book, made.family, senderIn(scene, step.to));
      const port = senders.get(step.to)?.name.port ?? 0;
      return one({ op: 'connect', on, address, port, within: trial.connectPatience });
    }
    case 'set':
      return one({ op: 'setsockopt', on, option: step.option, value: step.value });
    case 'tie':
      return one(tie(trial, on, step.device));
    case 'join':
    case 'leave':
      return one(await groupCall(trial, part, on, step));
    case 'join-source':
    case 'block-source': {
      const { family, at } = senderIn(scene, step.source);
      return one(sourceCall(trial, on, step, book(family, at)));
    }
  }
}

/** Joins the groups that the machine is to take, with sockets on another port. */
async function subscribe(trial: Trial, { subscribed = [] }: ReceivingScene): Promise<void> {
  for (const { group, device } of subscribed) {
    const part = await trial.part('subscriber');
    const socket = part.fresh('group');
    const [made, joined] = await part.do(
      { op: 'socket', as: socket, family: group.includes(':') ? 'inet6' : 'inet', type: 'dgram' },
      await groupCall(trial, part, socket, { op: 'join', group, device }),
    );
    if (outcomeOf(made) !== 'ok' || outcomeOf(joined) !== 'ok') {
      throw new HarnessError(`the machine could not join ${group}: ${joined?.outcome}`);
    }
  }
}
