import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible } from '../../../src/text/visible.ts';

describe('visible text', () => {
  it('has an escape for what cannot be seen', () => {
    expect(visible('a\u0000\t\r\n\u001B\u007F\u0085\u00AD\u200B\u2028\u202E\uFEFF\uD800\uFFFF\u{E0001}b')).toBe(
      String.raw`a\x00\t\r\n\x1b\x7f\x85\xad\u200b\u2028\u202e\ufeff\ud800\uffff\u{e0001}b`,
    );
  });

  it('leaves the rest alone', () => {
    for (const text of ['', 'plain ]]> | <b> "\\"', 'ünïcödé 日本 🦊']) expect(visible(text)).toBe(text);
  });

  it('is one line without controls, and visible already, whatever it is of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });
});
