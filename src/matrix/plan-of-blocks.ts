import type { Missing } from '../lab/lab.ts';
import { NO_DEVICES } from './axes.ts';
import type { Corner } from './selection.ts';

// What the plans of pairs, of triples and of receivers have in common.

/** A part that can't be run here, and how much it is of what is counted. */
export type Skip<Unit extends 'pairs' | 'triples'> = Readonly<Missing> & { readonly what: string } & Readonly<
    Record<Unit, number>
  >;

/** What is to be run, as blocks, and what can't be. */
export interface PlanOfBlocks<Block, Unit extends 'pairs' | 'triples' = 'pairs'> {
  readonly blocks: readonly Block[];
  readonly skipped: readonly Skip<Unit>[];
}

/** The reason why the platform and its lab can't do a corner, or null. */
export type ObstacleAt<AnyCorner> = (corner: AnyCorner) => Readonly<Missing> | null;

/** The axes that a corner of pairs has, whichever states the sockets may be in. */
type PairAxes = Omit<Corner, 'state'>;

/** A corner of pairs in words for people. @param states the states in words */
export function pairCornerInWords({ protocol, uid, devices }: PairAxes, states: string): string {
  const tied = devices === NO_DEVICES ? '' : `, devices ${devices}`;
  return `${protocol.toUpperCase()}, ${states}, ${uid} uid${tied}`;
}

/** The options that choose one pair. @param state the state as the command line spells it */
export function pairOptions(
  { protocol, uid, devices }: PairAxes,
  state: string,
  first: string,
  second: string,
): string[] {
  const tied = devices === NO_DEVICES ? [] : [`--devices ${devices}`];
  return [
    `--protocol ${protocol}`,
    `--state ${state}`,
    `--first '${first}'`,
    `--second '${second}'`,
    `--uid ${uid}`,
    ...tied,
  ];
}

/** The command that runs something of the matrix again. @param more words that it must also have */
export function commandAgain(options: readonly string[], more: readonly string[]): string {
  return ['npx bindspec matrix', ...options, ...more, '--no-reports'].join(' ');
}
