import type { ComparedPlatform } from '../../record/comparison.ts';
import { systemInWords } from '../../record/system-title.ts';
import type { ScoredColumn } from './shape.ts';

/** Stacks of one's own kernel in the words of readers; a kernel of a distribution goes by its version alone. */
const STACKS: Readonly<Record<string, string>> = { uml: 'user-mode' };

/**
 * The platforms of one system, with titles that are as short as tells them apart: `Linux 6.18`, the whole release where
 * two have the same of these, and the name where that does not tell them apart either.
 */
export function platformTitles(title: string, platforms: readonly ComparedPlatform[]): ScoredColumn['platforms'] {
  const spellings: readonly ((one: ComparedPlatform) => string)[] = [
    (one) => short(title, one),
    ({ platform }) => systemInWords(platform),
    ({ name }) => name,
  ];
  return platforms.map((one) => {
    const isClear = (spell: (other: ComparedPlatform) => string) =>
      platforms.filter((other) => spell(other) === spell(one)).length === 1;
    const spell = spellings.find((spelling) => isClear(spelling));
    return { name: one.name, title: spell?.(one) ?? one.name };
  });
}

function short(title: string, { platform }: ComparedPlatform): string {
  const { system, release, stack = '' } = platform;
  // Only Linux has kernels that are known by the first two numbers.
  const version = system === 'linux' ? /^\d+\.\d+/.exec(release)?.[0] : undefined;
  if (version === undefined) return stack === '' ? systemInWords(platform) : `${title} ${release}`;
  const kind = STACKS[stack.split(':')[0] ?? ''];
  return kind === undefined ? `${title} ${version}` : `${title} ${version} (${kind})`;
}
