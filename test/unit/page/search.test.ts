import { describe, expect, it } from 'vitest';
import { askedIn } from '../../../src/page/ask/texts.ts';
import { hits, searchFor } from '../../../src/page/systems/search.ts';

describe('a search in the words of readers', () => {
  it.each(['EADDRINUSE', 'address already in use', '10048', 'port in use', 'port 3000 already in use', 'errno 48'])(
    'takes %s for the same error',
    (text) => {
      expect(searchFor(text)).toEqual({ systems: [], words: [['in use', 'eaddrinuse']] });
    },
  );

  it.each([
    ['mac', 'darwin'],
    ['Darwin', 'darwin'],
    ['bind fails on my Mac only', 'darwin'],
    ['docker', 'engines'],
    ['FreeBSD', 'freebsd'],
  ])('takes %s for a system', (text, system) => {
    expect(searchFor(text).systems).toEqual([system]);
  });

  it('does not take a part of a word for a system', () => {
    expect(searchFor('machine').systems).toEqual([]);
  });

  it('wants every other word', () => {
    const search = searchFor('restart wildcard');
    expect(hits('a restart', search)).toBe(1);
    expect(hits('a restart of a wildcard', search)).toBe(2);
  });
});

describe('what is written into one field', () => {
  it.each([
    ['tcp 0.0.0.0:80 and tcp [::]:80', ['tcp 0.0.0.0:80', 'tcp [::]:80']],
    ['0.0.0.0 with ::', ['tcp 0.0.0.0:8080', 'tcp [::]:8080']],
    ['is 0.0.0.0 with :: allowed on FreeBSD?', ['tcp 0.0.0.0:8080', 'tcp [::]:8080']],
    ['tcp 0.0.0.0:80', ['tcp 0.0.0.0:80']],
  ])('is read as sockets: %s', (written, texts) => {
    expect(askedIn(written, {}).texts).toEqual(texts);
  });

  it('is one text where it is an error message', () => {
    const message = 'Error: listen EADDRINUSE: address already in use :::3000';
    const { texts, explanation } = askedIn(message, {});
    expect(texts).toEqual([message]);
    expect(explanation.answer[0]).toContain('3000');
  });

  it('is refused in words of the whole where it names no socket', () => {
    expect(() => askedIn('my cat is in use', {})).toThrow(/my/);
  });
});
