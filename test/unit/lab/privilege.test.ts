import { expect, it } from 'vitest';
import { mayBindLowPorts } from '../../../src/lab/privilege.ts';

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
