import type { Cell } from '../../experiment/cells.ts';
import { leaves } from '../../experiment/expectation.ts';
import { compareVersions } from '../../experiment/versions.ts';
import type { ComparedCell, ComparedPlatform } from '../../record/comparison.ts';
import { sameOutcome } from '../../protocol/outcome-class.ts';
import { expectationFor } from '../../verdict/judge.ts';
import { sameAt } from '../comparison/same-outcomes.ts';
import { expectedInWords } from '../words.ts';
import type { ToldOutcome } from '../outcomes.ts';
import { NO_ANSWER, type Likeness, type PlatformAnswer, type SystemAnswer } from './answer.ts';
import { readersWord, wordOfLikeness } from './word.ts';

type Seen = ComparedCell['on'][string];

const JUDGED_OTHERWISE: ReadonlySet<string> = new Set(['fail', 'known', 'stale']);

/** The platforms of one system, the newest last; stacks of it, such as user-mode Linux, first. */
export function platformsOf(system: string, platforms: readonly ComparedPlatform[]): ComparedPlatform[] {
  return platforms
    .filter(({ platform, run }) => platform.system === system && run !== undefined)
    .toSorted((one, other) => rank(one) - rank(other) || byRelease(one, other));
}

/** Other kernels of Linux run as guests, and are its kernels all the same. */
function rank({ platform }: ComparedPlatform): number {
  return platform.stack?.startsWith('uml') === true ? 0 : 1;
}

/** A record may come from anyone, with a release that begins with no number. */
function byRelease({ platform: one }: ComparedPlatform, { platform: other }: ComparedPlatform): number {
  const [left, right] = [one.release, other.release].map((release) => (/^\d/.test(release) ? release : '0'));
  return compareVersions(left, right ?? '0');
}

/** What a cell is compared with: what Linux did, and what is right there. */
export interface LinuxBase {
  /** What its newest kernel did; null where it was not observed. */
  readonly outcomes: readonly ToldOutcome[] | null;
  /** What is right on Linux, by place, in words; null where this bindspec does not have the cell. */
  readonly right: ReadonlyMap<string, string> | null;
}

/** What other systems are compared with in a cell. */
export function linuxBase(
  cell: Cell | undefined,
  compared: ComparedCell | undefined,
  platforms: readonly ComparedPlatform[],
): LinuxBase {
  const resolved = cell === undefined ? null : expectationFor(cell, 'linux');
  return {
    outcomes: newestOf(compared, platformsOf('linux', platforms))?.outcomes ?? null,
    right: resolved && new Map(leaves(resolved.expect).map(([place, expected]) => [place, expectedInWords(expected)])),
  };
}

/** What the platforms of one system did in a cell; no answer where none of them observed anything. */
export function observedAnswer(
  cell: ComparedCell | undefined,
  platforms: readonly ComparedPlatform[],
  base: LinuxBase,
): SystemAnswer {
  const on = platforms.flatMap(({ name, platform }): PlatformAnswer[] => {
    const seen = observedBy(cell, name);
    if (seen === null) return [];
    const likeness = likenessOf(seen, base);
    const word = readersWord(seen.outcomes) || wordOfLikeness(likeness, platform.system === 'linux');
    return [{ platform: name, word, likeness }];
  });
  const newest = on.at(-1);
  if (newest === undefined) return NO_ANSWER;
  const likeness = worst(on.map((one) => one.likeness));
  return {
    ...NO_ANSWER,
    word: newest.word,
    likeness,
    basis: 'observed',
    cases: { answered: 1, observed: 1, alike: 1 },
    on,
  };
}

/** The most telling of several: something that is not expected, then a difference. */
export function worst(all: readonly Likeness[]): Likeness {
  return (['deviates', 'differs', 'same'] as const).find((one) => all.includes(one)) ?? 'none';
}

function newestOf(cell: ComparedCell | undefined, platforms: readonly ComparedPlatform[]): Seen | null {
  const seen = platforms.flatMap(({ name }) => observedBy(cell, name) ?? []);
  return seen.at(-1) ?? null;
}

function observedBy(cell: ComparedCell | undefined, name: string): Seen | null {
  const seen = cell !== undefined && Object.hasOwn(cell.on, name) ? cell.on[name] : undefined;
  if (seen === undefined || seen.verdict === 'skipped' || seen.verdict === 'error') return null;
  return seen.outcomes.length === 0 ? null : seen;
}

/** Who of a group receives, and the like, may vary on Linux too; that does not count as a difference. */
function likenessOf({ verdict, outcomes }: Seen, { outcomes: linux, right }: LinuxBase): Likeness {
  if (JUDGED_OTHERWISE.has(verdict)) return 'deviates';
  if (linux === null && right === null) return verdict === 'differs' ? 'differs' : 'same';
  const isSame = outcomes.every(
    (outcome) => sameAt(outcome, linux ?? []) || allows(right?.get(keyOf(outcome.place)), outcome.observed),
  );
  return isSame ? 'same' : 'differs';
}

/** A place as expectations write it: `calls.0` for what observations call `calls[0]`. */
function keyOf(place: string): string {
  return place.replaceAll(/\[(\d+)\]/g, '.$1');
}

/** Whether words for what is right have room for what was observed; `anything but …` and bounds stand as they are. */
function allows(right: string | undefined, observed: string): boolean {
  if (right === undefined) return false;
  const but = /^anything but (.*)$/.exec(right)?.[1];
  if (but !== undefined) return !sameOutcome(but, observed);
  return right === observed || right.split(' or ').some((one) => sameOutcome(one, observed));
}
