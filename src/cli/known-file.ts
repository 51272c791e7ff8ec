import { readFileSync } from 'node:fs';
import { BadKnownList } from '../verdict/known.ts';
import { UserError } from './exit.ts';

/**
 * Reads a list of known deviations; what is in it for whom is told once that is known. A mistake in it is told at once,
 * before anything is run.
 * @param parse reads its text for a platform or an engine, by its id. @throws UserError for what is wrong with the file
 */
export function knownFrom<T>(
  file: string | undefined,
  parse: (text: string, file: string, whose: string) => T[],
): (whose: string) => T[] {
  if (file === undefined) return () => [];
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`the list of known deviations can't be read: ${(error as Error).message}`);
  }
  const parsed = (whose: string) => {
    try {
      return parse(content, file, whose);
    } catch (error) {
      if (error instanceof BadKnownList) throw new UserError(error.message);
      throw error;
    }
  };
  parsed('');
  return parsed;
}
