import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSocket } from '../../../../src/explain/reader/read-texts.ts';
import { spell } from '../../../../src/explain/reader/spell.ts';
import { Unreadable } from '../../../../src/explain/reader/unreadable.ts';
import { OPTION_KEYS } from '../../../../src/model/options.ts';
import type { PresentSocket } from '../../../../src/model/types.ts';
import { caseCount } from '../../../support/cases.ts';

/** A text, and the socket in bindspec's own spelling. */
type Case = readonly [text: string, spelled: string];

const SPELLINGS: Readonly<Record<string, readonly Case[]>> = {
  "bindspec's own": [
    ['udp 127.0.0.1:53', 'udp 127.0.0.1:53'],
    ['udp [::]:53 v6only=0 reuseaddr', 'udp [::]:53 v6only=0 reuseaddr'],
    ['  TCP  127.0.0.1:80   SO_REUSEADDR=1 SO_REUSEPORT ', 'tcp 127.0.0.1:80 reuseaddr reuseport'],
    ['tcp 127.0.0.1:80 reuseaddr=0', 'tcp 127.0.0.1:80'],
    ['tcp 10.0.0.1:80 exclusive uid=33 dev=eth0 time-wait', 'tcp 10.0.0.1:80 exclusive uid=33 dev=eth0 time-wait'],
    ['tcp 0.0.0.0:80 connected local=10.0.0.1', 'tcp 0.0.0.0:80 connected local=10.0.0.1'],
    ['tcp [FD00:0:0::1]:80 reuseport_lb', 'tcp [fd00::1]:80 reuseport_lb'],
    ['tcp [::ffff:1.2.3.4]:80', 'tcp [::ffff:1.2.3.4]:80 v6only=0'],
    ['tcp 127.0.0.1:80 close_wait', 'tcp 127.0.0.1:80 close-wait'],
    ['127.0.0.1:80', 'tcp 127.0.0.1:80'],
  ],
  ss: [
    ['tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:*', 'tcp 0.0.0.0:80 listening'],
    ['tcp   LISTEN 0      511                *:80              *:*', 'tcp [::]:80 v6only=0 listening'],
    ['tcp LISTEN 0 128 [::]:443 [::]:*', 'tcp [::]:443 v6only=1 listening'],
    ['udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*', 'udp 127.0.0.53:53 dev=lo'],
    ['udp UNCONN 0 0 [fe80::1]%eth0:546 [::]:*', 'udp [fe80::1%eth0]:546'],
    ['LISTEN 0 128 0.0.0.0:80 0.0.0.0:*', 'tcp 0.0.0.0:80 listening'],
    ['UNCONN 0 0 0.0.0.0:68 0.0.0.0:*', 'udp 0.0.0.0:68'],
    ['tcp ESTAB 0 0 10.0.0.5:22 10.0.0.9:51312', 'tcp 10.0.0.5:22 connected'],
    ['tcp TIME-WAIT 0 0 127.0.0.1:80 127.0.0.1:5000', 'tcp 127.0.0.1:80 time-wait'],
    ['tcp SYN-SENT 0 1 127.0.0.1:80 127.0.0.1:5000', 'tcp 127.0.0.1:80 connecting'],
    [
      'tcp LISTEN 0 4096 *:80 *:* users:(("nginx: master",pid=8,fd=6),("x",pid=9,fd=6)) uid:33 ino:77 sk:1 cgroup:/a v6only:0 <->',
      'tcp [::]:80 v6only=0 uid=33 listening',
    ],
    ['*:80', 'tcp [::]:80 v6only=0'],
    ['udp *:53', 'udp [::]:53 v6only=0'],
  ],
  netstat: [
    ['tcp6 0 0 :::8080 :::* LISTEN', 'tcp [::]:8080 listening'],
    ['tcp6 0 0 ::1:631 :::* LISTEN 1234/cupsd', 'tcp [::1]:631 listening'],
    ['udp 0 0 0.0.0.0:68 0.0.0.0:*', 'udp 0.0.0.0:68'],
    ['udp 0 0 0.0.0.0:68 0.0.0.0:* 1000 12345 77/dhclient', 'udp 0.0.0.0:68'],
    ['tcp 0 0 127.0.0.1:80 127.0.0.1:40000 TIME_WAIT -', 'tcp 127.0.0.1:80 time-wait'],
    ['tcp6 0 0 127.0.0.1:80 127.0.0.1:40000 ESTABLISHED', 'tcp [::ffff:127.0.0.1]:80 v6only=0 connected'],
    ['TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 1044', 'tcp 0.0.0.0:135 listening'],
    ['UDP [::1]:53 *:* 7', 'udp [::1]:53'],
  ],
  'netstat of the BSDs': [
    ['tcp4 0 0 127.0.0.1.8080 *.* LISTEN', 'tcp 127.0.0.1:8080 listening'],
    ['tcp4 0 0 *.80 *.* LISTEN', 'tcp 0.0.0.0:80 listening'],
    ['tcp46 0 0 *.80 *.* LISTEN', 'tcp [::]:80 v6only=0 listening'],
    ['tcp6 0 0 *.80 *.* LISTEN', 'tcp [::]:80 v6only=1 listening'],
    ['tcp6 0 0 ::1.8080 *.* LISTEN', 'tcp [::1]:8080 listening'],
    ['*.80', 'tcp 0.0.0.0:80'],
    ['udp4 0 0 *.5353 *.*', 'udp 0.0.0.0:5353'],
    ['tcp6 0 0 fe80::1%lo0.80 *.* LISTEN', 'tcp [fe80::1%lo0]:80 listening'],
  ],
  Go: [
    [':8080', 'tcp [::]:8080 v6only=0'],
    ['tcp :8080', 'tcp [::]:8080 v6only=0'],
    ['tcp4 :8080', 'tcp 0.0.0.0:8080'],
    ['tcp6 :8080', 'tcp [::]:8080 v6only=1'],
    ['tcp6 [::]:8080', 'tcp [::]:8080 v6only=1'],
    ['udp6 [::1]:53', 'udp [::1]:53'],
    ['tcp4 127.0.0.1:80', 'tcp 127.0.0.1:80'],
  ],
  'Node and URLs': [
    ['localhost:3000', 'tcp 127.0.0.1:3000'],
    ['tcp6 localhost:3000', 'tcp [::1]:3000'],
    ['http://localhost:3000/index.html', 'tcp 127.0.0.1:3000'],
    ['https://127.0.0.1', 'tcp 127.0.0.1:443'],
    ['udp://[::1]:53', 'udp [::1]:53'],
    ['tcp6://:80', 'tcp [::]:80 v6only=1'],
  ],
};

for (const [title, cases] of Object.entries(SPELLINGS)) {
  describe(`the spelling of ${title}`, () => {
    for (const [text, spelled] of cases) test(text, () => expect(spell(readSocket(text).socket)).toBe(spelled));
  });
}

describe('what is said of a choice', () => {
  const SAID: readonly (readonly [string, RegExp])[] = [
    ['*:80', /'\*:80' is read as ss prints it: a dual-stack socket/],
    [':8080', /':8080' is read as Go does: a dual-stack socket/],
    ['127.0.0.1:80', /no protocol is named: it is taken for TCP/],
    ['localhost:80', /localhost is taken for 127\.0\.0\.1; write \[::1\]/],
    ['tcp [::]:80', /leaves IPV6_V6ONLY open/],
    ['tcp6 0 0 :::80 :::*', /leaves IPV6_V6ONLY open/],
    ['tcp LISTEN 0 1 [::]:80 [::]:*', /IPV6_V6ONLY=1; a dual-stack socket would be \*/],
    ['tcp6 :80', /'tcp6 :80' is IPv6 only/],
    ['tcp4 :80', /IPv4 only/],
    ['tcp46 *.80', /dual-stack/],
    ['*.80', /netstat of the BSDs/],
    ['udp 127.0.0.53%lo:53', /%lo is the device/],
    ['udp [fe80::1%eth0]:53', /scope of a link-local/],
    ['tcp6 ::1:80', /read as netstat prints it: \[::1\]:80/],
  ];
  for (const [text, said] of SAID) test(text, () => expect(readSocket(text).notes.join('\n')).toMatch(said));

  test('what leaves no choice has nothing said of it', () => {
    for (const text of ['udp 127.0.0.1:53', 'tcp [::]:80 v6only=0', 'tcp *:80 v6only=1', 'tcp [::1]:80']) {
      expect(readSocket(text).notes).toEqual([]);
    }
  });
});

describe('the error for unreadable text has the word, its place, and what would be understood', () => {
  const WRONG: readonly (readonly [text: string, token: string, position: number, understood: RegExp])[] = [
    ['', '', 1, /name a socket, for example/],
    ['udp', '', 4, /a name is written/],
    ['tcp 8080', '', 9, /a port alone is written :80/],
    ['8080', '8080', 1, /a port alone is written :8080/],
    ['sctp 127.0.0.1:80', 'sctp', 1, /explained are TCP and UDP sockets/],
    ['udp 127.0.0.1:53 foo', 'foo', 18, /reuseaddr, reuseport, exclusive/],
    ['tcp 127.0.0.1:80 v6only=1', 'v6only=1', 18, /an IPv4 socket has no IPV6_V6ONLY/],
    ['tcp [::]:80 v6only=2', 'v6only=2', 13, /v6only is 0 or 1/],
    ['tcp 127.0.0.1:99999', '127.0.0.1:99999', 5, /up to 65535/],
    ['tcp 127.0.0.1:*', '127.0.0.1:*', 5, /from 1 to 65535/],
    ['tcp 127.0.0.1', '127.0.0.1', 5, /the port is missing/],
    ['tcp 127.0.0.256:80', '127.0.0.256:80', 5, /four numbers up to 255/],
    ['tcp example.org:http', 'example.org:http', 5, /use tcp or udp|a name is written/],
    ['tcp4 [::1]:80', '[::1]:80', 6, /IPv4 addresses only/],
    ['udp 127.0.0.1:80 listening', 'listening', 18, /a UDP socket is bound/],
    ['tcp 127.0.0.1:80 user=nginx', 'user=nginx', 18, /users are numbers/],
    ['tcp 127.0.0.1:80 reuseaddr exclusive', 'exclusive', 28, /exclude each other/],
    ['tcp 127.0.0.1:80 uid=x', 'uid=x', 18, /uid=1000/],
    ['tcp 127.0.0.1:80 local=x', 'local=x', 18, /local=127\.0\.0\.1/],
    ['ftp://127.0.0.1:80', 'ftp://127.0.0.1:80', 1, /http:\/\//],
    ['http://example.org/x', 'example.org:80', 8, /names of machines are not looked up/],
    ['tcp 127.0.0.1:80 listening listening', 'listening', 28, /a socket has one state/],
  ];
  for (const [text, token, position, understood] of WRONG) {
    test(`'${text}'`, () => {
      let caught: unknown;
      try {
        readSocket(text);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(Unreadable);
      expect(caught).toMatchObject({ token, position });
      expect((caught as Unreadable).message).toMatch(understood);
      expect((caught as Unreadable).message).not.toContain('\n');
    });
  }
});

const address = fc.oneof(
  fc.constantFrom('0.0.0.0', '127.0.0.1', '::', '::1', '::ffff:0.0.0.0', '::ffff:10.0.0.1'),
  fc.ipV4(),
);
const socket = fc
  .record({
    protocol: fc.constantFrom('udp' as const, 'tcp' as const),
    address,
    port: fc.integer({ min: 1, max: 65_535 }),
    v6only: fc.boolean(),
    options: fc.uniqueArray(fc.constantFrom(...OPTION_KEYS)),
    uid: fc.option(fc.nat(99_999), { nil: undefined }),
    device: fc.option(fc.constantFrom('lo', 'eth0', 'wlp3s0.1'), { nil: undefined }),
    state: fc.option(fc.constantFrom('listening' as const, 'connected' as const, 'time-wait' as const), {
      nil: undefined,
    }),
  })
  .map(({ protocol, address: name, port, v6only, options, uid, device, state }): PresentSocket => {
    const family = name.includes(':') ? 'inet6' : 'inet';
    const chosen = options.filter((key) => key !== 'exclusive' || !options.includes('reuseaddr'));
    return {
      protocol,
      family,
      ...(family === 'inet6' ? { v6only } : {}),
      address: name,
      port,
      ...(chosen.length === 0 ? {} : { options: Object.fromEntries(chosen.map((key) => [key, true])) }),
      ...(uid === undefined ? {} : { uid }),
      ...(device === undefined ? {} : { device }),
      ...(state === undefined || (protocol === 'udp' && state !== 'connected') ? {} : { state }),
    };
  });

describe('for every socket and every text', () => {
  test("what is written in bindspec's own spelling is read back as the same socket", () => {
    fc.assert(
      fc.property(socket, (one) => {
        expect(readSocket(spell(one)).socket).toEqual(one);
      }),
      { numRuns: caseCount(2000) },
    );
  });

  const words = fc.oneof(
    fc.constantFrom(
      'tcp',
      'udp6',
      'LISTEN',
      '0',
      '*:80',
      ':::80',
      '[::]:*',
      '[::1]:80',
      'uid=1',
      'v6only=0',
      ':',
      '%',
      '=',
      '*.*',
    ),
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'0129.:*[]%=abcfx/-'.split('')) }),
  );
  test('it is read, or refused with its own error and nothing else', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), (list) => {
        const text = list.join(' ');
        try {
          const { socket: read } = readSocket(text);
          expect(read.port).toBeGreaterThanOrEqual(0);
          expect(readSocket(spell(read)).socket).toEqual(read);
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
          expect(error.message).not.toMatch(/\n/);
        }
      }),
      { numRuns: caseCount(8000) },
    );
  });
});

/** What can't be read, and what the one line of the error says of it. */
test.each([
  ['', /^the text is empty; name a socket, for example 'tcp 127\.0\.0\.1:80'$/],
  [' \t', /^the text is empty/],
  ['tcp 127.0.0.1:foo', /no port is called 'foo' in \/etc\/services: write its number$/],
  [
    'tcp 127.0.0.1:80 uid=-1',
    /'uid=-1' at position 18 can't be read; uid is the number of a user, from 0 up, as in uid=1000$/,
  ],
  ['tcp 127.0.0.1:80 uid=root', /uid is the number of a user/],
  ['tcp 127.0.0.1:80 dev=', /dev is the name of a device, as in dev=eth0$/],
  ['tcp [::1]:80 v6only=2', /v6only is 0 or 1, as in v6only=1$/],
  ['tcp :80 reuseaddr=maybe', /reuseaddr is 0 or 1, as in reuseaddr=1$/],
  ['tcp :80 reuseadr', /'reuseadr' at position 9 can't be read; did you mean 'reuseaddr'\?$/],
  ['tcp :80 listenning', /did you mean 'listening'\?$/],
  ['tcp :80 tcp :81', /each socket is a text of its own: give them one by one$/],
  ['127.0.0.1:80,127.0.0.1:81', /each socket is a text of its own/],
  ['localhost', /the port is missing, as in localhost:80$/],
  ['tcp ::1', /the port is missing, as in \[::1\]:80$/],
  ['tcp 127.0.0.1:70000', /a port is a number up to 65535$/],
  ['tcp 256.0.0.1:80', /an IPv4 address has four numbers up to 255/],
  ['tcp example.com:80', /names of machines are not looked up: write the address of 'example\.com' in numbers$/],
  ['sctp 127.0.0.1:80', /explained are TCP and UDP sockets, and not sctp$/],
  ['/run/x.sock', /this is a Unix socket/],
])('%j is refused in words that help', (text, message) => {
  expect(() => readSocket(text)).toThrow(message);
});
