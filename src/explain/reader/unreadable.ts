/** A word of a socket's text with the place where it begins, counted from 1. */
export interface Token {
  readonly text: string;
  readonly position: number;
}

/** The text that could not be read, where it is, and what would be understood there. */
export class Unreadable extends Error {
  readonly token: string;
  readonly position: number;

  constructor(whole: string, { text, position }: Token, understood: string) {
    const what = text === '' ? 'it names no socket' : `'${text}' at position ${position} can't be read`;
    const where = whole.trim() === '' ? 'the text is empty' : `in '${whole}': ${what}`;
    super(`${where}; ${understood}`.replaceAll(/\s+/g, ' '));
    this.name = 'Unreadable';
    this.token = text;
    this.position = position;
  }
}

/** The words of a text. */
export function tokens(text: string): Token[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], position: match.index + 1 }));
}
