import { describe, expect, test } from 'vitest';
import { errorIn, failedCalls, plainText, saysItRetries, shownLines, urlsIn } from '../../../src/program/output.ts';

describe('the output of a program', () => {
  test('has no colours, cursors or titles', () => {
    expect(plainText('\u001B[32m  Local\u001B[0m:\r\n\u001B]0;title\u0007\u001B[2Kdone\u0008')).toBe('  Local:\ndone');
  });

  test('is shown by its first and last lines', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    expect(shownLines(lines.join('\n'))).toEqual([...lines.slice(0, 6), '…', ...lines.slice(-6)]);
    expect(shownLines('one\n\n  \ntwo  \n')).toEqual(['one', 'two']);
  });

  test('names addresses, each once', () => {
    const text =
      'Local: http://localhost:5173/ and http://localhost:5173/ or https://[::1]:8443. redis://127.0.0.1:6379,';
    expect(urlsIn(text)).toEqual(['http://localhost:5173/', 'https://[::1]:8443', 'redis://127.0.0.1:6379']);
  });

  test.for([
    ['OSError: [Errno 98] Address already in use', 'EADDRINUSE'],
    ['nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)', 'EADDRINUSE'],
    ['Error: listen EADDRINUSE: address already in use :::3000', 'EADDRINUSE'],
    ['Port 3000 is already in use', 'EADDRINUSE'],
    ['bind: Cannot assign requested address', 'EADDRNOTAVAIL'],
    ['socket: Address family not supported by protocol', 'EAFNOSUPPORT'],
    ['bind() to 0.0.0.0:80 failed (13: Permission denied)', 'EACCES'],
    ['ready to serve', undefined],
  ])('%s: %s', ([line = '', name]) => {
    expect(errorIn(`first\n${line}\nlast`)?.name).toBe(name);
  });

  test('says whether it tries again', () => {
    expect(saysItRetries('bind failed, retrying in 2 seconds')).toBe(true);
    expect(saysItRetries('bind failed')).toBe(false);
  });
});

test('the calls that failed are read from what strace writes', () => {
  const trace = `12 bind(6, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = -1 EADDRINUSE (Address already in use)
12 bind(7, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::", &sin6_addr), sin6_scope_id=0}, 28) = -1 EADDRINUSE (Address already in use)
12 bind(3, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = -1 EPERM (Operation not permitted)
12 bind(8, {sa_family=AF_INET, sin_port=htons(81), sin_addr=inet_addr("0.0.0.0")}, 16) = 0
12 listen(9, 511)                  = -1 EADDRINUSE (Address already in use)
12 bind(6, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = -1 EADDRINUSE (Address already in use)`;
  expect(failedCalls(trace)).toEqual([
    { call: 'bind 0.0.0.0:80', error: 'EADDRINUSE' },
    { call: 'bind [::]:80', error: 'EADDRINUSE' },
    { call: 'listen', error: 'EADDRINUSE' },
  ]);
});
