import type { Timing } from '../../record/difference.ts';
import { leaves } from '../../experiment/expectation.ts';

/**
 * From how many milliseconds on an answer was waited for. Answers that nothing delays took up to 88 ms on the slowest
 * machine that there is a record of, an emulated one, and the shortest wait that an experiment puts in is 100 ms.
 */
const WAIT = 100;
/** From here on a timer of the protocol ran out: the first retransmission of TCP comes after a second (RFC 6298, 2.1). */
const SECONDS = 1000;
/** Two times that are less apart than this are the same on another day, on whichever side of a border they lie. */
const FACTOR = 2;

/** A time by what it tells: that nothing was waited for, that something was, or that a timer ran out. */
export function timingOf(milliseconds: number): Timing {
  if (milliseconds < WAIT) return 'at once';
  return milliseconds < SECONDS ? 'after a wait' : 'after seconds';
}

/** Whether two times are of different classes, and not just on two sides of a border. */
export function isOtherTiming(one: number, other: number): boolean {
  const [less, more] = one < other ? [one, other] : [other, one];
  return timingOf(less) !== timingOf(more) && more >= less * FACTOR;
}

/** The times in an observation with their places. They are what an experiment puts under `milliseconds`. */
export function timesIn(observation: unknown): { place: string; milliseconds: number }[] {
  return leaves(observation).flatMap(([place, value]) =>
    isTimePlace(place) && typeof value === 'number' ? [{ place, milliseconds: value }] : [],
  );
}

/** Whether a place of an observation has a time in it. */
export function isTimePlace(place: string): boolean {
  return place.split('.').includes('milliseconds');
}
