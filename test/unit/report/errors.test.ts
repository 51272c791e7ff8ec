import { describe, expect, it } from 'vitest';
import { errorsInWords } from '../../../src/report/errors.ts';

const errors = {
  EADDRINUSE: { number: 98, class: 'address-in-use' },
  ENOENT: { number: null, class: 'no-such-file' },
  'errno-4711\u001B[2J': { number: 4711, class: null },
};

describe('errors in words', () => {
  it('are those of the record, with what is not known told as such and nothing that steers a terminal', () => {
    expect(errorsInWords({ errors })).toEqual([
      { name: 'EADDRINUSE', number: '98', class: 'address-in-use' },
      { name: 'ENOENT', number: 'not told', class: 'no-such-file' },
      { name: String.raw`errno-4711\x1b[2J`, number: '4711', class: 'none' },
    ]);
  });

  it('are only those that cells observed, wherever in the observation', () => {
    const observed = (observation: unknown) => errorsInWords({ errors }, [{ observation }]).map(({ name }) => name);
    expect(observed({ first: 'ok', second: ['ok', 'EADDRINUSE'] })).toEqual(['EADDRINUSE']);
    expect(observed({ deep: [{ call: 'ENOENT' }] })).toEqual(['ENOENT']);
    expect(observed({ EADDRINUSE: 'ok' })).toEqual([]);
    expect(observed(undefined)).toEqual([]);
    expect(errorsInWords({ errors }, [])).toEqual([]);
  });

  it('are none in a run that met none', () => {
    expect(errorsInWords({ errors: {} })).toEqual([]);
  });
});
