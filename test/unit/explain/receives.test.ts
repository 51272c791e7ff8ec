import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import { cautionsInWords, receiversOf } from '../../../src/explain/told.ts';
import { BadWanted, readWanted } from '../../../src/explain/wanted.ts';
import type { SystemName } from '../../../src/model/types.ts';

/** Who receives on a system, in the lines that the explanation prints. */
function told(system: SystemName, ...texts: string[]): readonly string[] {
  return receiversOf(explain(texts, { systems: [system] })).flatMap(({ lines }) => lines);
}

describe('who receives', () => {
  test('two of SO_REUSEPORT: a hash, the oldest, the newest', () => {
    const texts = ['udp 0.0.0.0:53 reuseport', 'udp 0.0.0.0:53 reuseport'];
    expect(told('linux', ...texts)).toEqual([
      '127.0.0.1 and other IPv4 addresses: socket 1 or socket 2, by the sender’s address and port',
    ]);
    expect(told('darwin', ...texts)).toEqual([
      '127.0.0.1 and other IPv4 addresses: socket 1',
      'Socket 2 would receive nothing.',
    ]);
    expect(told('openbsd', ...texts)).toContain('Socket 1 would receive nothing.');
  });

  test('the more specific, address by address', () => {
    expect(told('linux', 'udp 0.0.0.0:53 reuseaddr', 'udp 10.1.2.3:53 reuseaddr')).toEqual([
      '127.0.0.1 and other IPv4 addresses: socket 1',
      '10.1.2.3: socket 2',
    ]);
  });

  test('both families', () => {
    expect(told('linux', 'udp [::]:53 reuseaddr v6only=0', 'udp 0.0.0.0:53 reuseaddr')).toEqual([
      '127.0.0.1 and other IPv4 addresses: socket 2',
      '::1 and other IPv6 addresses: socket 1',
    ]);
  });

  test('not known on Windows of two UDP sockets on one name', () => {
    expect(told('windows', 'udp 127.0.0.1:53 reuseaddr', 'udp 127.0.0.1:53 reuseaddr')).toContain(
      '127.0.0.1: not known',
    );
  });

  test('nothing of what is refused, of one socket, or of sockets that are apart', () => {
    expect(told('linux', 'udp 0.0.0.0:53', 'udp 0.0.0.0:53')).toEqual([]);
    expect(told('linux', 'udp 0.0.0.0:53')).toEqual([]);
    expect(told('linux', 'udp 0.0.0.0:53', 'udp 0.0.0.0:54')).toEqual([]);
  });
});

describe('one case of what is sent', () => {
  const asked = (texts: readonly string[], to?: string, from?: string) =>
    explain(texts, {
      ...readWanted({ system: 'linux', ...(to === undefined ? {} : { to }), ...(from === undefined ? {} : { from }) }),
    });
  const lines = (...words: Parameters<typeof asked>) => receiversOf(asked(...words), true).flatMap((one) => one.lines);

  test('to an address, from an address', () => {
    const pair = ['udp 0.0.0.0:53 reuseaddr', 'udp 10.1.2.3:53 reuseaddr'];
    expect(lines(pair, '10.1.2.3')).toEqual(['10.1.2.3: socket 2']);
    expect(lines(pair, '127.0.0.1')).toContain('127.0.0.1: socket 1');
    expect(lines(['udp 0.0.0.0:53'], '[::1]')).toEqual(['::1: no one, the sender is refused']);
    expect(lines(pair, undefined, '192.0.2.9:4000')).toEqual([
      '127.0.0.1 and other IPv4 addresses: socket 1',
      '10.1.2.3: socket 2',
    ]);
  });

  test.each([
    [{ to: 'here' }, /'here' is not an address of a machine; write it as in --to 127\.0\.0\.1/],
    [{ to: '0.0.0.0' }, /not an address of a machine/],
    [{ from: '*:80' }, /--from 127\.0\.0\.1/],
    [{ to: '::1', from: '127.0.0.1' }, /of the other family/],
  ])('that can not be is said in one line: %j', (words, message) => {
    expect(() => readWanted(words)).toThrow(BadWanted);
    expect(() => readWanted(words)).toThrow(message);
  });
});

describe('what may surprise is said', () => {
  const said = (system: SystemName, ...texts: string[]) =>
    cautionsInWords(explain(texts, { systems: [system] })).join('\n');

  test('one socket gets everything, and it depends on the order', () => {
    const pair = ['udp 0.0.0.0:53 reuseaddr', 'udp 0.0.0.0:53 reuseaddr'];
    expect(said('linux', ...pair)).toBe(
      'Careful: socket 2 gets everything, and socket 1 nothing (Linux).\n' +
        'Careful: it depends on the order in which they are bound (Linux).',
    );
    expect(said('linux', 'udp 0.0.0.0:53 reuseport', 'udp 0.0.0.0:53 reuseport')).toBe('');
    expect(said('darwin', 'udp 0.0.0.0:53 reuseport', 'udp 0.0.0.0:53 reuseport')).toMatch(/socket 1 gets everything/);
  });

  test('no one gets it', () => {
    expect(said('linux', 'tcp 127.0.0.1:80 reuseaddr bound', 'tcp 0.0.0.0:80 reuseaddr')).not.toMatch(/no one gets/);
    expect(said('openbsd', 'udp 127.0.0.1:53', 'udp 0.0.0.0:53 reuseaddr')).not.toMatch(/no one gets/);
  });

  test('not where each has its own', () => {
    expect(said('linux', 'udp 0.0.0.0:53 reuseaddr', 'udp 10.1.2.3:53 reuseaddr')).toBe('');
  });
});
