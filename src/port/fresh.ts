import { advise } from '../explain/advise.ts';
import { answerOf } from '../explain/answer.ts';
import type { Advice } from '../explain/judge.ts';
import type { Question } from '../explain/question.ts';
import { holderInWords, type Reading } from '../explain/reader/reading.ts';
import { nameOf } from '../explain/reader/spell.ts';
import { list } from '../explain/sentences.ts';
import { OPTIONS } from '../model/options.ts';
import type { Options, PresentSocket, Protocol, SystemName } from '../model/types.ts';
import type { PresentReading } from './present.ts';
import type { NewSockets } from './report.ts';

/** What a new socket is asked about. */
export interface AskedSocket {
  readonly protocol: Protocol;
  readonly port: number;
  /** The machine's own addresses beside loopback. */
  readonly addresses: readonly string[];
  readonly uid: number | undefined;
  /** The options that it would have; what servers usually set when left out. */
  readonly options?: Options;
  readonly system: SystemName;
  /** What is known of the machine. */
  readonly machine: Pick<Question, 'kernel' | 'releases' | 'settings'>;
}

/** How much advice there is room for. */
const MOST_ADVICE = 2;

/** What new sockets would get on each name, and what would help the widest that is refused. */
export function freshSockets(
  present: readonly PresentReading[],
  asked: AskedSocket,
): { fresh: NewSockets[]; helps: string[] } {
  const variants = variantsOf(asked);
  const first = variants.map((options) => answersWith(present, asked, options));
  const [usual = { groups: [], advice: [] }, ...others] = first;
  // Other options are worth a line only where they change something.
  const same = new Set(usual.groups.map(keyOf));
  const more = others.flatMap(({ groups }) => groups.filter((group) => !same.has(keyOf(group))));
  return { fresh: [...usual.groups, ...more], helps: usual.advice };
}

/** Servers of TCP set SO_REUSEADDR almost everywhere on Unix, and those of UDP nothing. */
function variantsOf({ protocol, options }: AskedSocket): Options[] {
  if (options !== undefined) return [options];
  return protocol === 'tcp' ? [{ reuseaddr: true }, {}] : [{}];
}

function keyOf({ names, outcomes, holder }: NewSockets): string {
  return JSON.stringify([names, outcomes, holder]);
}

function answersWith(present: readonly PresentReading[], asked: AskedSocket, options: Options) {
  const groups = new Map<string, { -readonly [Key in keyof NewSockets]: NewSockets[Key] }>();
  let advice: string[] | undefined;
  for (const { name, socket } of candidates(asked, options)) {
    const { uid } = asked;
    const reading: Reading = {
      text: name,
      socket: { ...socket, ...(uid === undefined ? {} : { uid }) },
      plainWithoutDual: false,
      notes: [],
    };
    const question: Question = { readings: [...present.map((one) => one.reading), reading], ...asked.machine };
    const answer = answerOf(asked.system, question);
    const { outcomes, call, rule, works } = answer;
    const holder = works === 'yes' ? undefined : answer.holder;
    const key = JSON.stringify([outcomes, call, holder]);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, {
        names: [name],
        options: optionNames(options),
        outcomes,
        call,
        rule: rule.id,
        ...(holder === undefined ? {} : { holder }),
      });
    } else group.names = [...group.names, name];
    if (answer.works !== 'yes') advice ??= adviceIn(advise(question, [answer]), present, name);
  }
  return { groups: [...groups.values()], advice: advice ?? [] };
}

function optionNames(options: Options): string[] {
  return Object.keys(options).map((key) => OPTIONS[key as keyof Options].name);
}

interface Candidate {
  readonly name: string;
  readonly socket: PresentSocket;
}

/** The names that a program could ask for, the widest first. */
function candidates({ protocol, port, addresses }: AskedSocket, options: Options): Candidate[] {
  const at = (address: string, v6only?: boolean): PresentSocket => ({
    protocol,
    family: address.includes(':') ? 'inet6' : 'inet',
    address,
    port,
    options,
    ...(v6only === undefined ? {} : { v6only }),
  });
  return [
    { name: '[::]', socket: at('::', false) },
    { name: '[::] v6only', socket: at('::', true) },
    { name: '0.0.0.0', socket: at('0.0.0.0') },
    ...['127.0.0.1', '::1', ...addresses].map((address) => ({
      name: address.includes(':') ? `[${address}]` : address,
      socket: at(address),
    })),
  ];
}

/** Advice in words that say whose socket it is, in place of its number. Another port always helps, so it is left out. */
function adviceIn(advice: readonly Advice[], present: readonly PresentReading[], name: string): string[] {
  const useful = advice.filter(({ kind }) => kind !== 'port');
  // Where ending one is enough, ending several is left out.
  const [end] = useful
    .filter(({ kind }) => kind === 'end' || kind === 'wait' || kind === 'machine')
    .toSorted((one, other) => one.changes.length - other.changes.length);
  const others = useful.filter(({ kind }) => kind !== 'end' && kind !== 'wait' && kind !== 'machine');
  return [...(end === undefined ? [] : [end]), ...others]
    .slice(0, MOST_ADVICE)
    .map((one) => endingInWords(one, present) ?? withNames(one.brief ?? one.text, present, name));
}

/** Which programs are to be ended, each once; undefined for other advice, and where a program is not known. */
function endingInWords({ kind, changes }: Advice, present: readonly PresentReading[]): string | undefined {
  if (kind !== 'end') return undefined;
  const holders = changes.map(({ socket }) => present[socket]?.reading.holder);
  if (holders.some((holder) => holder === undefined)) return undefined;
  return `end ${list([...new Set(holders.flatMap((holder) => (holder === undefined ? [] : [holderInWords(holder)])))])}`;
}

function withNames(text: string, present: readonly PresentReading[], name: string): string {
  const called = (place: number) =>
    place >= present.length ? `the new socket (${name})` : calledSocket(present, place);
  return text
    .replaceAll('both sockets', list(['the new socket', ...present.map((_, place) => calledSocket(present, place))]))
    .replaceAll(/\bsockets ((?:\d+, )*\d+ and \d+)/g, (_, numbers: string) =>
      list([...numbers.matchAll(/\d+/g)].map(([number]) => called(Number(number) - 1))),
    )
    .replaceAll(/\bsocket (\d+)/g, (_, number: string) => called(Number(number) - 1));
}

/** A socket that is there, by its program and its name. */
function calledSocket(present: readonly PresentReading[], place: number): string {
  const reading = present[place]?.reading;
  if (reading === undefined) return 'a socket';
  const { holder, socket } = reading;
  return holder?.program === undefined ? nameOf(socket) : `${holder.program}’s ${nameOf(socket)}`;
}
