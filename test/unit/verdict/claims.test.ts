import { describe, expect, it } from 'vitest';
import { CLAIMS } from '../../../src/documents/claims.ts';
import type { CellRecord } from '../../../src/record/record.ts';
import { evidenceOf, judgeClaims } from '../../../src/verdict/claims.ts';
import { anExperiment, cells } from '../../support/trials.ts';

interface Given {
  holds: boolean;
  when?: string;
  values?: Record<string, string>;
  experiment?: string;
}

const CLAIM = 'refusal-is-immediate';
const AGAINST = [{ path: 'outcome', expected: 'silence', observed: 'ECONNREFUSED' }];
const record = ({ holds, when, values = {}, experiment = 'a/b' }: Given): CellRecord => ({
  id: [experiment, ...Object.entries(values).map(([axis, value]) => `${axis}:${value}`)].join('/'),
  experiment,
  title: '',
  asks: '',
  values,
  verdict: 'pass',
  observation: {},
  disagreements: [],
  claims: [{ claim: CLAIM, holds, against: holds ? [] : AGAINST, ...(when === undefined ? {} : { when }) }],
  duration: 0,
  attempts: 1,
  transcript: [],
});
const verdict = (...given: Given[]) => {
  const found = judgeClaims(given.map(record)).find(({ id }) => id === CLAIM);
  return `${found?.verdict}: ${found?.detail}`;
};
const udp = { protocol: 'udp' };
const tcp = { protocol: 'tcp' };
const net = (protocol: string, family: string) => ({ protocol, family });

describe('the verdict on a claim', () => {
  it.each<[string, Given[]]>([
    ['untested: no experiment that puts it to the test ran', []],
    ['untested: no experiment that puts it to the test ran', [{ holds: true, when: 'it rains' }]],
    ['confirmed: in 1 cell', [{ holds: true }]],
    ['confirmed: in 3 cells', [{ holds: true }, { holds: true }, { holds: true, when: 'it rains' }]],
    ['refuted: observed outcome: ECONNREFUSED, where the document says silence, in 1 cell', [{ holds: false }]],
    [
      'refuted: observed outcome: ECONNREFUSED, where the document says silence, in 2 cells',
      [{ holds: false }, { holds: false }, { holds: false, when: 'it rains' }],
    ],
    [
      'refuted: observed outcome: ECONNREFUSED, where the document says silence, in 1 cell; true only when it rains, or when it snows',
      [
        { holds: false },
        { holds: true, when: 'it rains' },
        { holds: true, when: 'it snows' },
        { holds: true, when: 'it rains' },
      ],
    ],
    [
      'qualified: true, but not when it rains, or when it snows',
      [
        { holds: true },
        { holds: false, when: 'it rains' },
        { holds: true, when: 'it hails' },
        { holds: false, when: 'it snows' },
      ],
    ],
    [
      'qualified: true for protocol udp, not for protocol tcp',
      [
        { holds: true, values: udp },
        { holds: false, values: tcp },
      ],
    ],
    [
      'qualified: true for a/b, not for a/c',
      [
        { holds: true, values: udp },
        { holds: false, values: udp, experiment: 'a/c' },
      ],
    ],
    [
      'qualified: true for protocol udp, not for protocol tcp',
      [
        { holds: true, values: net('udp', 'inet') },
        { holds: true, values: net('udp', 'inet6') },
        { holds: false, values: net('tcp', 'inet') },
        { holds: false, values: net('tcp', 'inet6') },
      ],
    ],
    [
      // No single value distinguishes them.
      'qualified: true for protocol udp with family inet, protocol tcp with family inet6, not for protocol udp with family inet6, protocol tcp with family inet',
      [
        { holds: true, values: net('udp', 'inet') },
        { holds: false, values: net('udp', 'inet6') },
        { holds: false, values: net('tcp', 'inet') },
        { holds: true, values: net('tcp', 'inet6') },
      ],
    ],
    [
      'qualified: true for protocol udp, family inet6, not for protocol tcp with family inet',
      [
        { holds: true, values: net('udp', 'inet') },
        { holds: true, values: net('udp', 'inet6') },
        { holds: false, values: net('tcp', 'inet') },
        { holds: true, values: net('tcp', 'inet6') },
      ],
    ],
    [
      'qualified: true for a/b/protocol:udp, not for a/b/protocol:tcp, a/c/protocol:udp',
      [
        { holds: true, values: udp },
        { holds: false, values: tcp },
        { holds: false, values: udp, experiment: 'a/c' },
      ],
    ],
  ])('%s', (expected, given) => expect(verdict(...given)).toBe(expected));

  it('is given for every claim, with the cells on which it rests', () => {
    const all = judgeClaims([record({ holds: true, values: udp }), record({ holds: false, values: tcp })]);
    expect(all.map(({ id }) => id)).toEqual(Object.keys(CLAIMS));
    expect(all.find(({ id }) => id === CLAIM)).toMatchObject({
      claim: CLAIMS[CLAIM].claim,
      documents: ['fpnp'],
      holds: ['a/b/protocol:udp'],
      contradicts: ['a/b/protocol:tcp'],
    });
    expect(all.filter((claim) => claim.verdict === 'untested')).toHaveLength(all.length - 1);
  });
});

describe('what an observation says about claims', () => {
  it('is given for each claim that has something to say in the cell', () => {
    const declared = anExperiment<{ protocol: ['udp', 'tcp'] }, { outcome: string }>({
      axes: { protocol: ['udp', 'tcp'] },
      run: async () => ({ outcome: '' }),
      expect: {},
      claims: {
        'three-names': { says: { outcome: 'ok' } },
        'udp-may-drop': ({ protocol }) =>
          protocol === 'udp' ? { says: { outcome: 'silence' }, when: 'it is UDP' } : null,
      },
    });
    const [first, second] = cells('a/b', declared);
    if (!first || !second) throw new Error('no cells');
    expect(evidenceOf(first, { outcome: 'silence' })).toEqual([
      {
        claim: 'three-names',
        holds: false,
        against: [{ path: 'outcome', expected: 'ok', observed: 'silence' }],
      },
      { claim: 'udp-may-drop', holds: true, against: [], when: 'it is UDP' },
    ]);
    expect(evidenceOf(second, { outcome: 'ok' })).toEqual([{ claim: 'three-names', holds: true, against: [] }]);
  });

  it('is the same by whichever name a system calls an outcome', () => {
    const declared = anExperiment<{ protocol: ['udp'] }, { outcome: string; tries: number }>({
      axes: { protocol: ['udp'] },
      run: async () => ({ outcome: '', tries: 1 }),
      expect: {},
      claims: {
        'external-refuses-loopback': { says: { outcome: 'ECONNREFUSED', tries: 1 } },
        'port-reserved': { says: { outcome: { not: 'ECONNREFUSED' } } },
      },
    });
    const [cell] = cells('a/b', declared);
    const holding = (outcome: string, tries = 1) => evidenceOf(cell!, { outcome, tries }).map(({ holds }) => holds);
    expect(holding('ECONNREFUSED')).toEqual([true, false]);
    expect(holding('WSAECONNREFUSED')).toEqual([true, false]);
    expect(holding('WSAECONNRESET')).toEqual([false, true]);
    expect(holding('WSAECONNREFUSED', 2)).toEqual([false, false]);
  });
});
