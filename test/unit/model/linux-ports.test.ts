import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { Protocol } from '../../../src/model/types.ts';
import { last, parse } from './steps.ts';

const IN_USE = 'EADDRINUSE';

/** The result of the last call on the port. Each line was observed on Linux 6.18. */
const LINES = `
udp | 1 bind 127.0.0.1 - chosen; 1 disconnect; 2 bind 127.0.0.1 | ok
udp | 1 bind 127.0.0.1 - chosen; 1 connect 127.0.0.1 to=127.0.0.1; 1 disconnect; 2 bind 127.0.0.1 | ok
udp | 1 bind 0.0.0.0 - chosen; 1 connect 127.0.0.1 to=127.0.0.1; 1 disconnect; 2 bind 127.0.0.1 | ok
udp | 1 bind 127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1; 1 disconnect; 2 bind 127.0.0.1 | EADDRINUSE
udp | 1 autosend 0.0.0.0 to=127.0.0.1; 2 bind 127.0.0.1 | EADDRINUSE
udp | 1 autosend 0.0.0.0 to=127.0.0.1; 1 disconnect; 2 bind 127.0.0.1 | ok
tcp | 1 bind 127.0.0.1 - chosen; 1 disconnect; 2 bind 127.0.0.1 | EADDRINUSE
tcp | 1 bind 127.0.0.1 A chosen; 1 listen | ok
tcp | 1 bind 127.0.0.1 - chosen; 1 listen; 1 disconnect; 2 bind 127.0.0.1 | ok
tcp | 1 bind 127.0.0.1 - chosen; 1 listen; 1 shutdown; 2 bind 127.0.0.1 | ok
tcp | 1 bind 127.0.0.1 - chosen; 1 listen; 1 shutdown; 1 bind 127.0.0.1 | ok
tcp | 1 bind 127.0.0.1; 1 listen; 1 shutdown; 2 bind 127.0.0.1 | EADDRINUSE
tcp | 1 autolisten 0.0.0.0; 1 shutdown; 2 bind 127.0.0.1 | ok
tcp | 1 bind 127.0.0.1 - chosen; 1 connect 127.0.0.1 to=127.0.0.1 => ECONNREFUSED; 2 bind 127.0.0.1 | ok
tcp | 1 bind 127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1 => ECONNREFUSED; 2 bind 127.0.0.1 | EADDRINUSE
tcp | 1 bind 127.0.0.1 - chosen; 1 connect 127.0.0.1 to=192.0.2.1 => EINVAL; 2 bind 127.0.0.1 | EADDRINUSE
tcp | 1 bind 127.0.0.1 - chosen; 1 connect 127.0.0.1 to=127.0.0.1; 1 peer-reset; 2 bind 127.0.0.1 | ok
tcp | 1 bind 127.0.0.1; 1 listen; 2 accept 127.0.0.1 from=1; 1 close; 3 bind 127.0.0.1 | EADDRINUSE
tcp | 1 bind 127.0.0.1; 1 listen; 2 accept 127.0.0.1 from=1; 1 close; 2 disconnect; 3 bind 127.0.0.1 | ok
tcp | 1 autobind ::ffff:127.0.0.1 :: dual A to=::ffff:127.0.0.1; 2 bind 127.0.0.1 A; 2 connect 127.0.0.1 to=127.0.0.1 | EADDRNOTAVAIL
tcp | 1 bind ::ffff:0.0.0.0; 1 connect 127.0.0.1 to=::ffff:127.0.0.1 => ECONNREFUSED; 2 bind 127.0.0.1 | EADDRINUSE
tcp | 1 bind ::ffff:0.0.0.0; 1 listen; 1 connect 127.0.0.1 to=::ffff:127.0.0.1 => EISCONN; 2 bind 127.0.0.2 | EADDRINUSE
tcp | 1 autolisten :: dual; 1 shutdown; 2 bind 0.0.0.0 A; 3 bind ::1 dual A; 4 bind 0.0.0.0 A | ok
`;

describe('a port that the program did not name', () => {
  test.each(LINES.trim().split('\n'))('%s', (line) => {
    const [protocol = '', steps = '', outcome] = line.split('|').map((part) => part.trim());
    expect(last('linux', protocol as Protocol, steps)).toBe(outcome);
  });
});

describe.each([
  ['linux', 'ENOTCONN'],
  ['gvisor', 'ENOTCONN'],
] as const)('on %s a socket that a disconnect took off its port is open still', (system, notConnected) => {
  const STEPS = '1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 disconnect';
  const then = (step: string) => last(system, 'udp', `${STEPS}; ${step}`);

  test.each([
    ['1 disconnect', 'ok'],
    ['1 set A', 'ok'],
    ['1 shutdown', notConnected],
    ['1 close', 'ok'],
    ['1 bind 127.0.0.1', 'ok'],
    ['1 disconnect; 1 bind 127.0.0.1; 2 bind 127.0.0.1', IN_USE],
  ])('%s: %s', (step, outcome) => {
    expect(then(step)).toBe(outcome);
  });

  test('once it is closed, or where it takes a port without a name, the step is refused', () => {
    expect(() => then('1 close; 1 close')).toThrow('socket 1 is not on the port');
    expect(() => then('1 connect 127.0.0.1')).toThrow("give its name as 'as'");
  });
});

describe.each(['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'gvisor', 'wine'] as const)(
  'a socket that is not bound receives on %s once it has a port',
  (system) => {
    const ask = (protocol: Protocol, step: string) =>
      models[system]
        .simulate()
        .step(parse(step, protocol))
        .after.receivers({ protocol, from: { address: '127.0.0.1', port: 5000 }, to: { address: '127.0.0.1' } })
        ?.outcomes;

    test('by sendto()', () => {
      expect(ask('udp', '1 autosend 0.0.0.0 to=127.0.0.1')).toEqual([[1]]);
    });

    test('by listen()', () => {
      expect(ask('tcp', '1 autolisten 0.0.0.0')).toEqual([[1]]);
    });
  },
);

test('on FreeBSD a socket that sendto() bound stands in the way of one with an option, as after bind()', () => {
  expect(last('freebsd', 'udp', '1 autosend 0.0.0.0 to=127.0.0.1; 2 bind 0.0.0.0 A')).toBe(IN_USE);
});

test('on Windows a connected socket hears its peer', () => {
  const port = models.windows
    .simulate()
    .step(parse('1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1 toport=5000', 'udp')).after;
  const packet = { protocol: 'udp', from: { address: '127.0.0.1', port: 5000 }, to: { address: '127.0.0.1' } } as const;
  expect(port.receivers(packet)?.outcomes).toEqual([[1]]);
});
