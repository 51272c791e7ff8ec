import { expect, test } from 'vitest';
import { remedyOf } from '../../../src/process/limits.ts';

test.each([
  ["EMFILE: too many open files, open '/x'", /^raise the limit with 'ulimit -n 1024'$/],
  ['spawn sh EMFILE', /^raise the limit with 'ulimit -n/],
  ['ENFILE: file table overflow', /file-max/],
  ['spawn nsenter EAGAIN', /^no more processes may be started: raise the limit with 'ulimit -u 4096'/],
  ['nsenter: fork failed: Resource temporarily unavailable', /^no more processes/],
  ['sh: 0: Cannot fork', /^no more processes/],
  ['spawn node ENOMEM', /^there is not enough memory/],
])('%s says what to raise', (error, remedy) => {
  expect(remedyOf(error)).toMatch(remedy);
});

test('of any other error nothing is said', () => {
  expect(remedyOf("ENOENT: no such file or directory, open 'EMFILES'")).toBeNull();
});
