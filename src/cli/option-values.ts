import type { Option } from 'commander';
import { systemNamed, UnknownSystem } from '../model/system-named.ts';
import type { SystemName } from '../model/types.ts';
import { unknown } from '../text/unknown.ts';
import { UserError } from './exit.ts';

/** Reads the value of an option that is a whole number within bounds, both included. @throws UserError for another. */
export function number(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new UserError(`${option} must be a whole number from ${least} to ${most}, not '${text}'`);
  };
}

/** Makes an option take one of several words. @throws UserError, when the option is read, for another word. */
export function oneOf(option: Option, words: readonly string[]): Option {
  const kind = option.long?.replace(/^--/, '') ?? option.name();
  return option.choices(words).argParser((text: string) => {
    if (words.includes(text)) return text;
    throw new UserError(unknown(kind, text, words, `it is one of ${words.join(', ')}`));
  });
}

/** Reads the value of an option that names a system which has a model. @throws UserError for another word. */
export function system(text: string): SystemName {
  try {
    return systemNamed(text);
  } catch (error) {
    if (error instanceof UnknownSystem) throw new UserError(error.message);
    throw error;
  }
}
