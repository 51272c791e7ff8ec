import { OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { PlanOption } from './plan.ts';

/** How the options are written, in plans and wherever else sockets are spelled. */
export const OPTION_WORDS: Readonly<Record<PlanOption, string>> = {
  reuseaddr: 'reuseaddr',
  reuseport: 'reuseport',
  exclusive: 'exclusive',
  reuseportLb: 'reuseport_lb',
  reuseShareUid: 'reuseshareuid',
};

/** What stands for no device where one could be named. */
export const NO_DEVICE = 'none';

const NAMED = new Map(
  OPTION_KEYS.flatMap((key): [string, PlanOption][] => {
    const plain = OPTIONS[key].name.toLowerCase();
    return [plain, plain.replace('so_', ''), OPTION_WORDS[key], key.toLowerCase()].map((word) => [word, key]);
  }),
);

/** The option of a word such as `reuseaddr` or `SO_REUSEADDR`, in whatever case; undefined for others. */
export function optionNamed(word: string): PlanOption | undefined {
  return NAMED.get(word.toLowerCase());
}

/** Reads the value of an option: `0` or `1`, and 1 where nothing is said; undefined for others. */
export function flagOf(value: string | undefined): boolean | undefined {
  if (value === undefined || value === '1') return true;
  return value === '0' ? false : undefined;
}

/** Whether a text can be the name of a network interface. */
export function isDevice(text: string): boolean {
  return /^[\w.@-]+$/.test(text);
}
