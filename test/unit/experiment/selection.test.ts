import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, type Registered } from '../../../src/experiment/cells.ts';
import { matcher, NothingSelected, select } from '../../../src/experiment/selection.ts';
import { anExperiment } from '../../support/trials.ts';
import { caseCount } from '../../support/cases.ts';

const nothing = { run: async () => ({}), expect: null as never };
const axes = { protocol: ['udp', 'tcp'], family: ['inet', 'inet6'] } as const;
const registry: Registered[] = [
  { id: 'bind/twice', experiment: anExperiment({ ...nothing, axes, tags: ['conflict'] }) },
  { id: 'bind/twice-apart', experiment: anExperiment({ ...nothing, tags: ['conflict', 'slow'] }) },
  { id: 'tcp/listen', experiment: anExperiment({ ...nothing, claims: { 'three-names': { says: null as never } } }) },
];
const ids = (...selectors: string[]) => select(registry, selectors).map(({ id }) => id);
const TWICE = [
  'bind/twice/protocol:udp/family:inet',
  'bind/twice/protocol:udp/family:inet6',
  'bind/twice/protocol:tcp/family:inet',
  'bind/twice/protocol:tcp/family:inet6',
];

describe('cells', () => {
  it('are the combinations of the axes, in their order', () => {
    expect(cellsOf(registry[0] as Registered).map(({ id }) => id)).toEqual(TWICE);
  });

  it('are one where there are no axes, and none for an axis without values', () => {
    expect(cellsOf({ id: 'a/b', experiment: anExperiment(nothing) })).toMatchObject([{ id: 'a/b', values: {} }]);
    expect(cellsOf({ id: 'a/b', experiment: anExperiment({ ...nothing, axes: { none: [] } }) })).toEqual([]);
  });

  it('leave out what makes no sense', () => {
    const declared = anExperiment({
      ...nothing,
      axes,
      only: ({ protocol, family }) => protocol === 'udp' || family === 'inet',
    });
    expect(cellsOf({ id: 'a/b', experiment: declared }).map(({ values }) => values)).toEqual([
      { protocol: 'udp', family: 'inet' },
      { protocol: 'udp', family: 'inet6' },
      { protocol: 'tcp', family: 'inet' },
    ]);
  });
});

describe('a selection', () => {
  it.each([
    [[], [...TWICE, 'bind/twice-apart', 'tcp/listen']],
    [['bind'], [...TWICE, 'bind/twice-apart']],
    [['bind/'], [...TWICE, 'bind/twice-apart']],
    // It matches whole segments only.
    [['bind/twice'], TWICE],
    [['bind/twice/protocol:udp'], TWICE.slice(0, 2)],
    [['bind/twice/protocol:tcp/family:inet'], [TWICE[2]]],
    [['conflict'], [...TWICE, 'bind/twice-apart']],
    [['slow'], ['bind/twice-apart']],
    [['three-names'], ['tcp/listen']],
    [['bind/*'], [...TWICE, 'bind/twice-apart']],
    [['*/twice'], TWICE],
    [['bind/tw*'], [...TWICE, 'bind/twice-apart']],
    [['**/family:inet'], [TWICE[0], TWICE[2]]],
    [['*/family:inet6', '**:inet6'], 'unknown selector'],
    [['**udp**'], TWICE.slice(0, 2)],
    [
      ['tcp', 'slow'],
      ['bind/twice-apart', 'tcp/listen'],
    ],
    [['tcp', 'tcp/listen', '*/listen'], ['tcp/listen']],
  ] as const)('by %j', (selectors, expected) => {
    if (typeof expected === 'string') expect(() => ids(...selectors)).toThrow(expected);
    else expect(ids(...selectors)).toEqual(expected);
  });

  it.each([
    ['bin', "unknown selector 'bin'; did you mean 'bind'?"],
    ['listen', "unknown selector 'listen'; did you mean 'tcp/listen'?"],
    ['udp/listen', "unknown selector 'udp/listen'; did you mean 'tcp/listen'?"],
    ['xy', "unknown selector 'xy'; 'bindspec list' shows the experiments"],
    ['', "unknown selector ''; 'bindspec list' shows the experiments"],
    ['toString', "unknown selector 'toString'; 'bindspec list' shows the experiments"],
  ])('of nothing by %j says what may be close', (selector, message) => {
    expect(() => ids('tcp', selector)).toThrow(NothingSelected);
    expect(() => ids('tcp', selector)).toThrow(message);
  });

  it('agrees with a simple reference for any glob', () => {
    const alphabet = ['a', 'b', '/', '.', ':', '(', '+'];
    const id = fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
    const pattern = fc
      .array(fc.constantFrom(...alphabet, '*', '**'), { minLength: 1, maxLength: 7 })
      .map((parts) => parts.join(''))
      // A slash at the end is removed, and three stars in a row mean two stars and one star.
      .filter((text) => text.includes('*') && !text.includes('***') && !text.endsWith('/'));
    const [cell] = cellsOf({ id: 'x', experiment: anExperiment(nothing) });
    if (!cell) throw new Error('no cell');
    fc.assert(
      fc.property(id, pattern, (text, glob) => {
        expect(matcher(glob)({ ...cell, id: text })).toBe(reference(glob, text));
      }),
      { numRuns: caseCount(5000) },
    );
  });
});

/** Whether a glob matches an id or something that the id is below, one character at a time. */
function reference(glob: string, id: string): boolean {
  if (glob === '') return id === '' || id.startsWith('/');
  if (glob.startsWith('**')) return reference(glob.slice(2), id) || (id !== '' && reference(glob, id.slice(1)));
  if (glob.startsWith('*')) {
    return reference(glob.slice(1), id) || (id !== '' && !id.startsWith('/') && reference(glob, id.slice(1)));
  }
  return id !== '' && id.startsWith(glob.charAt(0)) && reference(glob.slice(1), id.slice(1));
}
