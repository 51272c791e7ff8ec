import { expect, test } from 'vitest';
import type { Setting, SystemName } from '../../../../src/model/types.ts';
import { DarwinPort } from './darwin.ts';
import { FreebsdPort } from './freebsd.ts';
import { differenceIn } from './fuzz.ts';
import { NetbsdPort } from './netbsd.ts';
import { OpenbsdPort } from './openbsd.ts';
import type { Kernel } from './pcb.ts';

const SEQUENCES = 300;

const freebsd = (release: FreebsdPort['release']) =>
  ['freebsd', { release }, (isUdp: boolean) => new FreebsdPort(isUdp, release)] as const;

const PORTS: readonly (readonly [SystemName, Setting, (isUdp: boolean) => Kernel])[] = [
  ['darwin', { release: '15.4' }, (isUdp) => new DarwinPort(isUdp)],
  freebsd('13.2'),
  freebsd('14.1'),
  freebsd('14.3'),
  freebsd('15.0'),
  ['netbsd', {}, () => new NetbsdPort()],
  ['openbsd', {}, () => new OpenbsdPort()],
];

// The models' tables and rules were written by one reader of the sources, the ports by another.
test.each(PORTS)('%s %o says what a port of its source says', (system, setting, portOf) => {
  const differences = Array.from({ length: SEQUENCES }, (_, index) => {
    const protocol = index % 2 === 0 ? 'udp' : 'tcp';
    const kernel = portOf(protocol === 'udp');
    return differenceIn({ system, setting, protocol, kernel, seed: 7919 * index });
  });
  expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
});
