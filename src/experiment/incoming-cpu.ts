import type { Family, Operation } from '../protocol/messages.ts';
import { onFirstProcessor } from './processor.ts';
import { CROWDS, togetherInWords } from './receiving/scene.ts';
import { open, prepareSockets, type Protocol } from './talk.ts';
import { addressOf, type Trial } from './trial.ts';

/** What SO_INCOMING_CPU of a socket says: the sender's processor, another, or nothing, because it is not set. */
type Processor = 'here' | 'elsewhere' | 'unset';

/** Two sockets on one port, by what each says. */
const PROCESSORS = {
  neither: ['unset', 'unset'],
  'first here': ['here', 'unset'],
  'second here': ['unset', 'here'],
  'each its own': ['here', 'elsewhere'],
  'both elsewhere': ['elsewhere', 'elsewhere'],
} as const satisfies Record<string, readonly [Processor, Processor]>;
type Pair = keyof typeof PROCESSORS;

interface Sharing {
  readonly protocol: Protocol;
  readonly family: Family;
  /** The option by which they share the port. */
  readonly option: 'SO_REUSEADDR' | 'SO_REUSEPORT';
  /** Whether SO_INCOMING_CPU is set before bind(), or when both sockets are there. */
  readonly when: 'before' | 'after';
}

const NUMBERS = { here: 0, elsewhere: 1 } as const;
const NAMES = ['first', 'second'] as const;

/**
 * For each pair, many sources, all on the first processor, send one datagram or connect once to the port of the two
 * sockets. Over loopback a packet is received on the processor that sent it. Returns who received, in words.
 */
export async function onProcessor(trial: Trial, sharing: Sharing): Promise<Record<Pair, string>> {
  const client = await trial.part('client');
  const received = await onFirstProcessor(trial, client, async () => {
    const pairs: [string, string][] = [];
    for (const [pair, processors] of Object.entries(PROCESSORS)) {
      pairs.push([pair, await receiversOf(trial, sharing, processors)]);
    }
    return pairs;
  });
  return Object.fromEntries(received) as Record<Pair, string>;
}

async function receiversOf(
  trial: Trial,
  { protocol, family, option, when }: Sharing,
  processors: readonly [Processor, Processor],
): Promise<string> {
  const to = { address: addressOf(trial.facts, family, 'loopback'), port: await trial.anotherPort() };
  const telling = (place: number): Operation[] => {
    const which = processors[place] ?? 'unset';
    if (which === 'unset') return [];
    return [{ op: 'setsockopt', on: 'socket', option: 'SO_INCOMING_CPU', value: NUMBERS[which] }];
  };
  const parts = [await trial.part('first'), await trial.part('second')] as const;
  for (const [place, part] of parts.entries()) {
    await prepareSockets(part, [
      ...open('socket', protocol, family, 1),
      { op: 'setsockopt', on: 'socket', option, value: 1 },
      ...(when === 'before' ? telling(place) : []),
      { op: 'bind', on: 'socket', ...to },
      ...(protocol === 'tcp' ? [{ op: 'listen', on: 'socket' } as const] : []),
    ]);
  }
  if (when === 'after') for (const [place, part] of parts.entries()) await prepareSockets(part, telling(place));

  const client = await trial.part('client');
  const count = CROWDS[2];
  if (protocol === 'udp') await client.do({ op: 'burst', family, to, count });
  else {
    const sockets = Array.from({ length: count }, () => client.fresh('source'));
    const connect = { op: 'connect', ...to, within: trial.connectPatience } as const;
    await client.do(...sockets.flatMap((on) => [...open(on, 'tcp', family, null), { ...connect, on }]));
  }
  const receivers: string[] = [];
  for (const [place, part] of parts.entries()) {
    const [drained] = await part.do({ op: 'drain', on: 'socket' }, { op: 'close', on: 'socket' });
    if (Object.keys(drained?.counts ?? {}).length > 0) receivers.push(NAMES[place] ?? '');
  }
  return receivers.length === 0 ? 'no one' : togetherInWords(receivers);
}
