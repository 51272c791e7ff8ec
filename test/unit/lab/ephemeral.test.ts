import { describe, expect, it } from 'vitest';
import { ephemeralRange, portsBeside, rangeIn, type PortRange } from '../../../src/lab/ephemeral.ts';
import { hostFacts } from '../../../src/lab/host.ts';
import { portRange } from '../../../src/runner/port-range.ts';

const USUAL = { from: 20_000, to: 29_999 };
const range = (from: number, to: number): PortRange => ({ from, to });
const overlaps = (one: PortRange, other: PortRange) => one.from <= other.to && other.from <= one.to;

describe('the ports that a system chooses by itself', () => {
  it('are in the text of Linux, and known of the others', () => {
    expect(rangeIn('32768\t60999\n')).toEqual(range(32_768, 60_999));
    expect(rangeIn('')).toBeNull();
    expect(ephemeralRange('plan9')).toBeNull();
  });

  it.each([
    ['freebsd', range(2000, 9999)],
    ['openbsd', range(49_152, 65_535)],
    ['netbsd', USUAL],
    ['darwin', USUAL],
    ['win32', USUAL],
  ])('are not used on %s', (system, expected) => {
    const ephemeral = ephemeralRange(system);
    const facts = hostFacts({}, true, { system, ephemeral });
    expect(portRange(facts)).toEqual(expected);
    expect(overlaps(portRange(facts), ephemeral ?? USUAL)).toBe(false);
  });

  it.each([
    ['where it begins at 1024', range(1024, 49_151), range(49_152, 65_535)],
    ['where it begins at 10000', range(10_000, 65_535), range(2000, 9999)],
    ['as Linux has it', range(32_768, 60_999), null],
    ['where it ends below', range(1024, 19_999), null],
    ['where nearly all is taken', range(1024, 65_535), null],
    ['where too little is left', range(3000, 65_000), null],
    ['where nothing is known', null, null],
  ])('leave others %s', (_, ephemeral, expected) => {
    expect(portsBeside(ephemeral, USUAL)).toEqual(expected);
  });
});

it('ports beside those of the system are others from the first one on that both have', () => {
  const usual = { from: 20_000, to: 30_000 };
  expect(portsBeside({ from: 30_001, to: 65_535 }, usual)).toBeNull();
  expect(portsBeside({ from: 30_000, to: 65_535 }, usual)).toEqual({ from: 2000, to: 29_999 });
  expect(portsBeside({ from: 1024, to: 19_999 }, usual)).toBeNull();
  expect(portsBeside({ from: 1024, to: 20_000 }, usual)).toEqual({ from: 20_001, to: 65_535 });
});

it('ports beside those of the system are used from 2000 of them on', () => {
  const usual = { from: 20_000, to: 30_000 };
  expect(portsBeside({ from: 4000, to: 65_535 }, usual)).toEqual({ from: 2000, to: 3999 });
  expect(portsBeside({ from: 3999, to: 65_535 }, usual)).toBeNull();
});
