import { expect, test } from 'vitest';
import { compareDocumented } from '../../../src/programs/documented.ts';

const verdict = (says: string[] | null, ...binds: string[]) => compareDocumented(says, binds).verdict;
const first = (says: string[], ...binds: string[]) => compareDocumented(says, binds).differences[0];

test('a socket that is bound as documented does not contradict, whatever its options', () => {
  expect(verdict(['tcp 0.0.0.0:80', 'tcp [::]:80'], 'tcp 0.0.0.0:80 reuseaddr', 'tcp [::]:80 v6only reuseaddr')).toBe(
    'as documented',
  );
  expect(verdict([])).toBe('as documented');
  expect(verdict(null, 'tcp 0.0.0.0:80')).toBe('not documented');
});

test('every address is one dual-stack socket, one for each family, or one for each address', () => {
  expect(compareDocumented(['tcp *:80'], ['tcp [::]:80 dual'])).toEqual({
    verdict: 'as documented',
    differences: [],
    remarks: [],
  });
  expect(verdict(['tcp *:80'], 'tcp 0.0.0.0:80', 'tcp [::]:80 v6only')).toBe('as documented');
  const named = ['udp 127.0.0.1:53', 'udp 10.0.0.1:53', 'udp [::1]:53 v6only', 'udp [fd00::1]:53 v6only'];
  expect(compareDocumented(['udp *:53'], named)).toEqual({ verdict: 'as documented', differences: [], remarks: [] });
  expect(compareDocumented(['tcp *:80'], ['tcp 0.0.0.0:80'])).toMatchObject({
    verdict: 'as documented',
    remarks: ['every address of tcp 80 is IPv4 alone'],
  });
});

test('a service that is documented on loopback and open is a contradiction, and the other way round too', () => {
  expect(first(['tcp localhost:80'], 'tcp [::]:80 dual')).toBe(
    'documented is localhost, it binds tcp [::]:80 dual-stack, open to the LAN',
  );
  expect(first(['tcp 127.0.0.1:80'], 'tcp 0.0.0.0:80')).toContain('open to the LAN');
  expect(first(['tcp *:80'], 'tcp 127.0.0.1:80')).toBe('documented is every address, it binds tcp 127.0.0.1:80');
  expect(first(['tcp 0.0.0.0:80'], 'tcp [::1]:80 v6only')).toContain('closed to the LAN');
});

test('localhost of one family is as documented, and worth a remark', () => {
  expect(compareDocumented(['tcp localhost:5173'], ['tcp [::1]:5173 v6only'])).toMatchObject({
    verdict: 'as documented',
    remarks: ['localhost of tcp 5173 is ::1 alone'],
  });
  expect(compareDocumented(['tcp localhost:1'], ['tcp 127.0.0.1:1', 'tcp [::1]:1 v6only']).remarks).toEqual([]);
});

test('0.0.0.0 that is :: in truth is reached over IPv6 too', () => {
  expect(first(['tcp 0.0.0.0:9090'], 'tcp [::]:9090 dual reuseaddr')).toBe(
    'documented is tcp 0.0.0.0:9090, it binds tcp [::]:9090 dual-stack, reached over IPv6 too',
  );
  expect(first(['tcp [::]:9090'], 'tcp 0.0.0.0:9090')).toContain('not reached over IPv6');
});

test('an IPv4-mapped address is that of IPv4', () => {
  expect(verdict(['tcp 127.0.0.1:80'], 'tcp [::ffff:127.0.0.1]:80 reuseaddr')).toBe('as documented');
  expect(verdict(['tcp 127.0.0.1:80'], 'tcp [::ffff:192.0.2.1]:80 reuseaddr')).toBe('contradiction');
});

test('what is missing, and what is there too, are differences', () => {
  expect(first(['tcp 127.0.0.1:80'])).toBe('it does not bind tcp 127.0.0.1:80');
  expect(compareDocumented(['tcp 127.0.0.1:80'], ['tcp 127.0.0.1:80', 'udp 0.0.0.0:5353']).differences).toEqual([
    'it binds udp 0.0.0.0:5353 too, open to the LAN',
  ]);
  expect(first([], 'tcp 127.0.0.1:80')).toBe('it binds tcp 127.0.0.1:80 too');
  expect(first(['tcp 127.0.0.1:80', 'tcp [::1]:80'], 'tcp 127.0.0.1:80')).toBe('it does not bind tcp [::1]:80');
});
