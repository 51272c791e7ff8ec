import { describe, expect, test } from 'vitest';
import { last, lastRule, play } from './steps.ts';

const OVER_4 = '1 bind :: dual; 1 connect 127.0.0.1 to=::ffff:127.0.0.2; 1 disconnect';
const TO_6 = '1 connect ::1 to=::1';

describe('an IPv6 TCP socket that connected over IPv4 never connects over IPv6 again', () => {
  test.each([
    ['bound', OVER_4],
    ['after a connection over IPv6', `1 bind :: dual; ${TO_6}; 1 disconnect; ${OVER_4.slice(16)}`],
    ['refused', '1 bind :: dual; 1 connect 127.0.0.1 to=::ffff:127.0.0.1 => ECONNREFUSED'],
    ['accepted', '9 bind :: dual; 9 listen; 1 accept ::ffff:127.0.0.1 from=9'],
    ['begun only', '1 bind :: dual; 1 start ::ffff:127.0.0.1 to=::ffff:127.0.0.1; 1 disconnect'],
  ])('%s', (_, text) => {
    const before = text.includes('accept')
      ? `${text}; 1 disconnect; 1 autobind ::1 :: dual to=::1`
      : `${text}; ${TO_6}`;
    expect(last('linux', 'tcp', before)).toBe('ETIMEDOUT or EINPROGRESS');
    expect(lastRule('linux', 'tcp', before)).toBe('connect-after-ipv4');
  });

  test('the socket keeps its port, and its name while it waits', () => {
    const waits = `${OVER_4}; 1 start ::1 to=::1`;
    expect(last('linux', 'tcp', waits)).toBe('EINPROGRESS');
    expect(last('linux', 'tcp', `${waits}; 2 bind ::1 v6only`)).toBe('EADDRINUSE');
    expect(last('linux', 'tcp', `${waits}; 2 bind 127.0.0.1`)).toBe('ok');
    expect(last('linux', 'tcp', `${waits}; 1 listen`)).toBe('EINVAL');
    expect(last('linux', 'tcp', `${waits}; 1 connect ::1 to=::1`)).toContain('EALREADY');
    expect(last('linux', 'tcp', `${OVER_4}; ${TO_6}; 2 bind 127.0.0.1`)).toBe('EADDRINUSE');
  });

  test('it still connects over IPv4, and listens', () => {
    expect(last('linux', 'tcp', `${OVER_4}; 1 connect 127.0.0.1 to=::ffff:127.0.0.1`)).toBe('ok');
    expect(last('linux', 'tcp', `${OVER_4}; 1 listen`)).toBe('ok');
  });

  test('a connect() over IPv4 that finds no way to its peer ends it', () => {
    const undone = `${OVER_4}; 1 connect 127.0.0.1 to=::ffff:192.0.2.1 => ENETUNREACH; ${TO_6}`;
    expect(last('linux', 'tcp', undone)).toBe('ok');
    expect(last('linux', 'tcp', `1 bind :: dual; 1 connect to=::ffff:192.0.2.1 => ENETUNREACH; ${TO_6}`)).toBe('ok');
  });

  test('also on another port, after it lost the first', () => {
    const first = '1 autobind 127.0.0.1 :: dual to=::ffff:127.0.0.1; 1 disconnect';
    expect(last('linux', 'tcp', `${first}; 1 autobind ::1 :: dual to=::1`)).toContain('ETIMEDOUT');
    expect(last('linux', 'tcp', `${first}; 1 bind :: dual; ${TO_6}`)).toContain('ETIMEDOUT');
    const refused = '1 autobind 127.0.0.1 :: dual to=::ffff:127.0.0.1 => ECONNREFUSED';
    expect(last('linux', 'tcp', `${refused}; 1 bind :: dual; ${TO_6}`)).toContain('ETIMEDOUT');
  });

  test('UDP, and other systems, have nothing of it', () => {
    expect(last('linux', 'udp', `${OVER_4}; ${TO_6}`)).toBe('ok');
    expect(last('gvisor', 'tcp', `${OVER_4}; ${TO_6}`)).not.toContain('ETIMEDOUT');
  });
});

describe('a connect() that does not wait', () => {
  test.each([
    ['linux', 'EINPROGRESS'],
    ['freebsd', 'EINPROGRESS'],
    ['windows', 'WSAEWOULDBLOCK'],
  ] as const)('%s', (system, pending) => {
    expect(last(system, 'tcp', '1 bind W; 1 start 127.0.0.1 to=127.0.0.1')).toBe(pending);
    expect(last(system, 'tcp', '1 autostart 127.0.0.1 W to=127.0.0.1')).toBe(pending);
    expect(last(system, 'udp', '1 bind W; 1 start 127.0.0.1 to=127.0.0.1')).toBe('ok');
  });

  test('an error that is known at once is returned at once', () => {
    const text = '1 bind S A; 1 connect 127.0.0.1 to=10.9.9.9; 2 bind S A; 2 start 127.0.0.1 to=10.9.9.9';
    expect(last('linux', 'tcp', text)).toBe('EADDRNOTAVAIL');
  });
});

describe('connect() and sendto() of a socket without a port, when they fail', () => {
  test.each([
    ['connect', '1 autobind 0.0.0.0 W to=192.0.2.9 => ENETUNREACH'],
    ['sendto', '1 autosend W to=192.0.2.9 => ENETUNREACH'],
    ['connect over IPv6', '1 autobind :: :: dual to=2001:db8::1 => ENETUNREACH'],
  ])('UDP keeps the chosen port: %s', (_, failed) => {
    expect(last('linux', 'udp', `${failed}; 1 bind S`)).toBe('EINVAL');
    expect(last('linux', 'udp', `${failed}; 2 bind 127.0.0.1`)).toBe('EADDRINUSE');
    expect(last('linux', 'udp', `${failed}; 1 disconnect; 1 bind 127.0.0.1`)).toBe('ok');
    expect(last('linux', 'udp', `${failed}; 1 disconnect; 2 bind 127.0.0.1`)).toBe('ok');
    expect(play('linux', 'udp', failed).at(-1)?.rule).toBe('linux/connect-chooses-first');
  });

  test('gVisor keeps the port of sendto(), the BSDs that of a datagram that was refused', () => {
    const send = (error: string) => `1 autosend W to=192.0.2.255 => ${error}; 2 bind W`;
    expect([last('gvisor', 'udp', send('EHOSTUNREACH')), last('gvisor', 'udp', send('EACCES'))]).toEqual([
      'EADDRINUSE',
      'EADDRINUSE',
    ]);
    expect(last('gvisor', 'udp', '1 autobind 0.0.0.0 W to=192.0.2.9 => EHOSTUNREACH; 2 bind W')).toBe('ok');
    expect(last('gvisor', 'tcp', '1 autobind 0.0.0.0 W to=192.0.2.9 => EHOSTUNREACH; 2 bind W')).toBe('ok');
    for (const system of ['freebsd', 'openbsd', 'netbsd'] as const) {
      expect(last(system, 'udp', send('EACCES')), system).toBe('EADDRINUSE');
      expect(last(system, 'udp', send('EHOSTUNREACH')), system).toBe('ok');
      expect(last(system, 'tcp', '1 autobind 0.0.0.0 W to=192.0.2.9 => EHOSTUNREACH; 2 bind W'), system).toBe('ok');
    }
  });

  test.each(['ENETUNREACH', 'EADDRNOTAVAIL', 'EINVAL', 'ECONNREFUSED'])('TCP keeps none: %s', (error) => {
    expect(last('linux', 'tcp', `1 autobind 0.0.0.0 W to=192.0.2.9 => ${error}; 2 bind 127.0.0.1`)).toBe('ok');
    expect(last('linux', 'tcp', `1 autobind 0.0.0.0 W to=192.0.2.9 => ${error}; 1 bind 127.0.0.1`)).toBe('ok');
  });
});
