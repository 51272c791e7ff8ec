import { expect, test } from 'vitest';
import { FreebsdPort } from './freebsd.ts';
import { differenceIn } from './fuzz.ts';

const SEQUENCES = 300;

// The models' tables and rules were written by one reader of the sources, the ports by another.
test.each(['13.2', '14.1', '14.3', '15.0'] as const)('freebsd %s says what a port of its source says', (release) => {
  const differences = Array.from({ length: SEQUENCES }, (_, index) => {
    const protocol = index % 2 === 0 ? 'udp' : 'tcp';
    const kernel = new FreebsdPort(protocol === 'udp', release);
    return differenceIn({ setting: { release }, protocol, kernel, seed: 7919 * index });
  });
  expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
});
