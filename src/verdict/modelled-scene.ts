import { PROVENANCES, type Citation, type Provenance, type System } from '../experiment/experiment.ts';
import { localTowards, numericAddress, reachedFrom } from '../experiment/receiving/addresses.ts';
import { goesToMany } from '../experiment/receiving/goes-to-many.ts';
import { isOfNeighbour } from '../experiment/receiving/needs.ts';
import {
  anyOf,
  destinationsOf,
  inReceiverWords,
  senderIn,
  togetherInWords,
  type ReceivingScene,
  type SceneAddress,
  type ScenePacket,
  type SceneStep,
} from '../experiment/receiving/scene.ts';
import { optionKey } from '../experiment/planned-plan.ts';
import { models } from '../model/index.ts';
import { DEVICE_SYSTEMS, OPTIONS } from '../model/options.ts';
import type { Reception } from '../model/receive/types.ts';
import type { Rule } from '../model/rules.ts';
import type { Operation, RuleId } from '../model/types.ts';
import type { Simulation } from '../model/world.ts';
import { citedRule } from './cited-rule.ts';
import { documentedAddress, documentedSetting, DOCUMENTED_DEVICES } from './documented-host.ts';

/** What a system's model says of a scene, and how that is known. */
interface ModelledScene {
  readonly expect: unknown;
  readonly known: Provenance;
  readonly cite: readonly Citation[];
  /** The rule of the first packet that another socket receives than on Linux; without one, that of the last packet. */
  readonly because: string;
}

/** Who receives a packet by a model, as an expectation, and the rule that says so. */
interface SceneAnswer {
  readonly expect: unknown;
  readonly rule: Rule;
}

/**
 * The observation of a scene if the model of a system is right. Packets are left out of it whose receiver is not known, or
 * follows from a rule that no one has checked. Null where nothing is left, or where the system can't play the scene.
 * `version` is the version of the system; without it, the newest one.
 */
export function modelledScene(scene: ReceivingScene, system: System, version?: string): ModelledScene | null {
  const asked = askScene(scene, system, version);
  if (asked === null) return null;
  const { sockets, answers } = asked;
  const { answers: onLinux } = askScene(scene, 'linux') ?? { answers: new Map<string, SceneAnswer>() };
  const entries = [...answers];
  const [, deciding] =
    entries.find(([name, { expect }]) => JSON.stringify(expect) !== JSON.stringify(onLinux.get(name)?.expect)) ??
    entries.at(-1) ??
    [];
  if (deciding === undefined) return null;
  const rules = [...new Set(entries.map(([, { rule }]) => rule))];
  const known = rules.map((rule) => knownOn(system, rule));
  const cite = new Map(rules.map(citedRule).map((one) => [`${one.source} ${one.where}`, one]));
  return {
    expect: {
      sockets,
      receives: Object.fromEntries(entries.map(([name, { expect }]) => [name, expect])),
    },
    known: PROVENANCES[Math.max(...known.map((one) => PROVENANCES.indexOf(one)))] ?? 'reported',
    cite: [...(system === 'wine' ? [ON_WINE] : []), ...cite.values()],
    because: deciding.rule.prose,
  };
}

/** The systems on which a group's choice does not depend on the address that the sender asks. */
const HASHES_NO_ADDRESS: ReadonlySet<System> = new Set(['linux', 'wine']);

const ON_WINE: Citation = { source: 'wine-server', where: 'the sockets that it makes on its host' };

/** Under Wine, Linux chooses among the host's sockets; Wine's source says how it makes these. */
function knownOn(system: System, { known }: Rule): Provenance {
  return system === 'wine' && known === 'observed' ? 'source' : known;
}

/** What became of the sockets, and the answer for each packet that the model can tell about. */
function askScene(scene: ReceivingScene, system: System, version?: string) {
  if (!canPlay(scene, system)) return null;
  const numbers = new Map(scene.steps.filter(({ op }) => op === 'bind').map(({ as }, place) => [as, place]));
  const sockets: Record<string, unknown> = {};
  const there = new Set<string>();
  let port = models[system].simulate(documentedSetting(system, version));
  for (const step of scene.steps) {
    const number = numbers.get(step.as) ?? -1;
    if (step.op !== 'bind' && !there.has(step.as)) continue;
    for (const operation of operationsOf(scene, step, number)) {
      const { prediction, after } = port.step(operation);
      const outcome = prediction.outcomes[0] ?? 'ok';
      // Which of several outcomes it is decides who receives, and a hypothesis decides nothing.
      if (prediction.outcomes.length > 1 || isUnverified(system, prediction.rule)) {
        if (operation.op === 'bind' || operation.op === 'listen') return null;
      }
      port = after;
      if (operation.op === 'bind' && outcome === 'ok') there.add(step.as);
      sockets[step.as] = sockets[step.as] === undefined || sockets[step.as] === 'ok' ? outcome : sockets[step.as];
      if (operation.op === 'disconnect') sockets[step.as] = 'ok';
      if (outcome !== 'ok' && operation.op === 'bind') break;
    }
    if (step.op === 'close') there.delete(step.as);
  }
  const names = [...numbers.keys()];
  const answers = new Map<string, SceneAnswer>();
  for (const [name, packet] of Object.entries(scene.packets)) {
    const answer = answerFor({ scene, system, port, names }, packet);
    if (answer !== null) answers.set(name, answer);
  }
  return { sockets, answers };
}

function isUnverified(system: System, rule: RuleId): boolean {
  const { rules, receiveRules } = models[system];
  return [...rules, ...receiveRules].find(({ id }) => id === rule)?.unverified === true;
}

/**
 * Whether a system has all options of a scene, with the values that they get, and its model knows them. No model knows
 * memberships for one sender, or senders that keep their datagrams from their own machine.
 */
function canPlay({ steps, senders }: ReceivingScene, system: System): boolean {
  if (Object.values(senders).some(({ loops }) => loops === 0)) return false;
  return steps.every((step) => {
    if (step.op === 'join-source' || step.op === 'block-source') return false;
    if (step.op === 'join' && system === 'gvisor') {
      // setsockopt() returns EINVAL there for an AF_INET6 socket and an IPv4 group.
      return step.group.includes(':') || familyOf({ steps }, step.as) === 'inet';
    }
    if (step.op === 'tie') return DEVICE_SYSTEMS.includes(system);
    if (step.op === 'set') return isKnownOption(step.option, system);
    if (step.op !== 'bind') return true;
    if (step.device !== undefined && !DEVICE_SYSTEMS.includes(system)) return false;
    if (step.v6only === 0 && system === 'openbsd') return false;
    return (step.options ?? []).every((option) => isKnownOption(option, system));
  });
}

function isKnownOption(option: string, system: System): boolean {
  if (option === 'IP_MULTICAST_ALL' || option === 'IPV6_MULTICAST_ALL') return system === 'linux';
  return OPTIONS[optionKey(option)].systems.includes(system);
}

const PORT = 8080;
/** The first port of a sender that chose none. */
const FIRST_PORT = 50_000;
const OTHER_UID = 65_534;

/** A step as the model takes it. A socket that listens as soon as it is bound takes two operations. */
function operationsOf(scene: ReceivingScene, step: SceneStep, socket: number): readonly Operation[] {
  const device = 'device' in step && step.device !== undefined ? { device: DOCUMENTED_DEVICES[step.device] } : {};
  switch (step.op) {
    case 'bind': {
      const { protocol } = scene;
      const { family, on, v6only = 1, options = [], otherUser = false, staysBound = false } = step;
      const bind: Operation = {
        op: 'bind',
        socket,
        protocol,
        family,
        address: numericAddress(documentedAddress, family, on),
        port: PORT,
        ...(family === 'inet6' ? { v6only: v6only === 1 } : {}),
        options: Object.fromEntries(options.map((option) => [optionKey(option), true])),
        uid: otherUser ? OTHER_UID : 0,
        ...device,
      };
      return protocol === 'tcp' && !staysBound ? [bind, { op: 'listen', socket }] : [bind];
    }
    case 'connect': {
      const sender = senderIn(scene, step.to);
      const family = familyOf(scene, step.as);
      const address = reachedFrom(documentedAddress, family, sender);
      const to = { address, port: portOf(scene, step.to) };
      return [{ op: 'connect', socket, local: localTowards(documentedAddress, family, sender), to }];
    }
    case 'set': {
      const all = { IP_MULTICAST_ALL: 'multicastAll', IPV6_MULTICAST_ALL: 'multicastAll6' } as const;
      const key = step.option in all ? all[step.option as keyof typeof all] : optionKey(step.option);
      return [{ op: 'set', socket, options: { [key]: step.value === 1 } }];
    }
    case 'tie':
      return [{ op: 'set', socket, device: DOCUMENTED_DEVICES[step.device] }];
    case 'join':
    case 'leave':
      return [{ op: step.op, socket, group: step.group, device: DOCUMENTED_DEVICES[step.device] }];
    case 'join-source':
    case 'block-source':
      return [];
    case 'listen':
    case 'disconnect':
    case 'close':
      return [{ op: step.op, socket }];
  }
}

function familyOf({ steps }: Pick<ReceivingScene, 'steps'>, as: string) {
  const made = steps.find((step) => step.op === 'bind' && step.as === as);
  return made?.op === 'bind' ? made.family : 'inet';
}

function portOf(scene: ReceivingScene, name: string): number {
  const { portOf: other } = senderIn(scene, name);
  return other === undefined ? FIRST_PORT + Object.keys(scene.senders).indexOf(name) : portOf(scene, other);
}

interface Asking {
  readonly scene: ReceivingScene;
  readonly system: System;
  readonly port: Simulation;
  /** The names of the sockets, by their numbers in the model. */
  readonly names: readonly string[];
}

/** Who receives a packet; null where that is not known. */
function answerFor(asking: Asking, packet: ScenePacket): SceneAnswer | null {
  const { system, port, scene } = asking;
  const sender = senderIn(scene, packet.from);
  const { sources = 1 } = sender;
  if (!canSend(asking, packet.from)) return null;
  const found = destinationsOf(packet).map((to) => port.receivers(packetOf(asking, packet, to)));
  const [first] = found;
  const rule = models[system].receiveRules.find(({ id }) => id === first?.rule);
  if (rule === undefined || rule.unverified === true || found.includes(undefined)) return null;
  const each = found.map((one) => (one?.outcomes ?? []).map((outcome) => wordsOf(asking, outcome)));
  if (sources > 1 && rule.spreads === true) return { expect: togetherInWords(each.flat(2)), rule };
  // On Linux one source gets the same member of a group at whatever address it asks; elsewhere the address may count.
  const together = new Set(each.map((words) => JSON.stringify(words)));
  if (together.size === 1 && each.length > 1 && rule.spreads === true && !HASHES_NO_ADDRESS.has(system)) {
    return { expect: anyOf([...new Set(each.flat(2))]), rule };
  }
  const words = together.size === 1 ? (each[0] ?? []) : [togetherInWords(each.flat(2))];
  const all = [...new Set(words.flat())];
  if (all.length === 1) return { expect: all[0], rule };
  return { expect: sources > 1 ? anyOf(all) : { oneOf: all }, rule };
}

/**
 * Whether what a sender sends gets to every address that it asks. Wine ties a UDP socket on an IPv4 address of an interface to
 * that interface, and makes it a wildcard, which takes its address from its first connect().
 */
function canSend({ system, scene }: Asking, name: string): boolean {
  const { family, at } = senderIn(scene, name);
  if (system !== 'wine' || scene.protocol !== 'udp' || family !== 'inet') return true;
  if (isOfNeighbour(at) || at === 'loopback') return true;
  const all = Object.values(scene.packets).filter(({ from }) => from === name);
  return all.flatMap(destinationsOf).every((to) => to === at || goesToMany(to));
}

function packetOf({ scene }: Asking, { from }: ScenePacket, at: SceneAddress) {
  const sender = senderIn(scene, from);
  const { family } = sender;
  const outside = isOfNeighbour(sender.at);
  const address = documentedAddress(family, sender.at);
  const left = sender.at === 'loopback' || sender.at === 'second-loopback' ? 'lo' : 'external';
  const by = outside ? 'external' : sender.at === 'second-external' ? 'second-external' : left;
  return {
    protocol: scene.protocol,
    from: { address, port: portOf(scene, from) },
    to: { address: numericAddress(documentedAddress, family, at) },
    // What the machine sends to itself comes in by the device of the destination; what it sends to all, by that of the sender.
    ...(outside || goesToMany(at) ? { device: DOCUMENTED_DEVICES[by] } : {}),
  };
}

/** An outcome in words: one, or on a system that does not tell every sender of an unreachable port, two. */
function wordsOf({ system, scene, names }: Asking, outcome: Reception): readonly string[] {
  if (outcome === 'refused' && system === 'wine' && scene.protocol === 'udp') return ['refused', 'silence'];
  return [inReceiverWords(typeof outcome === 'string' ? outcome : outcome.map((number) => names[number] ?? '?'))];
}
