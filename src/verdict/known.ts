import { matcher, unknownSelector } from '../experiment/selection.ts';
import type { Cell } from '../experiment/cells.ts';

/** A deviation that the user knows of: the cells, the platforms, and why. */
export interface KnownDeviation {
  pattern: string;
  reason: string;
  line: number;
  matches: (cell: Cell) => boolean;
}

/** A list of known deviations that can't be used. The message names the line and what to do. */
export class BadKnownList extends Error {}

/**
 * Reads a list of known deviations. A line is `SELECTOR [@PLATFORM] # REASON`: a selector as `run` takes it; the id of
 * the platform it is for (`*` is allowed in it; without an id, every platform); and the reason, which must be there.
 * Empty lines and lines that begin with `#` are left out. Lines for other platforms are checked, then left out too.
 * @throws BadKnownList for a line without a reason, or one whose selector matches no cell at all.
 */
export function parseKnownList(
  content: string,
  file: string,
  platform: string,
  cells: readonly Cell[],
): KnownDeviation[] {
  return knownLines(content, file, platform).flatMap(({ pattern, reason, line, here }) => {
    const matches = matcher(pattern);
    if (!cells.some(matches)) {
      throw new BadKnownList(`${file}:${line}: ${unknownSelector(pattern, cells)}`);
    }
    return here ? [{ pattern, reason, line, matches }] : [];
  });
}

/** One line of a list of known deviations. */
export interface KnownLine {
  pattern: string;
  reason: string;
  line: number;
  /** Whether the line is for the platform that was asked for. */
  here: boolean;
}

/**
 * The lines of a list of known deviations, in the form that `parseKnownList` reads, whether or not their selectors match
 * a cell.
 * @throws BadKnownList for a line without a reason.
 */
export function knownLines(content: string, file: string, platform: string): KnownLine[] {
  const known: KnownLine[] = [];
  for (const [index, text] of content.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (text.trim() === '' || text.trim().startsWith('#')) continue;
    const parsed = /^\s*(\S+)(?:\s+@(\S+))?\s+#\s*(.*\S)\s*$/.exec(text);
    if (!parsed) {
      throw new BadKnownList(
        `${file}:${line}: not 'SELECTOR [@PLATFORM] # REASON': ${text.trim()}; every entry needs its reason`,
      );
    }
    const [, pattern = '', on = '*', reason = ''] = parsed;
    known.push({ pattern, reason, line, here: platformMatches(on, platform) });
  }
  return known;
}

function platformMatches(pattern: string, platform: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${source.join('.*')}$`).test(platform);
}
