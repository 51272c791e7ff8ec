import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import { receiversOf } from '../../../src/explain/told.ts';
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
