import { describe, expect, it } from 'vitest';
import { SeenErrors } from '../../../src/record/errors.ts';

describe('the errors seen in a run', () => {
  it('are listed by name, each with its number and class', () => {
    const seen = new SeenErrors();
    seen.see('ECONNREFUSED', 111, true);
    seen.see('EADDRINUSE', 98, true);
    seen.see('EADDRINUSE', 98, true);
    seen.see('errno-4711', 4711, true);
    for (const word of ['ok', 'silence', 'eof', 'dropped']) seen.see(word, undefined, true);
    expect(Object.entries(seen.legend())).toEqual([
      ['EADDRINUSE', { number: 98, class: 'address-in-use' }],
      ['ECONNREFUSED', { number: 111, class: 'connection-refused' }],
      ['errno-4711', { number: 4711, class: null }],
    ]);
  });

  it('have no number until one is given, and keep it then', () => {
    const seen = new SeenErrors();
    seen.see('ENOENT', undefined, true);
    expect(seen.legend()).toEqual({ ENOENT: { number: null, class: 'no-such-file' } });
    seen.see('ENOENT', 2, true);
    seen.see('ENOENT', undefined, true);
    expect(seen.legend()).toEqual({ ENOENT: { number: 2, class: 'no-such-file' } });
  });

  it('have the number of the machine under test where hosts differ', () => {
    const seen = new SeenErrors();
    seen.see('EADDRINUSE', 48, false);
    expect(seen.legend()).toMatchObject({ EADDRINUSE: { number: 48 } });
    seen.see('EADDRINUSE', 98, true);
    seen.see('EADDRINUSE', 48, false);
    expect(seen.legend()).toMatchObject({ EADDRINUSE: { number: 98 } });
  });
});
