import { isMulticast } from '../model/address.ts';
import { unknown } from '../text/unknown.ts';
import {
  hasInetForm,
  LEAVINGS,
  makingOf,
  type Leaving,
  type Making,
  type Owner,
  type Plan,
  type PlanOption,
  type ProbeStep,
  type SocketStep,
  type Step,
  usedBy,
} from './plan.ts';
import { BadPlan } from './bad-plan.ts';
import { familyReached } from './addresses.ts';
import { addressFrom, nameFrom, sourceFrom } from './names.ts';
import { flagOf, isDevice, NO_DEVICE, OPTION_WORDS, optionNamed, setOptionNamed } from './words.ts';

/**
 * How each step is written. `@2` after a new socket gives it to the second owner, `@neighbour` to the owner on the
 * neighbour.
 */
const FORMS: Readonly<Record<Step['op'], string>> = {
  open: 'open s1[@2] inet|inet6 [v6only] [reuseaddr] [reuseport] ...',
  bind: 'bind s1[@2] ADDRESS [v6only] [reuseaddr] [reuseport] ...',
  set: 'set s1 reuseaddr=0|1 (or another option, or dev=NAME)',
  listen: 'listen s1',
  join: 'join s1 GROUP [on DEVICE]',
  leave: 'leave s1 GROUP [on DEVICE]',
  connect: 'connect s1 ADDRESS[:PORT]',
  disconnect: 'disconnect s1',
  accept: 'accept s2 from s1 at ADDRESS',
  'peer-close': 'peer-close s1',
  shutdown: 'shutdown s1',
  close: 'close s1 [leaving time-wait]',
  probe: 'probe ADDRESS [udp|tcp] [from ADDRESS[:PORT][@neighbour]]',
};

/** The words that a new socket can have, for the message about an unknown word. */
const MAKING_WORDS = [
  'v6only',
  'v6only=default',
  ...Object.values(OPTION_WORDS),
  'dev=NAME',
  'uid=NUMBER',
  'udp',
  'tcp',
];

/** Whether a text is meant as a plan, right or wrong: it begins with a protocol, a colon and a word. */
export function isPlan(text: string): boolean {
  return /^\s*(udp|tcp)\s*:\s*[a-z-]+\s+\S/.test(text);
}

/**
 * Reads the text that `formatPlan` writes, and `rebind s1` for a second bind() to the same name.
 * @throws BadPlan with a message of one line.
 */
export function parsePlan(text: string): Plan {
  const [, protocol, rest = ''] = /^\s*(udp|tcp)\s*:(.*)$/s.exec(text) ?? [];
  if (protocol !== 'udp' && protocol !== 'tcp') throw new BadPlan("a plan begins with 'udp:' or 'tcp:'");
  const parts = rest
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw new BadPlan(`the plan has no steps; the first could be '${FORMS.bind}'`);
  const known: Known = { protocol, sockets: new Map() };
  return { protocol, steps: parts.map((part) => stepFrom(part, known)) };
}

/** The sockets that the steps before have made. */
interface Known {
  readonly protocol: Plan['protocol'];
  readonly sockets: Map<number, { readonly making: Making; name?: { address: string; port?: number } }>;
}

function stepFrom(text: string, known: Known): Step {
  const [op = '', ...words] = text.split(/\s+/);
  const again = op === 'rebind';
  if (!again && !Object.hasOwn(FORMS, op)) {
    const all = Object.keys(FORMS);
    throw new BadPlan(`'${text}': ${unknown('operation', op, all, `it is one of ${all.join(', ')}`)}`);
  }
  const step = again ? rebind(words, known) : parseWords(op as Step['op'], words, known, text);
  if (step === undefined) {
    throw new BadPlan(`'${text}' is not of the form '${again ? 'rebind s1' : FORMS[op as Step['op']]}'`);
  }
  note(step, known, text);
  return step;
}

/** The step that the words describe, or undefined when the words do not have the form of the operation. */
function parseWords(op: Step['op'], words: readonly string[], known: Known, text: string): Step | undefined {
  return op === 'probe' ? probe(words, known, text) : socketStep(op, words, known, text);
}

function probe([name = '', ...words]: readonly string[], { protocol: own }: Known, text: string): Step | undefined {
  if (name === '') return undefined;
  const said = words[0] === 'udp' || words[0] === 'tcp' ? words[0] : undefined;
  const rest = said === undefined ? words : words.slice(1);
  if (rest.length > 0 && (rest.length !== 2 || rest[0] !== 'from')) return undefined;
  const { address: to, port } = nameFrom(name, text);
  const step: ProbeStep = {
    op: 'probe',
    to,
    ...(port === undefined ? {} : { port }),
    ...(said === undefined || said === own ? {} : { protocol: said }),
    ...(rest[1] === undefined ? {} : { from: sourceFrom(rest[1], text) }),
  };
  if (step.from !== undefined && familyReached(step.from.address) !== familyReached(to)) {
    throw new BadPlan(`'${text}': nothing that ${step.from.address} sends reaches ${to}, which is of another family`);
  }
  return step;
}

/** The step on a socket that the words describe. */
function socketStep(
  op: SocketStep['op'],
  words: readonly string[],
  known: Known,
  text: string,
): SocketStep | undefined {
  const [first = '', second = ''] = words;
  const named = /^s([1-9]\d{0,3})(?:@(1|2|neighbour))?$/.exec(first);
  if (named === null) return undefined;
  const socket = Number(named[1]);
  const rest = words.slice(2);
  if (op === 'open') {
    if (second !== 'inet' && second !== 'inet6') return undefined;
    return { op, socket, ...makingFrom(rest, second, ownerFrom(named[2]), known, text) };
  }
  if (op === 'bind') {
    if (second === '') return undefined;
    const name = nameFrom(second, text);
    const there = known.sockets.get(socket);
    if (there === undefined) {
      const family = hasInetForm(name.address) ? 'inet' : 'inet6';
      return { op, socket, makes: makingFrom(rest, family, ownerFrom(named[2]), known, text), ...name };
    }
    if (rest.length === 0 && named[2] === undefined) return { op, socket, ...name };
    throw new BadPlan(
      `'${text}': there is an s${socket} already, and what is said of a new socket has no meaning for it`,
    );
  }
  if (named[2] !== undefined) return undefined;
  switch (op) {
    case 'set':
      return words.length === 2 ? setting(socket, second) : undefined;
    case 'join':
    case 'leave':
      return membership(op, socket, words.slice(1), text);
    case 'connect': {
      if (words.length !== 2) return undefined;
      const { address: to, port } = nameFrom(second, text);
      return { op, socket, to, ...(port === undefined ? {} : { port }) };
    }
    case 'accept': {
      const listener = /^s([1-9]\d{0,3})$/.exec(words[2] ?? '');
      if (words.length !== 5 || second !== 'from' || words[3] !== 'at' || listener === null) return undefined;
      return { op, socket, listener: Number(listener[1]), to: addressFrom(words[4] ?? '', text) };
    }
    case 'close':
      if (words.length === 3 && second === 'leaving') return leaving(socket, words[2]);
      return words.length === 1 ? { op, socket } : undefined;
    default:
      return words.length === 1 ? { op, socket } : undefined;
  }
}

function rebind(words: readonly string[], { sockets }: Known): SocketStep | undefined {
  const named = /^s([1-9]\d{0,3})$/.exec(words[0] ?? '');
  if (named === null || words.length !== 1) return undefined;
  const socket = Number(named[1]);
  return { op: 'bind', socket, address: '', ...sockets.get(socket)?.name };
}

function ownerFrom(text: string | undefined): Owner {
  return text === 'neighbour' ? text : text === '2' ? 2 : 1;
}

function setting(socket: number, text: string): SocketStep | undefined {
  const [, word = '', value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (value === undefined) return undefined;
  if (word === 'dev') {
    return isDevice(value) ? { op: 'set', socket, device: value === NO_DEVICE ? null : value } : undefined;
  }
  const [option, on] = [setOptionNamed(word), flagOf(value)];
  return option === undefined || on === undefined ? undefined : { op: 'set', socket, option, value: on };
}

function membership(
  op: 'join' | 'leave',
  socket: number,
  [group = '', on, device, ...rest]: readonly string[],
  text: string,
): SocketStep | undefined {
  if (group === '' || rest.length > 0 || (on !== undefined && (on !== 'on' || !isDevice(device ?? '')))) {
    return undefined;
  }
  const address = addressFrom(group, text);
  if (!isMulticast(address)) throw new BadPlan(`'${text}': ${address} is not a multicast group`);
  return { op, socket, group: address, ...(device === undefined ? {} : { device }) };
}

function leaving(socket: number, text: string | undefined): SocketStep | undefined {
  const leaves = LEAVINGS.find((one): one is Leaving => one === text);
  return leaves === undefined ? undefined : { op: 'close', socket, leaves };
}

/** Reads the words about a new socket, in any order. */
function makingFrom(
  words: readonly string[],
  family: Making['family'],
  owner: Owner,
  { protocol: own }: Known,
  text: string,
): Making {
  const said = new Map<string, string | undefined>();
  const options: PlanOption[] = [];
  for (const word of words) {
    const [, key = '', value] = /^(\w+)(?:=(.+))?$/.exec(word) ?? [];
    const option = optionNamed(key);
    if (option !== undefined && flagOf(value) === true && !options.includes(option)) options.push(option);
    else if (isSaid(key, value) && !said.has(key)) said.set(key, value);
    else throw new BadPlan(`'${text}': ${wrongWord(word, said.has(key) || option !== undefined)}`);
  }
  const v6only = said.has('v6only') ? (said.get('v6only') ?? '1') : '0';
  if (family === 'inet' && said.has('v6only')) throw new BadPlan(`'${text}': an IPv4 socket has no v6only`);
  const [device, uid] = [said.get('dev'), said.get('uid')];
  const protocol = said.has('udp') ? 'udp' : said.has('tcp') ? 'tcp' : own;
  return {
    owner,
    family,
    v6only: v6only === 'default' ? v6only : v6only === '1',
    options,
    ...(device === undefined ? {} : { device }),
    ...(uid === undefined ? {} : { uid: Number(uid) }),
    ...(protocol === own ? {} : { protocol }),
  };
}

function isSaid(key: string, value: string | undefined): boolean {
  if (key === 'v6only') return value === 'default' || flagOf(value) !== undefined;
  if (key === 'dev') return value !== undefined && value !== NO_DEVICE && isDevice(value);
  if (key === 'uid') return value !== undefined && /^\d{1,10}$/.test(value);
  return (key === 'udp' || key === 'tcp') && value === undefined;
}

function wrongWord(word: string, isKnown: boolean): string {
  if (isKnown) return `'${word}' can't be said of a new socket here; each option is named once, where it is set`;
  return unknown('word', word, MAKING_WORDS, `a new socket is given ${MAKING_WORDS.join(', ')}`);
}

/**
 * Notes the sockets that a step has made.
 * @throws BadPlan for a socket that is not there, or is there already.
 */
function note(step: Step, { sockets }: Known, text: string): void {
  const used = usedBy(step);
  if (step.op === 'probe' || used === undefined) return;
  const making = makingOf(step);
  if ((making !== undefined || step.op === 'accept') && sockets.has(step.socket)) {
    throw new BadPlan(`'${text}': there is an s${step.socket} already`);
  }
  const there = sockets.get(used);
  if (making === undefined && there === undefined) throw new BadPlan(`'${text}': there is no s${used} before it`);
  if (step.op === 'bind') noteName(step, sockets, text);
  else if (step.op === 'accept' && there !== undefined) sockets.set(step.socket, { ...there });
  else if (making !== undefined) sockets.set(step.socket, { making });
}

function noteName(step: Extract<Step, { op: 'bind' }>, sockets: Known['sockets'], text: string): void {
  const making = step.makes ?? sockets.get(step.socket)?.making;
  if (step.address === '') throw new BadPlan(`'${text}': s${step.socket} was not bound before it`);
  if (making === undefined) return;
  const family = hasInetForm(step.address) ? 'inet' : 'inet6';
  if (family !== making.family) {
    throw new BadPlan(`'${text}': s${step.socket} is ${making.family === 'inet' ? 'an IPv4' : 'an IPv6'} socket`);
  }
  const { address, port } = step;
  sockets.set(step.socket, { making, name: { address, ...(port === undefined ? {} : { port }) } });
}
