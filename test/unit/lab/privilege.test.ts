import { expect, it } from 'vitest';
import { mayBindLowPorts, withheld } from '../../../src/lab/privilege.ts';

const status = (effective: string) => `Name:\tnode
CapInh:\t0000000000000000
CapPrm:\t000001ffffffffff
CapEff:\t${effective}
CapBnd:\t000001ffffffffff
`;

it.each([
  ['all of them', '000001ffffffffff', true],
  ['CAP_NET_BIND_SERVICE alone', '0000000000000400', true],
  ['all without it', '000001fffffffbff', false],
  ['none', '0000000000000000', false],
])('%s', (_, effective, may) => {
  expect(mayBindLowPorts(status(effective))).toBe(may);
});

it('is not known where the file does not say it', () => {
  expect(mayBindLowPorts('Name:\tnode\n')).toBeUndefined();
});

it.each([
  ['root', '000001ffffffffff', 0, '1', []],
  ['an ordinary user', '0000000000000000', 0, '', ['CAP_NET_RAW']],
  ['an ordinary user under Yama', '0000000000000000', 0, '1\n', ['CAP_NET_RAW', 'pidfd_getfd']],
  ['an ordinary user under Yama that restricts nothing', '0000000000000000', 0, '0\n', ['CAP_NET_RAW']],
  ['root of a container of Docker', '00000000a80425fb', 2, '', ['pidfd_getfd']],
  ['an ordinary user of a container of Docker', '0000000000000000', 2, '', ['CAP_NET_RAW', 'pidfd_getfd']],
])('%s may not do', (_, effective, seccomp, yama, missing) => {
  expect(Object.keys(withheld([`${status(effective)}Seccomp:\t${seccomp}\n`, yama]))).toEqual(missing);
});

it('nothing is held to be withheld on a system that has no such files', () => {
  expect(withheld(['', ''])).toEqual({});
});
