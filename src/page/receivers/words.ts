import type { Spec } from '../../matrix/sockets.ts';
import { spellSpec } from '../../matrix/sockets.ts';
import { devicePair } from '../../matrix/axes.ts';
import type { ReceiverCorner, ReceiverState } from '../../matrix/receivers/axes.ts';
import type { ReceiverCell, ReceiverColumn } from './columns.ts';

const WHO: Readonly<Record<string, string>> = { '1': 'first', '2': 'second', '1+2': 'both' };

/** What became of a probe, for example `second`, or `first or second, by the sender’s port`. */
export function receivedInWords(words: readonly string[]): string {
  if (words.length === 0) return 'not known';
  const of = (word: string) => {
    const parts = word.split('|').map((part) => (Object.hasOwn(WHO, part) ? WHO[part] : part));
    return parts.length === 1 ? parts.join('') : `${parts.join(' or ')}, by the sender’s port`;
  };
  return words.length === 1 ? words.map(of).join('') : `${words.map(of).join(' or ')}, not known which`;
}

/** What a cell is called in the style: who got the probe. */
export function cellClass({ words }: ReceiverCell): string {
  const [word = '', ...others] = words;
  if (words.length === 0 || others.length > 0) return 'got-unsure';
  if (Object.hasOwn(WHO, word)) return `got-${WHO[word]}`;
  return word.includes('|') ? 'got-either' : 'got-none';
}

/** Whether two systems do something else with the same probe. A probe whose outcome is not known, or that was not sent, counts as alike. */
export function isApart(columns: readonly ReceiverColumn[], way: string): boolean {
  const all = columns.flatMap(({ cells }) => {
    const words = cells.get(way)?.words ?? [];
    return words.length === 0 ? [] : [words];
  });
  return all.some((one, place) => all.slice(place + 1).some((other) => !one.some((word) => other.includes(word))));
}

const STATES: Readonly<Record<ReceiverState, string>> = {
  bound: 'bound',
  listening: 'listening',
  connected: 'connected to a peer on the machine',
  'connected-out': 'connected to the neighbour',
};

/** A pair in a sentence. */
export function pairInWords({ protocol, states, uid, devices }: ReceiverCorner, first: Spec, second: Spec): string {
  const ties = devicePair(devices).map((device) => (device === undefined ? '' : ` and tied to ${device}`));
  const [one, other] = states.map((state, place) => `${STATES[state]}${ties[place] ?? ''}`);
  const owner = uid === 'same' ? 'the same user' : 'different users';
  return `${protocol.toUpperCase()}: the first ${spellSpec(first)} is ${one}, then the second ${spellSpec(second)} is ${other}; ${owner}`;
}
