import { OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { ReceiveOptions } from '../model/types.ts';
import type { NumberOption } from '../protocol/options.ts';
import type { PlanOption, SetOption } from './plan.ts';

/** The spelling of the options, in plans and wherever else sockets are written. */
export const OPTION_WORDS: Readonly<Record<PlanOption, string>> = {
  reuseaddr: 'reuseaddr',
  reuseport: 'reuseport',
  exclusive: 'exclusive',
  reuseportLb: 'reuseport_lb',
  reuseShareUid: 'reuseshareuid',
};

/** The options that only decide who receives: their names in C programs, and their spelling in plans. */
const RECEIVE_OPTIONS: Readonly<Record<keyof ReceiveOptions, { readonly name: NumberOption; readonly word: string }>> =
  {
    multicastAll: { name: 'IP_MULTICAST_ALL', word: 'multicast_all' },
    multicastAll6: { name: 'IPV6_MULTICAST_ALL', word: 'multicast_all6' },
  };

/** The spelling of an option that a step sets. */
export function wordOf(option: SetOption): string {
  return isReceiveOption(option) ? RECEIVE_OPTIONS[option].word : OPTION_WORDS[option];
}

/** The name of an option in C programs. */
export function cNameOf(option: SetOption): NumberOption {
  return isReceiveOption(option) ? RECEIVE_OPTIONS[option].name : OPTIONS[option].name;
}

/** Whether an option decides nothing but who receives. */
export function isReceiveOption(option: SetOption): option is keyof ReceiveOptions {
  return Object.hasOwn(RECEIVE_OPTIONS, option);
}

/** The option that a step can set, by its word; undefined for other words. */
export function setOptionNamed(word: string): SetOption | undefined {
  const lower = word.toLowerCase();
  const keys = Object.keys(RECEIVE_OPTIONS) as (keyof ReceiveOptions)[];
  return (
    optionNamed(word) ??
    keys.find((key) => RECEIVE_OPTIONS[key].word === lower || RECEIVE_OPTIONS[key].name.toLowerCase() === lower)
  );
}

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
