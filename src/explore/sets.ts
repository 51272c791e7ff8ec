import type * as FastCheck from 'fast-check';
import { isMulticast, unmapped } from '../model/address.ts';
import { familyReached } from '../plan/addresses.ts';
import type { Plan, PlanOption, ProbeSource, SocketStep, Step } from '../plan/plan.ts';
import { GROUPS, probeEvery, type ProbeVocabulary } from './probes.ts';
import { type BindAddress, pick, RIVALS, type Vocabulary } from './vocabulary.ts';

type Random = FastCheck.Random;

/** How many sockets a set has: usually the first numbers, and seldom more than ten, when Linux searches other lists. */
const FEW = [2, 6] as const;
const MANY = [11, 14] as const;
/** One set of how many has many sockets. */
const SELDOM = 16;

/** The options that most sockets of a set have in common, because without any of them few can be bound together. */
const STYLES: readonly (readonly PlanOption[])[] = [['reuseaddr'], ['reuseport'], ['reuseaddr', 'reuseport'], []];

interface Member {
  readonly socket: number;
  readonly owner: 1 | 2;
  readonly name: BindAddress;
  device: string | undefined;
  peer: ProbeSource | undefined;
  readonly joined: { readonly group: string; readonly device: string }[];
  /** The options that it has got at some time. */
  readonly options: Set<PlanOption>;
}

/**
 * A random set of sockets on one port, with what can happen to them after bind(), and a probe at every address after each
 * step.
 */
export function randomSet(random: Random, vocabulary: Vocabulary, probes: ProbeVocabulary): Plan {
  const { protocol } = vocabulary;
  const [least, most] = random.nextInt(1, SELDOM) === 1 ? MANY : FEW;
  const count = random.nextInt(least, most);
  const names = Array.from({ length: random.nextInt(1, 3) }, () => pick(random, vocabulary.names));
  const style = pick(random, STYLES);
  const members: Member[] = [];
  const steps: Step[] = [];
  const add = (step: SocketStep) => {
    const peers = members.flatMap(({ peer }) => peer ?? []);
    steps.push(step, ...probeEvery(probes, random, peers));
  };
  for (let socket = 1; socket <= count; socket += 1) {
    const member: Member = {
      socket,
      owner: random.nextInt(1, 8) === 1 ? 2 : 1,
      name: pick(random, names),
      device:
        random.nextInt(1, 6) === 1 && vocabulary.devices.length > 0 ? pick(random, vocabulary.devices) : undefined,
      peer: undefined,
      joined: [],
      options: new Set(),
    };
    const those = random.nextInt(1, 6) === 1 ? pick(random, STYLES) : style;
    const options = those.filter((option) => vocabulary.options.includes(option));
    for (const option of options) member.options.add(option);
    members.push(member);
    add(bindOf(member, options));
    if (protocol === 'tcp' && random.nextInt(1, 5) > 1) add({ op: 'listen', socket });
    if (random.nextInt(0, 1) === 0) change(random, pick(random, members), { vocabulary, probes, members, add });
  }
  const more = random.nextInt(0, 3);
  for (let index = 0; index < more && members.length > 0; index += 1) {
    change(random, pick(random, members), { vocabulary, probes, members, add });
  }
  return { protocol, steps };
}

function bindOf({ socket, owner, name, device }: Member, options: readonly PlanOption[]): SocketStep {
  const { address, family, v6only } = name;
  return {
    op: 'bind',
    socket,
    makes: { owner, family, v6only, options, ...(device === undefined ? {} : { device }) },
    address,
  };
}

/** The events of a set. */
const CHANGES = {
  udp: ['connect', 'connect', 'connect', 'disconnect', 'set', 'tie', 'group', 'group', 'close'],
  tcp: ['listen', 'listen', 'set', 'tie', 'shutdown', 'close'],
} as const;

interface Setting {
  readonly vocabulary: Vocabulary;
  readonly probes: ProbeVocabulary;
  readonly members: Member[];
  readonly add: (step: SocketStep) => void;
}

/** Something that happens to a member of a set. */
function change(random: Random, member: Member, { vocabulary, probes, members, add }: Setting): void {
  const { socket } = member;
  const kind = pick(random, CHANGES[vocabulary.protocol]);
  switch (kind) {
    case 'connect': {
      const reached = probes.peers.filter((peer) => reaches(member, peer));
      if (reached.length === 0) return;
      const { address, port, owner } = pick(random, reached);
      member.peer = { address, port, ...(owner === undefined ? {} : { owner }) };
      add({ op: 'connect', socket, to: address, port });
      return;
    }
    case 'disconnect':
      if (member.peer === undefined || !vocabulary.disconnects) return;
      member.peer = undefined;
      add({ op: 'disconnect', socket });
      return;
    case 'set': {
      const rivals = new Set([...member.options].map((option) => RIVALS[option]));
      const option = pick(
        random,
        vocabulary.options.filter((one) => !rivals.has(one)),
      );
      member.options.add(option);
      add({ op: 'set', socket, option, value: random.nextInt(0, 1) === 1 });
      return;
    }
    case 'tie': {
      // Only a privileged process may change a tie.
      if (vocabulary.devices.length === 0 || member.owner === 2) return;
      const device = random.nextInt(0, 2) === 0 ? undefined : pick(random, vocabulary.devices);
      member.device = device;
      add({ op: 'set', socket, device: device ?? null });
      return;
    }
    case 'group':
      groupStep(random, member, vocabulary, add);
      return;
    case 'close':
      members.splice(members.indexOf(member), 1);
      add({ op: 'close', socket });
      return;
    default:
      add({ op: kind, socket });
  }
}

/** Joins or leaves a group, or changes what the socket hears of groups that it has not joined. */
function groupStep(random: Random, member: Member, { devices, multicastAll }: Vocabulary, add: Setting['add']): void {
  const { socket, joined, name } = member;
  if (random.nextInt(0, 2) === 0) {
    if (!multicastAll) return;
    const option = name.family === 'inet6' && random.nextInt(0, 1) === 0 ? 'multicastAll6' : 'multicastAll';
    add({ op: 'set', socket, option, value: random.nextInt(0, 1) === 1 });
    return;
  }
  if (joined.length > 0 && random.nextInt(0, 1) === 0) {
    const left = pick(random, joined);
    joined.splice(joined.indexOf(left), 1);
    add({ op: 'leave', socket, ...left });
    return;
  }
  const device = devices.length === 0 ? undefined : pick(random, devices);
  const group = name.family === 'inet' ? GROUPS[0] : pick(random, GROUPS);
  if (device === undefined || joined.some((one) => one.group === group && one.device === device)) return;
  joined.push({ group, device });
  add({ op: 'join', socket, group, device });
}

/** Whether a socket can be connected to a peer at all. */
function reaches({ name }: Member, { address }: ProbeSource): boolean {
  const own = unmapped(name.address);
  if (isMulticast(own) || own === '255.255.255.255') return false;
  if (familyReached(address) === 'inet') {
    return name.family === 'inet' || own !== name.address || (own === '::' && !name.v6only);
  }
  return name.family === 'inet6' && own === name.address;
}
