import { describe, expect, it } from 'vitest';
import { headline, outcomeWord } from '../../../../src/report/page/headline.ts';
import type { ToldOutcome } from '../../../../src/report/outcomes.ts';

const told = (places: Record<string, string>): ToldOutcome[] =>
  Object.entries(places).map(([place, observed]) => ({ place, observed }));

describe('an outcome in a word', () => {
  it.each([
    ['EADDRINUSE', 'in use'],
    ['WSAEADDRINUSE', 'in use'],
    ['WSAECONNREFUSED', 'refused'],
    ['EPERM', 'denied'],
    ['EHOSTDOWN', 'unreachable'],
    ['eof', 'closed'],
    ['errno-4242', 'errno-4242'],
  ])('of %s is %s', (outcome, word) => {
    expect(outcomeWord(outcome)).toBe(word);
  });

  it('is empty for a value that is not an outcome', () => {
    expect(['loopback', '3', 'null', 'Echo'].map(outcomeWord)).toEqual([null, null, null, null]);
  });
});

describe('what was observed, in a word', () => {
  it.each([
    [{ first: 'ok', second: 'EADDRINUSE', call: 'bind' }, 'in use'],
    [{ servers: 'ok, ok', by: 'first, second' }, 'ok'],
    [{ server: 'ok', served: 'answered', closed: 'silence' }, 'answered, silence'],
    [{ server: 'ok', a: 'answered', b: 'ECONNREFUSED', c: 'ECONNREFUSED', requests: '1' }, '1 of 3 answered'],
    [{ a: 'silence', b: 'ECONNREFUSED', c: 'ECONNREFUSED' }, 'silence, refused'],
    [{ server: 'ok', received: 'impostor, server', rest: 'silence' }, 'heard impostor, server'],
    [{ received: 'none', rest: 'silence' }, 'heard no one'],
    [{ received: '2', rest: 'silence' }, 'silence'],
    [{ loopback: 'still', neighbour: 'moved', count: '4' }, 'still, moved'],
    [{ count: '4' }, '4'],
    [{}, 'nothing'],
  ])('of %j is %s', (places, word) => {
    expect(headline(told(places))).toBe(word);
  });

  it('is cut where it is long', () => {
    expect(headline(told({ text: 'x'.repeat(99) }))).toHaveLength(41);
  });

  it('says where it is not what most did, if the words alone do not', () => {
    const most = told({ servers: 'ok, ok', by: 'first, second', counts: '1, 1' });
    expect(headline(most, most)).toBe('ok');
    expect(headline(told({ servers: 'ok, ok', by: 'first, null', counts: '1, 1' }), most)).toBe(
      'ok, otherwise different',
    );
    expect(headline(told({ servers: 'ok, EADDRINUSE', by: 'first, null', counts: '1, 0' }), most)).toBe('in use');
    const apart = told({ a: '1', b: '2', c: '3', d: 'ok' });
    expect(headline(apart, told({ a: '3', b: '1', c: '2', d: 'ok' }))).toBe('ok, otherwise different');
    expect(headline(told({ second: 'WSAEADDRINUSE' }), told({ second: 'EADDRINUSE' }))).toBe('in use');
  });
});
