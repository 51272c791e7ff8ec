import { models } from '../model/index.ts';
import type { SystemName } from '../model/types.ts';
import { howKnown } from '../report/words.ts';
import type { Answer } from './answer.ts';
import type { Explanation } from './explain.ts';
import { receivesInWords } from './receives.ts';
import { eitherOf, list } from './sentences.ts';

// The parts of an explanation beside the sentences on each system. A terminal and a page show the same parts.

/** The rules are worded for two sockets. */
export const WHO_IS_WHO =
  'In the rules the first socket is one that is there, and the second the one that is asked about.';

/** The title of the advice. */
export const ADVICE_TITLE = 'What would make it work';

/** The title of the part about who receives. */
export const RECEIVERS_TITLE = 'Who receives then';

/** The sign that says whether it works, where there is room for one character. */
export const SIGNS = { yes: '✓', no: '✗', unsure: '?' } as const;

/** The notes on how a socket was read; `written TEXT` where no other note says why its spelling changed. */
export function notesOf({ spelled, text, notes }: Pick<Explanation['sockets'][number], 'spelled' | 'text' | 'notes'>) {
  return normal(text) !== normal(spelled) && notes.length === 0 ? [`written ${text}`] : notes;
}

function normal(text: string): string {
  return text.toLowerCase().split(/\s+/).toSorted().join(' ');
}

/** The answers as a table: a row for each system, with the rule's id at the end. */
export function tableOf(answers: readonly Answer[]): { head: string[]; rows: string[][] } {
  const listens = answers.some(({ listen }) => listen !== undefined);
  return {
    head: ['', 'bind', ...(listens ? ['listen'] : []), 'decided by the rule'],
    rows: answers.map(({ title, bind, listen, rule }) => [
      title,
      eitherOf(bind.outcomes),
      ...(listens ? [listen === undefined ? '-' : eitherOf(listen.outcomes)] : []),
      rule.id,
    ]),
  };
}

/** Who receives once the last socket is bound, where other sockets are there; systems with the same answer are together. */
export function receiversOf({ answers, sockets }: Explanation): { systems: string; lines: readonly string[] }[] {
  if (sockets.length < 2) return [];
  const found = new Map<string, { names: string[]; lines: readonly string[] }>();
  const present = sockets.map(({ socket }) => socket);
  for (const { title, receives } of answers) {
    const lines = receivesInWords(receives, present);
    if (lines.length === 0) continue;
    const same = found.get(lines.join());
    found.set(lines.join(), { names: [...(same?.names ?? []), title], lines });
  }
  return [...found.values()].map(({ names, lines }) => ({ systems: list(names), lines }));
}

/** A note that begins in the middle of a sentence, as a full sentence. */
export function asSentence(note: string): string {
  return `${note[0]?.toUpperCase() ?? ''}${note.slice(1)}.`;
}

/** The source of the rule, and how it is known. */
export function groundsOf({ rule }: Pick<Answer, 'rule'>): string {
  const known = rule.unverified === true ? 'not verified' : howKnown(rule.known);
  return `${rule.source.name}: ${rule.source.where} (${known})`;
}

/** The advice in sentences, and the systems where nothing helps, if there are any. Empty where everything works. */
export function adviceOf({ advice, answers }: Explanation): { pieces: string[]; helpless: string | undefined } {
  const failing = answers.filter(({ works }) => works !== 'yes').map(({ system }) => system);
  if (failing.length === 0) return { pieces: [], helpless: undefined };
  const pieces = advice.map(({ text, helps, breaks }) => {
    const everywhere = failing.every((system) => helps.includes(system))
      ? 'wherever it does not yet'
      : `on ${titles(helps)}`;
    const but = breaks.length === 0 ? '' : `, but no longer on ${titles(breaks)}`;
    return asSentence(`${text}: ${everywhere}${but}`);
  });
  const helpless = failing.filter((system) => advice.every(({ helps }) => !helps.includes(system)));
  return { pieces, helpless: helpless.length > 0 ? `Nothing that is small helps on ${titles(helpless)}.` : undefined };
}

function titles(systems: readonly SystemName[]): string {
  return list(systems.map((system) => models[system].title));
}
