import { readGivenText, UnreadableFile, type FileKind } from '../files/given-file.ts';
import { BadKnownList } from '../verdict/known.ts';
import { UserError } from './exit.ts';

/** A line is seldom longer than a hundred characters, so this is ten thousand deviations. */
const KNOWN_LIST: FileKind = {
  what: 'a list of known deviations',
  most: 1,
  advice: "name a file with lines of the form 'SELECTOR [@PLATFORM] # REASON'",
};

/**
 * Reads a list of known deviations; the result gives the entries for a platform or an engine. A mistake in the list is
 * reported at once, before anything is run.
 * @param parse reads its text for a platform or an engine, by its id. @throws UserError for what is wrong with the file
 */
export function knownFrom<T>(
  file: string | undefined,
  parse: (text: string, file: string, whose: string) => T[],
): (whose: string) => T[] {
  if (file === undefined) return () => [];
  const content = knownText(file);
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

/** The text of a list of known deviations. @throws UserError when it can't be read */
export function knownText(file: string): string {
  try {
    return readGivenText(file, KNOWN_LIST);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new UserError(error.message);
    throw error;
  }
}
