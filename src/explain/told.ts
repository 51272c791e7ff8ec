import { models } from '../model/index.ts';
import type { SystemName } from '../model/types.ts';
import { howKnown } from '../report/words.ts';
import type { Answer } from './answer.ts';
import type { Assumed } from './assumed.ts';
import type { Explanation } from './explanation.ts';
import { holderInWords } from './reader/reading.ts';
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
export function notesOf({
  spelled,
  text,
  notes,
  holder,
}: Pick<Explanation['sockets'][number], 'spelled' | 'text' | 'notes' | 'holder'>): readonly string[] {
  const written = normal(text) !== normal(spelled) && notes.length === 0 ? [`written ${text}`] : [];
  return [...(holder === undefined ? [] : [`held by ${holderInWords(holder)}`]), ...written, ...notes];
}

/** What was given beside the sockets, and what of it was left out, in sentences. */
export function givenOf({ settings, leftOut, onlyBecause, answers }: Explanation): string[] {
  return [
    ...(onlyBecause === undefined
      ? []
      : [
          `Only ${titles(answers.map(({ system }) => system))} ${answers.length === 1 ? 'is' : 'are'} asked, because ${onlyBecause}.`,
        ]),
    ...(settings.length === 0 ? [] : [`Settings of the machine: ${settings.join(', ')}.`]),
    ...leftOut.map((what) => `Left out: ${what}.`),
  ];
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
export function receiversOf(
  { answers, sockets, sent }: Explanation,
  isAsked = false,
): { systems: string; lines: readonly string[] }[] {
  if (sockets.length < 2 && !isAsked) return [];
  const found = new Map<string, { names: string[]; lines: readonly string[] }>();
  const present = sockets.map(({ socket }) => socket);
  for (const { title, receives } of answers) {
    const lines = receivesInWords(receives, present, sent !== undefined);
    if (lines.length === 0) continue;
    const same = found.get(lines.join());
    found.set(lines.join(), { names: [...(same?.names ?? []), title], lines });
  }
  return [...found.values()].map(({ names, lines }) => ({ systems: list(names), lines }));
}

/** The cautions about who receives, in sentences, with the systems. */
export function cautionsInWords({ cautions }: Explanation): string[] {
  return cautions.map(({ text, systems }) => `Careful: ${text} (${titles(systems)}).`);
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

/** The title of the answers to the other errors of a text, or lines of a configuration. */
export const ALSO_TITLE = 'What else fails';

/** The answers to the other errors of a text, a sentence or more for each. */
export function alsoOf({ also }: Explanation): string[] {
  return also.map(({ spelled, answer }) => `${spelled}: ${answer.join(' ')}`);
}

/** The advice in sentences, and the systems where nothing helps, if there are any. Empty where everything works. */
export function adviceOf({ advice, answers }: Explanation): { pieces: string[]; helpless: string | undefined } {
  const failing = answers.filter(({ works }) => works !== 'yes').map(({ system }) => system);
  if (failing.length === 0) return { pieces: [], helpless: undefined };
  const pieces = advice.map(({ text, helps, breaks, unverified }) => {
    const but = breaks.length === 0 ? '' : `, but no longer on ${titles(breaks)}`;
    return asSentence(`${text}: on ${titles(helps)}${but}${doubt(helps, unverified)}`);
  });
  const helpless = failing.filter((system) => advice.every(({ helps }) => !helps.includes(system)));
  return { pieces, helpless: helpless.length > 0 ? `Nothing that is small helps on ${titles(helpless)}.` : undefined };
}

/** The advice against a socket that no one named, in sentences; the first says what it is taken to be. Empty where there is none. */
export function supposedOf({ supposed, sockets }: Explanation): string[] {
  if (supposed === undefined) return [];
  // The one that is asked about is another socket than the row.
  const isRow = sockets[0]?.failure === undefined;
  const [rival, asked] = isRow ? ['socket 1', 'the other socket'] : ['the other socket', 'socket 1'];
  const named = (text: string) =>
    text.replaceAll(/\bsockets 1 and 2\b/g, 'both sockets').replaceAll(/\bsocket [12]\b/g, (word) => {
      return word === 'socket 1' ? rival : asked;
    });
  return [
    isRow ? 'For another socket on the same name:' : `If the other socket is ${supposed.spelled} too:`,
    ...supposed.advice.map(({ text, helps, unverified }) =>
      asSentence(`${named(text)}: on ${titles(helps)}${doubt(helps, unverified)}`),
    ),
  ];
}

/** The title of what would have a socket refused that works beside one that it overlaps. */
export const REFUSALS_TITLE = 'What would have it refused instead';

/** The refusals in sentences. */
export function refusalsOf({ refusals }: Explanation): string[] {
  return refusals.map(({ text, helps, unverified }) =>
    asSentence(`${text}: on ${titles(helps)}${doubt(helps, unverified)}`),
  );
}

function doubt(helps: readonly SystemName[], unverified: readonly SystemName[]): string {
  if (unverified.length === 0) return '';
  const where = unverified.length === helps.length ? '' : ` on ${titles(unverified)}`;
  return ` (by a rule that no one has verified${where})`;
}

/** The title of what is taken for granted. */
export const ASSUMED_TITLE = 'Taken for granted';

/** What is taken for granted, and what the texts may mean beside what was read, in sentences. */
export function assumedOf({ assumed, otherwise, sockets }: Explanation): string[] {
  const different = (all: Assumed['otherwise']) =>
    list(all.map(({ outcomes, systems }) => `${eitherOf(outcomes)} on ${titles(systems)}`));
  return [
    ...assumed.map(({ text, otherwise: then }) => asSentence(`${text}; otherwise ${different(then)}`)),
    ...otherwise.map(({ socket, words, otherwise: then }) => {
      const text = sockets[socket]?.spelled ?? '';
      return `Socket ${socket + 1} is ${text}; if it is ${words}: ${different(then)}.`;
    }),
  ];
}

/** The title of what would stop a socket that is alone. */
export const STOPS_TITLE = 'What would stop it';

/** Which other sockets would stop a socket that is alone: for the systems that agree, lines. */
export function stopsInWords({ stops }: Explanation): { systems: string; lines: string[] }[] {
  return stops.map(({ systems, stopped, spared }) => ({
    systems: titles(systems),
    lines: [
      `stopped by: ${stopped.length === 0 ? 'none of those that were tried' : stopped.join(', ')}`,
      ...(spared.length === 0 ? [] : [`not by: ${spared.join(', ')}`]),
    ],
  }));
}

/** The title of the commands that show who has the port. */
export const FIND_TITLE = 'To find the other socket';

/** The commands that show who has the port, with the systems that have them. */
export function findersInWords({ find }: Explanation): { systems: string; command: string }[] {
  return find.map(({ systems, command }) => ({ systems: titles(systems), command }));
}

function titles(systems: readonly SystemName[]): string {
  return systems.length === Object.keys(models).length
    ? 'every system'
    : list(systems.map((system) => models[system].title));
}
