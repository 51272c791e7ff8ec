import { expect, it } from 'vitest';
import type { Corner } from '../../../../src/matrix/selection.ts';
import { nearestCorner } from '../../../../src/page/matrix/choice.ts';

const corner = (text: string) => {
  const [protocol, state, uid, devices] = text.split(' ');
  return { corner: { protocol, state, uid, devices } as Corner };
};

it.each([
  ['udp bound other none/none', 'udp bound other none/none', 'itself where it is there'],
  ['udp bound other lan/lan', 'udp connected same none/none', 'the protocol, before all others together'],
  ['tcp bound other lan/lan', 'tcp bound same none/none', 'the state, before user and devices together'],
])('the nearest corner to %s is %s: %s', (wanted, nearest) => {
  const { protocol, state, uid, devices } = corner(wanted).corner;
  const all = ['tcp bound same none/none', 'udp connected same none/none', 'tcp listening other lan/lan'].map(corner);
  if (wanted === nearest) all.push(corner(wanted));
  expect(nearestCorner(all, { protocol, state, uid, devices })).toEqual(corner(nearest));
});

it('the nearest corner of none is none', () => {
  expect(nearestCorner([], {})).toBeUndefined();
});
