/** The longest quoted word of the user's that a message repeats whole, in characters: a path is seldom longer. */
const LONGEST_WORD = 160;
/** The longest message, in characters; and how much of a longer one is looked at, which is a matter of time. */
const LONGEST_MESSAGE = 1500;
const LOOKED_AT = 10_000;

/** What a message quotes: from a quotation mark that begins a word to one that ends it. */
const QUOTED = /(?<![^\s(=:,])'([\s\S]*?)'(?![^\s;:,.)?])/g;

/**
 * A message short enough to read without scrolling, however long the input that it repeats: its quoted parts and its
 * longest words are cut in the middle, and, if that is not enough, so is the message. Its beginning says what was
 * wrong, and its end what to do.
 */
export function shortMessage(message: string): string {
  if (message.length <= LONGEST_WORD) return message;
  const short = shorten(message, LOOKED_AT)
    .replaceAll(QUOTED, (_, text: string) => `'${shorten(text, LONGEST_WORD)}'`)
    .replaceAll(/\S+/g, (word) => shorten(word, LONGEST_WORD + 10));
  return shorten(short, LONGEST_MESSAGE);
}

/** A text of at most `most` characters: in a longer one an ellipsis replaces the middle. */
function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 3);
  return `${text.slice(0, most - 1 - end).trimEnd()}…${text.slice(text.length - end).trimStart()}`;
}
