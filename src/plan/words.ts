import { OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { PlanOption } from './plan.ts';

/** The spelling of the options, in plans and wherever else sockets are written. */
export const OPTION_WORDS: Readonly<Record<PlanOption, string>> = {
  reuseaddr: 'reuseaddr',
  reuseport: 'reuseport',
  exclusive: 'exclusive',
  reuseportLb: 'reuseport_lb',
  reuseShareUid: 'reuseshareuid',
};

/** The word for no device, where a device could be named. */
export const NO_DEVICE = 'none';

const NAMED = new Map(
  OPTION_KEYS.flatMap((key): [string, PlanOption][] => {
    const plain = OPTIONS[key].name.toLowerCase();
    return [plain, plain.replace('so_', ''), OPTION_WORDS[key], key.toLowerCase()].map((word) => [word, key]);
  }),
);

/** The option of a word, for example `reuseaddr` or `SO_REUSEADDR`, in upper or lower case; undefined for other words. */
export function optionNamed(word: string): PlanOption | undefined {
  return NAMED.get(word.toLowerCase());
}

/** Reads the value of an option: `0` or `1`, and 1 where no value is written; undefined for other texts. */
export function flagOf(value: string | undefined): boolean | undefined {
  if (value === undefined || value === '1') return true;
  return value === '0' ? false : undefined;
}

/** Whether a text can be the name of a network interface. */
export function isDevice(text: string): boolean {
  return /^[\w.@-]+$/.test(text);
}
