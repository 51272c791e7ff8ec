import { expect, test } from 'vitest';
import { DarwinKernel } from './darwin.ts';
import { differenceOf } from './fuzz.ts';
import { NetbsdKernel } from './netbsd.ts';
import { OpenbsdKernel } from './openbsd.ts';

const SEQUENCES = 600;

const KERNELS = [
  ['openbsd', {}, () => new OpenbsdKernel()],
  ['netbsd', {}, () => new NetbsdKernel()],
  ['darwin', { release: '15.4' }, () => new DarwinKernel()],
] as const;

// Connections, names of every kind and receivers, step by step, as a port of the source has them.
test.each(KERNELS)('%s %o says of peers and receivers what a port of its source says', (system, setting, kernelOf) => {
  const differences = Array.from({ length: Number(process.env['SEQUENCES'] ?? SEQUENCES) }, (_, index) => {
    const protocol = index % 3 === 0 ? 'tcp' : 'udp';
    return differenceOf({ system, setting, protocol, kernel: kernelOf(), seed: 7919 * index });
  });
  expect(differences.filter((difference) => difference !== undefined).slice(0, 3)).toEqual([]);
});
