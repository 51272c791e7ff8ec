import type { LabFacts } from '../lab/lab.ts';
import { isLimitedBroadcast, isMulticast, unmapped } from '../model/address.ts';
import { OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { PresentSocket, SystemName } from '../model/types.ts';
import type { Plan, ProbeStep, Step } from '../plan/plan.ts';
import { askedOf, type AskedPlan } from './plan.ts';
import { targetsOf, type Sent } from './receives.ts';
import { ORDINARY_UID, settled } from './on-system.ts';
import type { Reading } from './reader/reading.ts';

/** Sockets in the form that a lab can make. */
export interface Mapped {
  readonly readings: readonly Reading[];
  /** Whether the owner of each is a user other than the harness's own. */
  readonly others: readonly boolean[];
  /** Notes on what was replaced by something else. */
  readonly notes: readonly string[];
}

/** The lab's addresses that can stand for any other address of a machine. */
const STAND_INS = ['external', 'second-external'] as const;

/**
 * Fits sockets into a lab: an address that the lab does not have is replaced by one of the lab's addresses of the same
 * kind, and the owners become the harness's own user and the other user. Says why where that is not possible.
 */
export function explainableHere(
  readings: readonly Reading[],
  facts: LabFacts,
  system: SystemName,
): Mapped | { readonly cannot: string } {
  const impossible = impossibleIn(readings, system);
  if (impossible !== undefined) return { cannot: impossible };
  const devices = devicesHere(readings, facts);
  if (typeof devices === 'string') return { cannot: devices };
  const notes: string[] = [];
  const places = new Map<string, string>();
  const mapped: Reading[] = [];
  for (const reading of readings) {
    const { socket } = reading;
    const address = addressHere(socket.address, facts, places, readings);
    if (address === null) return { cannot: `it has no address that could stand for ${socket.address}` };
    const local = socket.local === undefined ? undefined : addressHere(socket.local, facts, places, readings);
    if (local === null) return { cannot: `it has no address that could stand for ${socket.local}` };
    const device = socket.device === undefined ? {} : { device: devices.get(socket.device) ?? socket.device };
    const { optionsOn, ...rest } = reading;
    const own = optionsOn?.[system] ?? socket.options;
    const options = own === undefined ? {} : { options: own };
    mapped.push({
      ...rest,
      socket: { ...socket, address, ...options, ...device, ...(local === undefined ? {} : { local }) },
    });
  }
  for (const [from, to] of devices)
    if (from !== to) notes.push(`the device ${from} is done with ${to}, which the lab has`);
  for (const [from, to] of places) if (from !== to) notes.push(`${from} is done with ${to}, which the lab has`);
  const owners = ownersHere(
    readings.map(({ socket }) => socket),
    facts,
  );
  if (typeof owners === 'string') return { cannot: owners };
  if (owners.every(Boolean)) notes.push('the user is nobody (65534)');
  else if (owners.includes(true)) notes.push('the users are that of bindspec and nobody (65534)');
  return { readings: mapped, others: owners, notes };
}

/** What of the sockets no lab could do on this system. */
function impossibleIn(readings: readonly Reading[], system: SystemName): string | undefined {
  for (const [place, { socket, optionsOn }] of readings.entries()) {
    const own = optionsOn?.[system] ?? socket.options;
    const missing = OPTION_KEYS.find((key) => own?.[key] === true && !OPTIONS[key].systems.includes(system));
    const who = `socket ${place + 1}`;
    if (missing !== undefined) return `${OPTIONS[missing].name} of ${who} is not available here`;
    if (socket.state === 'fin-wait-1') return `${who} is in a state that passes too fast to be used`;
    if (socket.anyAddress === true) return `${who} has an option like IP_FREEBIND, which plans do not have`;
  }
  return undefined;
}

/** The interface of the lab for each device: its own ones stay, the others become the lab's external interfaces. */
function devicesHere(readings: readonly Reading[], facts: LabFacts): Map<string, string> | string {
  const own = [facts.externalInterface, facts.secondInterface].filter((one) => one !== null && one !== undefined);
  const named = [...new Set(readings.flatMap(({ socket }) => socket.device ?? []))];
  const isOwn = (device: string) =>
    device === 'lo' || own.includes(device) || facts.machine?.devices?.[device] !== undefined;
  const found = new Map<string, string>(named.filter(isOwn).map((device) => [device, device]));
  for (const device of named.filter((one) => !isOwn(one))) {
    const free = own.find((one) => ![...found.values()].includes(one));
    if (free === undefined) return `it has no interface that could stand for ${device}`;
    found.set(device, free);
  }
  return found;
}

function addressHere(
  address: string,
  facts: LabFacts,
  places: Map<string, string>,
  readings: readonly Reading[],
): string | null {
  const mapped = /^::ffff:(\d+\..*)$/.exec(address);
  const plain = mapped?.[1] ?? address;
  const family = plain.includes(':') ? 'inet6' : 'inet';
  const own = Object.entries(facts.addresses[family]);
  const isTheirs =
    facts.machine?.addresses?.includes(plain) === true ||
    own.some(([kind, known]) => known === plain && isMachines(kind));
  const prefix = mapped === null ? '' : '::ffff:';
  if (isTheirs || plain.startsWith('127.') || plain === '0.0.0.0' || plain === '::') return address;
  // A group or everyone's address can be bound on every machine, as far as the system lets it be.
  if (isMulticast(plain) || isLimitedBroadcast(plain)) return address;
  if (!isUnicast(plain)) return null;
  const before = places.get(plain);
  if (before !== undefined) return prefix + before;
  const taken = new Set([...places.values(), ...readings.map(({ socket }) => socket.address.replace(/^::ffff:/, ''))]);
  const free = STAND_INS.map((kind) => facts.addresses[family][kind]).find(
    (one) => one !== undefined && !taken.has(one),
  );
  if (free === undefined) return null;
  places.set(plain, free);
  return prefix + free;
}

/** The other kinds are addresses of the lab's other machines. */
function isMachines(kind: string): boolean {
  return ['wildcard', 'loopback', 'second-loopback', ...STAND_INS].includes(kind);
}

/** Whether it is an ordinary address of an interface, and not a multicast, broadcast or link-local one. */
function isUnicast(address: string): boolean {
  if (address.includes(':')) return !/^(ff|fe[89ab])/.test(address);
  const first = Number.parseInt(address, 10);
  return first > 0 && first < 224 && !address.startsWith('169.254.');
}

/** Which sockets belong to another user, or why the lab can't do that. */
function ownersHere(sockets: readonly PresentSocket[], facts: LabFacts): boolean[] | string {
  const uids = sockets.map(({ uid = ORDINARY_UID }) => uid);
  const [first, ...others] = new Set(uids);
  const missing = facts.missing['second user'];
  if (others.length > 1) return 'it has two users, and there are more here';
  if (others.length === 0) {
    // If the text says that the owner is not root, the owner is the second user, where the lab has one.
    const isSaid = sockets.some(({ uid }) => uid !== undefined) && first !== 0;
    return uids.map(() => isSaid && missing === undefined);
  }
  if (missing !== undefined) return missing.reason;
  // The harness's own user is root in every lab that has a second user.
  const own = uids.includes(0) ? 0 : first;
  return uids.map((uid) => uid !== own);
}

/** The sockets as a plan for a lab: the last is bound after the others, and then something is sent to each address. */
export interface HerePlan {
  readonly plan: Plan;
  /** The bind() and the listen() of the last socket, by their places among the steps. */
  readonly bind: number;
  readonly listen?: number;
  /** The places of the sockets, by their numbers in the plan. */
  readonly places: AskedPlan['places'];
  /** How the address of each probe is called. */
  readonly names: ReadonlyMap<Step, string>;
}

/** Makes the plan of sockets that fit into a lab. */
export function planHere({ readings, others }: Mapped, facts: LabFacts, sent: Sent = {}): HerePlan {
  const last = readings.length - 1;
  const sockets = readings.map(({ socket }, place) => {
    const { uid: _, ...rest } = socket;
    return place < last ? settled(rest) : rest;
  });
  const asked = askedOf(sockets);
  const steps: Step[] = asked.plan.steps.map((step) => {
    const place = asked.places.get(step.socket);
    if (step.op !== 'bind' || step.makes === undefined || place === undefined) return step;
    return { ...step, makes: { ...step.makes, owner: others[place] === true ? 2 : 1 } };
  });
  const names = new Map<Step, string>();
  const port = sockets[last]?.port ?? 0;
  const isAlone = sockets.filter((socket) => socket.port === port).length < 2;
  if (port > 0 && (!isAlone || sent.to !== undefined || sent.from !== undefined)) {
    for (const { name, probe } of probesOf(sockets, facts, port, sent)) {
      steps.push(probe);
      names.set(probe, name);
    }
  }
  return {
    plan: { protocol: asked.plan.protocol, steps },
    bind: asked.bind,
    ...(asked.listen === undefined ? {} : { listen: asked.listen }),
    places: asked.places,
    names,
  };
}

/** What is sent to each address of a lab by which one of the sockets can be reached. */
function probesOf(
  sockets: readonly PresentSocket[],
  { addresses, hosts }: LabFacts,
  port: number,
  sent: Sent,
): { readonly name: string; readonly probe: ProbeStep }[] {
  return targetsOf(sockets, sent).flatMap(({ name, address, from }) => {
    const family = address.includes(':') ? 'inet6' : 'inet';
    const own = addresses[family];
    const isOther = name !== address;
    const named = new Set(sockets.map((socket) => unmapped(socket.address)));
    const to = isOther
      ? [own.external, own['second-external']].find((one) => one !== undefined && !named.has(one))
      : address;
    if (to === undefined) return [];
    const neighbour = own.neighbour;
    const isNear = from === to || sent.from !== undefined;
    const far = !isNear && hosts.neighbour !== undefined && neighbour !== undefined;
    const sender = sent.from ?? (far ? { address: neighbour, owner: 'neighbour' as const } : { address: to });
    const probe: ProbeStep = { op: 'probe', to, port, from: sender };
    return [{ name: isOther ? `${name} (${to})` : name, probe }];
  });
}
