/**
 * What became of the probes of one way, in words: `1`, `2`, or `1+2` where both sockets got a copy; `refused`, `reset`,
 * `silence`, `no answer`; or the error of another call. Several words are joinedWords by `|`, when probes from several ports had
 * several outcomes.
 */
export type CellWord = string;

/** What a model says of one way. */
export interface AllowedCell {
  /** Every outcome that it allows, the likeliest first; empty where it does not know. */
  readonly outcomes: readonly CellWord[];
  /** Whether each of them must show when there are probes from enough ports. */
  readonly all: boolean;
  readonly rule: string;
}

/** The words of a cell, each once, in a fixed order. */
export function joinedWords(words: Iterable<CellWord>): CellWord {
  return [...new Set(words)].toSorted().join('|');
}

/** Whether a model allows what was observed of a way. */
export function agreesWithCell(observed: CellWord, { outcomes, all }: AllowedCell): boolean {
  if (outcomes.length === 0) return true;
  const seen = observed.split('|');
  return seen.every((word) => outcomes.includes(word)) && (!all || outcomes.every((word) => seen.includes(word)));
}

/** Whether probes from more ports could still show an outcome that must show. */
export function lacksOutcome(observed: CellWord, { outcomes, all }: AllowedCell): boolean {
  const seen = observed.split('|');
  return all && outcomes.some((word) => !seen.includes(word));
}

/** What a model says of a way, in a word. */
export function cellInWords({ outcomes, all }: AllowedCell): string {
  if (outcomes.length === 0) return 'not known';
  return outcomes.join(all ? ' and ' : ' or ');
}
