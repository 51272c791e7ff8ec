import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import type { Wanted } from '../../../src/explain/explanation.ts';
import { assumedOf } from '../../../src/explain/told.ts';
import { wrap } from '../../../src/text/wrap.ts';

const on = (systems: NonNullable<Wanted['systems']>, ...texts: string[]) => explain(texts, { systems });

describe('the answer', () => {
  const pieces = fc.constantFrom(
    'tcp 127.0.0.1:80',
    'tcp *:80 reuseaddr',
    'tcp [::]:80 v6only=0 reuseport uid=5',
    'tcp 0.0.0.0:80 exclusive',
    'tcp 127.0.0.2:80 bound',
    'tcp [::1]:80 time-wait',
    'tcp 192.0.2.7:80 uid=1000 reuseaddr',
    'node 4242 me 22u IPv6 0xabc 0t0 TCP *:80 (LISTEN)',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)',
    'listen tcp4 :80: bind: permission denied',
    'Error: listen EADDRNOTAVAIL: address not available 10.0.0.5:80',
    '10048',
  );

  test('has at most three lines of 80 characters, whatever is asked', () => {
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 4 }), (texts) => {
        const { answer } = explain(texts);
        expect(answer.length).toBeGreaterThan(0);
        const lines = answer.flatMap((sentence) => wrap(sentence, 80));
        expect(lines.length, answer.join('\n')).toBeLessThanOrEqual(3);
      }),
      { numRuns: 25 },
    );
  });

  test('of an error message says what it means, and where to look', () => {
    const { answer, find, answers } = explain(['Error: listen EADDRINUSE: address already in use :::3000']);
    expect(answer).toEqual([
      'In use: another socket has TCP port 3000, at an address that this one overlaps.',
      "To find who has it: ss -ltnp 'sport = :3000'",
    ]);
    expect(answers).toHaveLength(8);
    expect(find.map(({ command }) => command)).toContain('lsof -nP -iTCP:3000 -sTCP:LISTEN');
  });

  test('asks the systems of the message alone', () => {
    const systems = (text: string, wanted: Wanted = {}) => explain([text], wanted).answers.map(({ system }) => system);
    expect(systems('[Errno 48]')).toEqual(['darwin', 'freebsd', 'openbsd', 'netbsd']);
    expect(systems('10048')).toEqual(['windows', 'wine']);
    expect(systems('10048', { systems: ['linux'] })).toEqual(['linux']);
  });

  test('of who lacks a privilege, or an address, is what the message says', () => {
    const low = on(['linux'], 'listen tcp4 :80: bind: permission denied');
    expect(low.answers[0]?.outcomes).toEqual(['EACCES']);
    expect(low.answer.join(' ')).toMatch(/^Not permitted: port 80 takes a privilege/);
    const gone = on(['linux', 'openbsd'], 'listen tcp 10.0.0.5:80: bind: cannot assign requested address');
    expect(gone.answers.map(({ outcomes }) => outcomes.join())).toEqual(['EADDRNOTAVAIL', 'EADDRNOTAVAIL']);
    expect(gone.advice.find(({ text }) => text.includes('IP_FREEBIND'))?.helps).toEqual(['linux', 'openbsd']);
  });

  test('of an address that the text does not name says that', () => {
    expect(explain(["OSError: [Errno 49] Can't assign requested address"]).answer[0]).toMatch(
      /the address, which the text does not name/,
    );
  });

  test('names the process that a listing names', () => {
    const { answer, advice } = explain([
      'node 4242 me 22u IPv6 0xabc 0t0 TCP *:3000 (LISTEN)',
      'Error: listen EADDRINUSE: address already in use :::3000',
    ]);
    expect(advice[0]?.text).toBe('end the program that has socket 1, node (pid 4242), or close that socket first');
    expect(answer.join(' ')).toContain('end the program of socket 1, node (pid 4242)');
  });

  test('says it where the sockets that are named do not explain the message', () => {
    const { answer, find } = on(['linux'], 'tcp [::1]:80', 'listen tcp 127.0.0.1:80: bind: address already in use');
    expect(answer[0]).toMatch(/the other sockets here do not explain it/);
    expect(find).toHaveLength(1);
  });
});

describe('one socket alone', () => {
  test('is stopped by others, as the models say', () => {
    const [linux] = on(['linux'], 'tcp 0.0.0.0:80 reuseaddr').stops;
    expect(linux?.stopped).toEqual([
      'a listener on 0.0.0.0:80',
      '[::] dual-stack',
      'an IPv4 address',
      'the same name with the same options',
    ]);
    expect(linux?.spared).toContain('[::] v6only');
    expect(linux?.spared).toContain('TIME_WAIT of a server with the same options');
    const [plain] = on(['linux'], 'tcp 0.0.0.0:80').stops;
    expect(plain?.stopped).toContain('TIME_WAIT of a server with the same options');
    const [shared] = on(['linux'], 'udp 0.0.0.0:5353 reuseport').stops;
    expect(shared?.spared).toContain('the same name with the same options');
  });

  test('has a command on every system that finds the other', () => {
    const commands = explain(['udp :53']).find;
    expect(new Set(commands.flatMap(({ systems }) => systems)).size).toBe(8);
    expect(commands.map(({ command }) => command)).toEqual([
      "ss -aunp 'sport = :53'",
      'lsof -nP -iUDP:53',
      'sockstat -46l -P udp -p 53',
      "fstat -n | grep 'udp .*:53'",
      'sockstat -ln -p 53',
      'netstat -ano -p UDP | findstr :53',
      'Get-NetUDPEndpoint -LocalPort 53',
    ]);
  });

  test('of port 0 never conflicts', () => {
    const { answers, sockets, stops } = explain(['tcp 127.0.0.1:8080', 'tcp 127.0.0.1:0', 'tcp 127.0.0.1:0']);
    expect(answers.every(({ works }) => works === 'yes')).toBe(true);
    expect(sockets[1]?.socket.port).not.toBe(0);
    expect(sockets[2]?.notes.join()).toContain('asks the system to choose');
    expect(stops).toEqual([]);
  });
});

describe('what is taken for granted is said where it decides', () => {
  const said = (...texts: string[]) => assumedOf(explain(texts)).join('\n');

  test('an address is local, a low port is allowed, no range is excluded', () => {
    expect(said('tcp 192.0.2.77:8080')).toMatch(
      /192\.0\.2\.77 is an address of the machine; otherwise EADDRNOTAVAIL on Linux/,
    );
    expect(said('tcp :80')).toMatch(/Whoever binds may have port 80; otherwise EACCES on Linux/);
    expect(said('tcp 0.0.0.0:50051')).toMatch(/No excluded range of ports has 50051; otherwise WSAEACCES on Windows/);
  });

  test('not where it does not', () => {
    const { assumed } = on(['linux'], 'tcp 127.0.0.1:8080');
    expect(assumed).toEqual([]);
    expect(said('tcp 127.0.0.1:80 uid=1000')).not.toMatch(/Whoever binds/);
    expect(assumedOf(on(['linux'], 'udp 0.0.0.0:5000 uid=5', 'udp 0.0.0.0:5000 uid=6')).join()).not.toMatch(/One user/);
  });

  test('the default of IPV6_V6ONLY, one owner', () => {
    expect(assumedOf(on(['linux'], 'tcp [::]:8080', 'tcp 0.0.0.0:8080')).join()).toMatch(
      /usual default .*otherwise ok on Linux/,
    );
    expect(assumedOf(on(['linux'], 'udp 0.0.0.0:5000 reuseport', 'udp 0.0.0.0:5000 reuseport')).join()).toMatch(
      /One user has all of the sockets; otherwise EADDRINUSE on Linux/,
    );
  });

  test('and what the text may mean beside what was read', () => {
    expect(said('tcp4 0.0.0.0:601', 'tcp6 [::]:601')).toMatch(
      /Socket 2 is tcp \[::\]:601 v6only=1; if it is dual-stack \(v6only=0\): EADDRINUSE on Linux/,
    );
    const old = assumedOf(on(['linux'], 'LISTEN 0 128 :::31337 :::*', 'tcp 0.0.0.0:31337')).join();
    expect(old).toMatch(/if it is v6only=1: ok on Linux/);
    expect(assumedOf(on(['linux'], 'LISTEN 0 128 *:22 *:*', 'tcp [::1]:22')).join()).toMatch(
      /if it is 0\.0\.0\.0, as iproute2 printed it before 4\.14: ok on Linux/,
    );
  });
});

describe('remedies of every kind', () => {
  const texts = (...sockets: string[]) => explain(sockets).advice.map(({ text }) => text);

  test('end the holder, first of all', () => {
    expect(texts('tcp 0.0.0.0:80', 'tcp 0.0.0.0:80')[0]).toMatch(/^end the program that has socket 1/);
    const three = explain(['tcp 127.0.0.1:80', 'tcp [::1]:80', 'tcp [::]:80 v6only=0'], { systems: ['linux'] }).advice;
    expect(three.some(({ changes }) => changes.filter(({ what }) => what === 'end').length === 2)).toBe(true);
  });

  test('of what is left of a connection: wait, an option on the side that has a process, or from the next start on', () => {
    const all = texts('tcp 127.0.0.1:8080 time-wait', 'tcp 127.0.0.1:8080');
    expect(all[0]).toMatch(/^wait until what is left of socket 1 has gone: 60 s on Linux/);
    expect(all).toContain('set SO_REUSEADDR on socket 2');
    expect(all).toContain(
      'set SO_REUSEADDR on both sockets, from the next start on (socket 1 has no process any more)',
    );
    expect(all.filter((one) => /^(bind|give|end).*socket 1/.test(one))).toEqual([]);
  });

  test('be refused instead of sharing', () => {
    const { refusals } = explain(['tcp 0.0.0.0:80 reuseaddr', 'tcp 0.0.0.0:80 reuseaddr'], { systems: ['windows'] });
    expect(refusals.map(({ text, helps }) => [text, helps])).toEqual([
      [
        expect.stringMatching(/SO_EXCLUSIVEADDRUSE on socket \d instead of SO_REUSEADDR|do not set SO_REUSEADDR/),
        ['windows'],
      ],
    ]);
    const udp = explain(['udp 0.0.0.0:53 reuseport', 'udp 0.0.0.0:53 reuseport'], { systems: ['linux'] }).refusals;
    expect(udp.map(({ text }) => text)).toEqual(['do not set SO_REUSEPORT on socket 1']);
    expect(explain(['tcp 0.0.0.0:80', 'tcp 0.0.0.0:80'], { systems: ['linux'] }).refusals).toEqual([]);
  });

  test('an address for the machine, and its command', () => {
    const { advice } = explain(['tcp 127.0.0.2:80'], { systems: ['darwin', 'openbsd'] });
    expect(advice.map(({ text }) => text).join('\n')).toMatch(
      /macOS: ifconfig lo0 alias 127\.0\.0\.2; BSDs: ifconfig lo0 alias/,
    );
  });

  test('a socket that may have any address', () => {
    const { answers } = on(['linux', 'darwin'], 'tcp 192.0.2.9:80 freebind');
    expect(answers.map(({ works }) => works)).toEqual(['yes', 'yes']);
    const absent = explain(['tcp 192.0.2.9:80 freebind'], {
      systems: ['linux', 'darwin'],
      settings: { hosts: { linux: { addresses: ['127.0.0.1'] }, darwin: { addresses: ['127.0.0.1'] } }, said: [] },
    });
    expect(absent.answers.map(({ works }) => works)).toEqual(['yes', 'no']);
  });

  test('a rule that no one has verified is marked', () => {
    const all = explain(['udp 0.0.0.0:53 reuseaddr', 'udp [::]:53 v6only=0'], { systems: ['windows'] });
    const everything = [...all.advice, ...all.refusals];
    for (const { unverified, helps } of everything) for (const system of unverified) expect(helps).toContain(system);
  });
});
