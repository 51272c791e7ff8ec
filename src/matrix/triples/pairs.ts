import { NO_DEVICES, type Uid } from '../axes.ts';
import type { Block } from '../blocks.ts';
import { spellSpec, type Spec } from '../sockets.ts';
import { ownerOf, stateOf, type TriplePlace, type TripleCorner } from './axes.ts';
import type { TripleBlock } from './blocks.ts';

/** The corner of the pair that one of the first two sockets and the third one make. */
export interface PairCorner {
  readonly protocol: TripleCorner['protocol'];
  readonly state: 'bound' | 'listening';
  readonly uid: Uid;
}

/** The pair that a socket of a triple makes with the third. */
export function pairWith(corner: TripleCorner, place: Exclude<TriplePlace, 'third'>): PairCorner {
  const uid = ownerOf(corner, place) === ownerOf(corner, 'third') ? 'same' : 'different';
  return { protocol: corner.protocol, state: stateOf(corner, place), uid };
}

/** A corner of pairs as a key. */
export function pairKey({ protocol, state, uid }: PairCorner): string {
  return `${protocol} ${state} ${uid}`;
}

/** The blocks of pairs that some triples are compared with, each once. */
export function pairBlocksFor(blocks: readonly TripleBlock[]): Block[] {
  const found = new Map<string, { corner: PairCorner; first: Map<string, Spec>; second: readonly Spec[] }>();
  for (const block of blocks) {
    for (const place of ['first', 'second'] as const) {
      const corner = pairWith(block, place);
      const known = found.get(pairKey(corner)) ?? { corner, first: new Map(), second: block.third };
      for (const spec of block[place]) known.first.set(spellSpec(spec), spec);
      found.set(pairKey(corner), known);
    }
  }
  return [...found.values()].map(({ corner, first, second }) => ({
    ...corner,
    devices: NO_DEVICES,
    first: [...first.values()],
    second,
  }));
}

/**
 * What two pairs say about a third socket beside both: it is refused at the call at which one of them refuses it, and at
 * bind() if they refuse it at different calls. Null where one of the pairs says nothing about it.
 */
export function bothSay(one: string, other: string): string | null {
  const answers = [one, other];
  if (answers.some((answer) => answer.startsWith('first '))) return null;
  const refusal = (call: string) => answers.find((answer) => answer.startsWith(`${call} `));
  return refusal('bind') ?? refusal('listen') ?? answers.find((answer) => answer !== 'ok') ?? 'ok';
}
