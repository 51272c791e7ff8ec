import { expect, it } from 'vitest';
import { isUserMapped, OTHER_USER } from '../../../src/lab/second-user.ts';

it.each([
  ['the whole machine', '         0          0 4294967295\n', true],
  ['a namespace of an ordinary user', '         0       1234          1\n', false],
  ['a namespace with a range of users', '         0       1234          1\n         1     100000      65536\n', true],
  ['a range that ends just before', '         0     100000      65534\n', false],
  ['a system without user namespaces', null, true],
])('a second user in %s', (_, map, expected) => expect(isUserMapped(map, OTHER_USER)).toBe(expected));
