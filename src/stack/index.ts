import { unknownWord } from '../text/unknown.ts';
import { type Stack } from './stack.ts';
import { Unavailable } from '../process/unavailable.ts';

/** The kinds of stacks, each with how one is made from what follows the colon of its name. */
const KINDS: Readonly<Record<string, (variant: string | undefined) => Promise<Stack>>> = {
  gvisor: async (variant) => (await import('./gvisor/gvisor.ts')).gvisorStack(variant),
  wine: async (variant) => (await import('./wine/wine.ts')).wineStack(variant),
  kernel: async (variant) => (await import('./guest/kernel.ts')).kernelStack(variant),
  uml: async (variant) => (await import('./guest/uml.ts')).umlStack(variant),
};

/** The stacks that doctor tells of. */
export const STACKS: readonly string[] = [
  'gvisor',
  'wine',
  'kernel:5.10',
  'kernel:6.1',
  'kernel:6.12',
  'kernel:7',
  'uml',
];

const STACKS_IN_WORDS = `there are ${STACKS.join(', ')}, kernel:FILE and gvisor:FILE`;

/** The stack of a name such as `gvisor` or `kernel:6.1`. @throws Unavailable when there is none. */
export async function stackNamed(name: string): Promise<Stack> {
  const [kind = '', ...rest] = name.split(':');
  const make = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (!make) {
    const { reason, enable } = unknownWord('stack', name, [...STACKS, ...Object.keys(KINDS)], STACKS_IN_WORDS);
    throw new Unavailable(reason, enable);
  }
  return make(rest.length === 0 ? undefined : rest.join(':'));
}
