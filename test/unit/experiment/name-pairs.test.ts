import { describe, expect, test } from 'vitest';
import type { Came } from '../../../src/experiment/planned.ts';
import { collisionsIn } from '../../../src/experiment/name-pairs.ts';

const ok: Came = { outcome: 'ok', call: 'bind' };
const used: Came = { outcome: 'EADDRINUSE', call: 'bind' };
const away: Came = { outcome: 'EADDRNOTAVAIL', call: 'bind' };

/** The outcomes of the sockets of all pairs of IPv6 names, where all bind except those at some places. */
function cameWith(places: Readonly<Record<number, Came>>): Came[] {
  return Array.from({ length: 2 * 4 * 4 }, (_, place) => places[place] ?? ok);
}

describe('every pair of names', () => {
  test('collides where the second socket is refused', () => {
    expect(collisionsIn(cameWith({ 1: used, 5: used }), { family: 'inet6' })).toEqual({
      collisions: { wildcard: 'wildcard, external', loopback: '', external: '', 'second-external': '' },
      errors: ['EADDRINUSE'],
    });
  });

  test('counts a first socket that is refused, and tells its error', () => {
    expect(collisionsIn(cameWith({ 2: away, 9: used }), { family: 'inet6' })).toEqual({
      collisions: { wildcard: 'loopback', loopback: 'wildcard', external: '', 'second-external': '' },
      errors: ['EADDRNOTAVAIL', 'EADDRINUSE'],
    });
  });

  test('has an outcome for each socket', () => {
    expect(() => collisionsIn(cameWith({}).slice(0, -1), { family: 'inet6' })).toThrow('pair 15 has no outcome');
  });
});
