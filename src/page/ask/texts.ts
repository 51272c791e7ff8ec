import { explain } from '../../explain/explain.ts';
import type { Explanation } from '../../explain/explanation.ts';
import type { Wanted } from '../../explain/explanation.ts';
import { Unreadable } from '../../explain/reader/unreadable.ts';

/** The port of sockets that are asked about without one: any that needs no privilege. */
const ANY_PORT = 8080;

/** Words between sockets on one line, and around them in a question. */
const BETWEEN = /\s*[,;\n]\s*|\s+(?:and|with|beside|besides|then|after|vs\.?|versus|\+)\s+/i;
const AROUND =
  /^(?:is|are|does|do|can|may|why)\s+|\s+(?:allowed|possible|work|works|together)\b.*$|\s+on\s+[\w /]+\??$|\?$/gi;

/** What a reader has written or pasted, as the texts that `explain` takes, and its answer. */
export interface AskedTexts {
  readonly texts: readonly string[];
  readonly explanation: Explanation;
}

/**
 * Answers what was written into one field: a whole error message or listing, one socket, or several with `,` or `and`
 * between them; a bare address gets a port.
 * @throws Unreadable for text that names no socket, in words of the whole
 */
export function askedIn(written: string, wanted: Wanted): AskedTexts {
  const whole = written.trim();
  try {
    return asked([whole], wanted);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const pieces = whole
      .replaceAll(AROUND, '')
      .split(BETWEEN)
      .map((piece) => withPort(piece.trim()))
      .filter((piece) => piece !== '');
    if (pieces.length === 0 || (pieces.length === 1 && pieces[0] === whole)) throw error;
    try {
      return asked(pieces, wanted);
    } catch (other) {
      throw other instanceof Unreadable ? error : other;
    }
  }
}

function asked(texts: readonly string[], wanted: Wanted): AskedTexts {
  return { texts, explanation: explain([...texts], wanted) };
}

/** A bare address with a port, so that it names a socket. */
function withPort(piece: string): string {
  const [, protocol = '', address = ''] = /^((?:tcp|udp)\s+)?([\d.]+|\[?[\da-f:.]*::[\da-f:.]*\]?)$/i.exec(piece) ?? [];
  if (address === '' || /^\d+$/.test(address)) return piece;
  const name = address.includes(':') ? `[${address.replaceAll(/[[\]]/g, '')}]` : address;
  return `${protocol === '' ? 'tcp ' : protocol}${name}:${ANY_PORT}`;
}
