import { readFileSync } from 'node:fs';

/** The text of a file of the system; an empty one where there is no such file, or no /proc. */
export function textOfFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
