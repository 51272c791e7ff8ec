import { expect, test } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import { wrap } from '../../../src/text/wrap.ts';

/** Several errors of one text: the answer, and the sockets that each have an answer of their own. */
const SEVERAL: readonly (readonly [what: string, pasted: string, answer: RegExp, also: readonly string[]])[] = [
  [
    'PostgreSQL goes on without ::1, but not without 127.0.0.1',
    `LOG:  could not bind IPv6 address "::1": Cannot assign requested address
LOG:  could not bind IPv4 address "127.0.0.1": Address already in use
HINT:  Is another postmaster already running on port 5432? If not, wait a few seconds and retry.`,
    /^In use: another socket has TCP port 5432.*ss -ltnp.*Also: \[::1\]:5432 is not available \(IPv6 is off\): leave it out/,
    ['tcp [::1]:5432 reuseaddr'],
  ],
  [
    'nginx names the errors of both families',
    `nginx: [emerg] bind() to [::]:80 failed (99: Cannot assign requested address)
nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)`,
    /^In use: another socket has TCP port 80.*Also: \[::\]:80 is not available \(IPv6 is off\)/,
    ['tcp [::]:80 v6only=1 reuseaddr'],
  ],
  [
    'one reason for two sockets',
    `nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)`,
    /^In use: another socket has TCP port 80.*The same for \[::\]:80\.$/,
    ['tcp [::]:80 v6only=1 reuseaddr'],
  ],
  [
    'another port that is not permitted',
    `listen tcp 127.0.0.1:80: bind: permission denied
listen tcp 127.0.0.1:8080: bind: address already in use
listen tcp 10.9.9.9:8081: bind: cannot assign requested address`,
    /^In use: another socket has TCP port 8080.*Also failed: 127\.0\.0\.1:80 \(not permitted\) and 10\.9\.9\.9:8081 \(not available\)\./,
    ['tcp 127.0.0.1:80 reuseaddr', 'tcp 10.9.9.9:8081 reuseaddr'],
  ],
];

test.each(SEVERAL)('%s', (_what, pasted, answer, also) => {
  const found = explain([pasted]);
  expect(found.answer.join(' ')).toMatch(answer);
  expect(found.answer.reduce((sum, line) => sum + wrap(line, 80).length, 0)).toBeLessThanOrEqual(3);
  expect(found.also.map(({ spelled }) => spelled)).toEqual(also);
  for (const { answer: own } of found.also) expect(own[0]).toMatch(/^(In use|Not permitted|Not available): /);
  expect(found.leftOut).toEqual([]);
});

test('an error of a known system settles that of the others in the text', () => {
  const { sockets } = explain([
    'bind [127.0.0.1]:80: Address already in use\nbind [::1]:80: Cannot assign requested address',
  ]);
  expect(sockets.at(-1)?.failure).toMatchObject({ kind: 'in use', systems: ['linux', 'gvisor'] });
});

/** Configurations of one program: what is asked about, what else is refused, and what is not bound at all. */
const CONFIGURATIONS: readonly (readonly [config: string, asked: string, also: readonly string[], out: RegExp])[] = [
  [
    'Listen 80\nListen [::]:80\nListen 127.0.0.1:80',
    'tcp [::]:80 v6only=0 reuseaddr',
    ['tcp 127.0.0.1:80 reuseaddr'],
    /^$/,
  ],
  ['Listen 80\nListen 127.0.0.1:80\nListen 8080', 'tcp 127.0.0.1:80 reuseaddr', [], /^\[::\]:8080, whose line/],
  ['Listen 80\nListen 443', 'tcp [::]:443 v6only=0 reuseaddr', [], /^a line on another port, which works too$/],
  [
    'Listen 0.0.0.0:80\nListen [::]:80',
    'tcp [::]:80 v6only=0 reuseaddr',
    [],
    /0\.0\.0\.0:80, which Apache httpd leaves/,
  ],
  ['server { listen 80; listen [::]:80 ipv6only=on reuseport; }', 'tcp [::]:80 v6only=1 reuseaddr reuseport', [], /^$/],
  ['server { listen 80; listen [::]:80 ipv6only=off; }', 'tcp [::]:80 v6only=0 reuseaddr', [], /^$/],
  [
    'server { listen 127.0.0.1:80; listen 80; }',
    'tcp 0.0.0.0:80 reuseaddr',
    [],
    /127\.0\.0\.1:80, which nginx does not/,
  ],
  ['server { listen 80; listen 127.0.0.1:80 backlog=9; }', 'tcp 0.0.0.0:80 reuseaddr', [], /^$/],
  ['server { listen 80; } server { listen 80; }', 'tcp 0.0.0.0:80 reuseaddr', [], /^$/],
];

test.each(CONFIGURATIONS)('%s', (config, asked, also, out) => {
  const found = explain([config], { systems: ['linux'] });
  expect(found.sockets.at(-1)?.spelled).toBe(asked);
  expect(found.also.map(({ spelled }) => spelled)).toEqual(also);
  expect(found.leftOut.join()).toMatch(out);
});

test('what helps against a line of a configuration is to take a line out', () => {
  const { answer, advice } = explain(['Listen 80\nListen [::]:80\nListen 127.0.0.1:80'], { systems: ['linux'] });
  expect(answer.join(' ')).toBe(
    "Socket 2 is refused by Linux with EADDRINUSE, because of socket 1. What helps: take out the line 'Listen [::]:80'. The same for 127.0.0.1:80.",
  );
  expect(advice[0]?.text).toBe("take out one of the lines 'Listen 80' and 'Listen [::]:80'");
});

test('a unit of systemd is read with its settings, for Linux alone', () => {
  const unit = `[Unit]
Description=x
[Socket]
ListenDatagram=[::]:53
BindIPv6Only=ipv6-only
ReusePort=yes
FreeBind=true
Transparent=no
BindToDevice=eth0
NoDelay=true`;
  const { sockets, answers, leftOut, onlyBecause } = explain([unit]);
  expect(sockets[0]?.spelled).toBe('udp [::]:53 v6only=1 reuseaddr reuseport dev=eth0 freebind');
  expect(sockets[0]?.notes.join()).toMatch(/FreeBind= is IP_FREEBIND.*ReusePort= is SO_REUSEPORT/);
  expect(answers.map(({ system }) => system)).toEqual(['linux']);
  expect(onlyBecause).toMatch(/systemd/);
  expect(leftOut).toEqual([]);
  // The same lines as arguments of their own.
  expect(explain(unit.split('\n')).sockets[0]?.spelled).toBe(sockets[0]?.spelled);
  expect(explain([unit], { systems: ['freebsd'] }).answers.map(({ system }) => system)).toEqual(['freebsd']);
});

/** Rows of listings, and the systems that have the tool that prints them. */
const ORIGINS: readonly (readonly [row: string, systems: string])[] = [
  ['  TCP    0.0.0.0:8080    0.0.0.0:0    LISTENING    1234', 'windows'],
  ['  TCP    [::]:8080    [::]:0    LISTENING', 'windows'],
  ['  UDP    0.0.0.0:5353    *:*    1234', 'windows'],
  ['0.0.0.0  8080  0.0.0.0  0  Listen  Internet  1234', 'windows'],
  ['tcp46      0      0  *.8080         *.*            LISTEN', 'darwin,freebsd'],
  ['udp4       0      0  *.5353         *.*', 'darwin,freebsd'],
  ['tcp        0      0  *.80           *.*            LISTEN', 'openbsd,netbsd'],
  ['tcp6       0      0  *.22           *.*            LISTEN', 'darwin,freebsd,openbsd,netbsd'],
  ['tcp6       0      0  :::22          :::*           LISTEN', 'linux,gvisor'],
  ['LISTEN 0 128 0.0.0.0:22 0.0.0.0:*', 'linux,gvisor'],
  ['root     nginx      812   6  tcp4   *:80          *:*', 'freebsd'],
  ['root     nginx      812   6  tcp46  *:80          *:*', 'freebsd'],
  ['root     sshd       500   3  tcp    *.ssh         *.*', 'netbsd'],
  ['root     sshd       500    3* internet stream tcp 0xffff *:22', 'openbsd,netbsd'],
  ['node 4242 me 22u IPv6 0xabc 0t0 TCP *:3000 (LISTEN)', 'darwin,freebsd,netbsd,openbsd'],
  ['node 4242 me 22u IPv6 764463 0t0 TCP *:3000 (LISTEN)', 'linux'],
];

test.each(ORIGINS)('%s', (row, systems) => {
  const { answers, onlyBecause } = explain([row]);
  expect(answers.map(({ system }) => system).join()).toBe(systems);
  expect(onlyBecause).toMatch(/prints such rows$/);
  const beside = explain([row, 'tcp 127.0.0.1:8080']);
  expect(beside.answers.map(({ system }) => system).join()).toBe(systems);
  expect(explain([row], { systems: ['linux'] }).onlyBecause).toBeUndefined();
});

test('a spelled socket is asked of every system', () => {
  for (const text of ['tcp 127.0.0.1:80', 'TCP 0.0.0.0:80', 'udp *.80', ':3000'])
    expect(explain([text]).answers).toHaveLength(8);
});

/** Messages of Go about groups: it binds the wildcard, with options that differ by system. */
test.each([
  ['listen udp 224.0.0.251:5353: bind: address already in use', 'udp 0.0.0.0:5353 reuseaddr', '224.0.0.251'],
  ['listen udp4 239.255.255.250:1900: bind: address already in use', 'udp 0.0.0.0:1900 reuseaddr', '239.255.255.250'],
  ['listen udp6 [ff02::fb]:5353: bind: address already in use', 'udp [::]:5353 v6only=0 reuseaddr', 'ff02::fb'],
])('%s', (text, spelled, group) => {
  const { answer, sockets, supposed } = explain([text]);
  expect(sockets[0]?.spelled).toBe(spelled);
  expect(sockets[0]?.notes.join()).toContain(`for the group ${group} Go binds the wildcard`);
  expect(sockets[0]?.optionsOn?.darwin).toEqual({ reuseaddr: true, reuseport: true });
  expect(sockets[0]?.optionsOn?.linux).toBeUndefined();
  expect(sockets[0]?.otherwise?.socket.address).toBe(group);
  // Another that shared it in the same way would not be in the way.
  expect(answer[0]).toMatch(/^In use: another socket has UDP port \d+, and does not share it\.$/);
  const sharing = supposed?.advice.flatMap(({ changes, helps }) =>
    changes.flatMap((change) =>
      change.what === 'set' && change.socket === 0 ? helps.map((system) => `${system} ${change.option}`) : [],
    ),
  );
  expect(sharing).toEqual(expect.arrayContaining(['linux reuseaddr', 'darwin reuseport', 'openbsd reuseport']));
});

test('a UDP name that is not a group has no option', () => {
  expect(explain(['listen udp 127.0.0.1:53: bind: address already in use']).sockets[0]?.spelled).toBe(
    'udp 127.0.0.1:53',
  );
});

test.each([
  ['udp [ff02::fb%eth0]:5353', 'ff02::fb'],
  ['udp [fe80::1%eth0]:546', 'fe80::1'],
  ['UNCONN 0 0 [ff02::fb%eth0]:5353 [::]:*', 'ff02::fb'],
  ['UNCONN 0 0 [fe80::1]%eth0:546 [::]:*', 'fe80::1'],
  ['listen tcp [fe80::1%eth0]:80: bind: cannot assign requested address', 'fe80::1'],
  ['ListenStream=[fe80::1%eth0]:80', 'fe80::1'],
])('%s has a scope', (text, address) => {
  const { socket } = explain([text]).sockets[0] ?? {};
  expect(socket).toMatchObject({ address, scope: 'eth0' });
  expect(socket?.device).toBeUndefined();
});

test('a zone of any other address is a device', () => {
  expect(explain(['UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*']).sockets[0]?.socket).toMatchObject({ device: 'lo' });
  expect(explain(['udp [ff05::2%eth0]:53']).sockets[0]?.socket).toMatchObject({ device: 'eth0' });
});
