/** Controls, formatting (bidirectional overrides, zero width), line separators, half surrogates and noncharacters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` };

/**
 * Text on one line in which every character is visible: invisible ones are written as escapes. A record may come from
 * anywhere, so its text must neither control a terminal nor break a line or a document.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => SHORT[character] ?? escape(character.codePointAt(0) ?? 0));
}

function escape(code: number): string {
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x1_0000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}
