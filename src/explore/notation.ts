import { parseIPv4, parseIPv6 } from '../protocol/address.ts';
import { unknown } from '../text/unknown.ts';
import { CHANGEABLE, isInet, type Changeable, type Owner, type Place, type Sequence, type Step } from './sequence.ts';

/** A text that is no sequence; the message says which step is wrong, and what would be right. */
export class BadSequence extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadSequence';
  }
}

/** How each operation is written. `@2` after a new socket gives it to the second owner. */
const FORMS: Readonly<Record<Step['op'], string>> = {
  bind: 'bind s1[@2] ADDRESS [v6only] [reuseaddr] [reuseport]',
  rebind: 'rebind s1',
  set: 'set s1 reuseaddr=0|1 (or reuseport)',
  listen: 'listen s1',
  connect: 'connect s1 ADDRESS',
  disconnect: 'disconnect s1',
  accept: 'accept s2 from s1 at ADDRESS',
  shutdown: 'shutdown s1',
  close: 'close s1',
};

/** Writes a sequence as `udp: bind s1 0.0.0.0 reuseport; bind s2@2 127.0.0.1`. */
export function formatSequence({ protocol, steps }: Sequence): string {
  return `${protocol}: ${steps.map(formatStep).join('; ')}`;
}

/** Writes one step. */
export function formatStep(step: Step): string {
  const name = `s${step.socket}`;
  switch (step.op) {
    case 'bind':
      return [
        'bind',
        step.owner === 2 ? `${name}@2` : name,
        step.address,
        ...(step.v6only ? ['v6only'] : []),
        ...step.options,
      ].join(' ');
    case 'set':
      return `set ${name} ${step.option}=${step.value ? 1 : 0}`;
    case 'connect':
      return `connect ${name} ${step.to}`;
    case 'accept':
      return `accept ${name} from s${step.listener} at ${step.to}`;
    default:
      return `${step.op} ${name}`;
  }
}

/** Reads what `formatSequence` writes. @throws BadSequence with a message of one line. */
export function parseSequence(text: string): Sequence {
  const [, protocol, rest = ''] = /^\s*(udp|tcp)\s*:(.*)$/s.exec(text) ?? [];
  if (protocol !== 'udp' && protocol !== 'tcp') throw new BadSequence("a sequence begins with 'udp:' or 'tcp:'");
  const steps = rest
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseStep);
  if (steps.length === 0) throw new BadSequence(`the sequence has no steps; the first could be '${FORMS.bind}'`);
  checkNames(steps);
  return { protocol, steps };
}

function parseStep(text: string): Step {
  const [op = '', ...words] = text.split(/\s+/);
  if (!Object.hasOwn(FORMS, op)) {
    const known = Object.keys(FORMS);
    throw new BadSequence(`'${text}': ${unknown('operation', op, known, `it is one of ${known.join(', ')}`)}`);
  }
  const step = parseWords(op as Step['op'], words);
  if (step === undefined) throw new BadSequence(`'${text}' is not of the form '${FORMS[op as Step['op']]}'`);
  return step;
}

/** The step that the words make, or undefined when they are not in the operation's form. */
function parseWords(op: Step['op'], words: readonly string[]): Step | undefined {
  const [first = '', second = ''] = words;
  const named = /^s([1-9]\d{0,3})(@[12])?$/.exec(first);
  if (named === null) return undefined;
  const socket = Number(named[1]);
  if (op === 'bind') return parseBind(socket, named[2] === '@2' ? 2 : 1, words.slice(1));
  if (named[2] !== undefined) return undefined;
  switch (op) {
    case 'set': {
      const [, option, value] = /^(\w+)=([01])$/.exec(second) ?? [];
      if (words.length !== 2 || !isChangeable(option)) return undefined;
      return { op, socket, option, value: value === '1' };
    }
    case 'connect':
      return words.length === 2 ? { op, socket, to: checked(second) } : undefined;
    case 'accept': {
      const listener = /^s([1-9]\d{0,3})$/.exec(words[2] ?? '');
      if (words.length !== 5 || second !== 'from' || words[3] !== 'at' || listener === null) return undefined;
      return { op, socket, listener: Number(listener[1]), to: checked(words[4] ?? '') };
    }
    default:
      return words.length === 1 ? { op, socket } : undefined;
  }
}

function parseBind(socket: number, owner: Owner, words: readonly string[]): Step | undefined {
  const [address, ...flags] = words;
  if (address === undefined) return undefined;
  const options = CHANGEABLE.filter((option) => flags.includes(option));
  const v6only = flags.includes('v6only');
  if (options.length + (v6only ? 1 : 0) !== flags.length) return undefined;
  const place = placeOf(checked(address), v6only);
  return place === undefined ? undefined : { op: 'bind', socket, owner, ...place, options };
}

/** The name to bind to for an address; IPv4 has no IPV6_V6ONLY. */
export function placeOf(address: string, v6only: boolean): Place | undefined {
  if (isInet(address)) return v6only ? undefined : { family: 'inet', address, v6only };
  return { family: 'inet6', address, v6only };
}

function checked(address: string): string {
  try {
    if (isInet(address)) parseIPv4(address);
    else parseIPv6(address);
  } catch (error) {
    throw new BadSequence((error as Error).message);
  }
  return address;
}

function isChangeable(option: string | undefined): option is Changeable {
  return CHANGEABLE.some((known) => known === option);
}

/** A name is made once, before it is used. */
function checkNames(steps: readonly Step[]): void {
  const made = new Set<number>();
  for (const step of steps) {
    const used = step.op === 'accept' ? step.listener : step.socket;
    const makes = step.op === 'bind' || step.op === 'accept';
    if (makes && made.has(step.socket)) {
      throw new BadSequence(`'${formatStep(step)}': there is an s${step.socket} already`);
    }
    if (step.op !== 'bind' && !made.has(used)) {
      throw new BadSequence(`'${formatStep(step)}': there is no s${used} before it`);
    }
    if (makes) made.add(step.socket);
  }
}
