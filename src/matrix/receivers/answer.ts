import type { CellWord } from './cells.ts';

/** What came of a pair: the call that failed, or for each way what became of its probes. */
export type ReceiverAnswer = { readonly failed: string } | { readonly words: readonly CellWord[] };

const FAILED = 'failed:';
const BETWEEN = ';';

/** An answer as a text. Equal answers have equal texts. */
export function writeAnswer(answer: ReceiverAnswer): string {
  return 'failed' in answer ? `${FAILED}${answer.failed}` : answer.words.join(BETWEEN);
}

/** Reads what `writeAnswer` wrote. */
export function readAnswer(text: string): ReceiverAnswer {
  return text.startsWith(FAILED) ? { failed: text.slice(FAILED.length) } : { words: text.split(BETWEEN) };
}
