import { describe, expect, test } from 'vitest';
import { BadPort, readPorts } from '../../../src/port/wanted-ports.ts';

const both = (port: number) => [
  { protocol: 'tcp', port },
  { protocol: 'udp', port },
];

describe('ports as they are written', () => {
  test.each([
    [['3000'], both(3000)],
    [['tcp', '3000'], [{ protocol: 'tcp', port: 3000 }]],
    [
      ['UDP', '53', '5353'],
      [
        { protocol: 'udp', port: 53 },
        { protocol: 'udp', port: 5353 },
      ],
    ],
    [
      ['udp', '53', 'tcp', '80'],
      [
        { protocol: 'udp', port: 53 },
        { protocol: 'tcp', port: 80 },
      ],
    ],
    [['http'], both(80)],
    [['HTTPS/tcp'], [{ protocol: 'tcp', port: 443 }]],
    [['tcp/8080', '8080/udp'], both(8080)],
    [['tcp:8080'], [{ protocol: 'tcp', port: 8080 }]],
    [[':8080'], both(8080)],
    [['80,443'], [...both(80), ...both(443)]],
    [['80', '080', 'http'], both(80)],
    [
      ['1', '65535'],
      [...both(1), ...both(65_535)],
    ],
  ])('%j', (words, ports) => {
    expect(readPorts(words)).toEqual(ports);
  });

  test.each([
    [[], 'no port is named'],
    [['tcp'], "no port follows 'tcp'"],
    [['0'], 'port 0 asks the system to choose one'],
    [['65536'], 'a port is at most 65535'],
    [['99999999999999999999'], 'a port is at most 65535'],
    [['-1'], "'-1' is neither a port"],
    [['3.5'], "'3.5' is neither a port"],
    [['0x50'], "'0x50' is neither a port"],
    [['htpt'], "'htpt' is neither a port"],
    [['sctp', '80'], "'sctp' is neither a port"],
    [['80/sctp'], "'80/sctp' is neither a port"],
    [[''], "'' is neither a port"],
    [['80-90'], "'80-90' is neither a port"],
    [['[::1]:80'], "'[::1]:80' is neither a port"],
    [['__proto__'], "'__proto__' is neither a port"],
    [['constructor'], "'constructor' is neither a port"],
    [Array.from({ length: 65 }, (_, index) => String(index + 1)), '65 ports are more than 64'],
  ])('%j is refused in one line', (words, message) => {
    let error: unknown;
    try {
      readPorts(words);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BadPort);
    expect((error as BadPort).message).toContain(message);
    expect((error as BadPort).message).not.toContain('\n');
  });
});
