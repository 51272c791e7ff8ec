import { eitherOf, list, sentenceOf, verdictOf } from '../explain/sentences.ts';
import type { Answer } from '../explain/answer.ts';
import type { Explanation } from '../explain/explain.ts';
import { models } from '../model/index.ts';
import type { SystemName } from '../model/types.ts';
import { howKnown } from '../report/words.ts';
import type { Here } from './explain-here.ts';
import { columns, paint, say, wrap } from './terminal.ts';

/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 120;

const SIGNS = {
  yes: { sign: '✓', style: 'green' },
  no: { sign: '✗', style: 'red' },
  unsure: { sign: '?', style: 'yellow' },
} as const;

/** The rules are worded for two sockets. */
const WHO = 'In the rules the first socket is one that is there, and the second the one that is asked about.';

/** Prints an explanation: the sockets as they were read, a table, a sentence for each system, and what would help. */
export function tellExplanation(explanation: Explanation, here: Here | undefined): void {
  sockets(explanation);
  say();
  paragraph(verdictOf(explanation), 0, (line) => paint('bold', line));
  say();
  for (const line of table(explanation.answers)) say(line);
  if (here !== undefined) tellHere(here);
  heading('Why');
  if (explanation.sockets.length > 2) paragraph(WHO, 2, gray);
  for (const [place, answer] of explanation.answers.entries()) {
    if (place > 0) say();
    why(answer);
  }
  advice(explanation);
}

function sockets({ sockets: all }: Explanation): void {
  for (const [place, { spelled, text, notes }] of all.entries()) {
    const asked = place === all.length - 1 ? paint('gray', '  <- asked about') : '';
    say(`${paint('bold', `Socket ${place + 1}`)}  ${spelled}${asked}`);
    if (normal(text) !== normal(spelled) && notes.length === 0) paragraph(`written ${text}`, 10, gray);
    for (const note of notes) paragraph(note, 10, gray);
  }
}

function normal(text: string): string {
  return text.toLowerCase().split(/\s+/).toSorted().join(' ');
}

function table(answers: readonly Answer[]): string[] {
  const listens = answers.some(({ listen }) => listen !== undefined);
  const rows = answers.map(({ title, bind, listen, rule }) => [
    title,
    eitherOf(bind.outcomes),
    ...(listens ? [listen === undefined ? '-' : eitherOf(listen.outcomes)] : []),
    rule.id,
  ]);
  const head = ['', 'bind', ...(listens ? ['listen'] : []), 'decided by the rule'];
  // The system is in the row already, where there is no room to say it twice.
  const isWide = fitted([head, ...rows]).some((line) => line.length + 2 > room());
  const shown = isWide ? rows.map((row) => [...row.slice(0, -1), row.at(-1)?.replace(/^.*\//, '') ?? '']) : rows;
  const [top = '', ...lines] = fitted([head, ...shown]);
  return [
    `  ${paint('gray', top)}`,
    ...lines.map((line, place) => {
      const { sign, style } = SIGNS[answers[place]?.works ?? 'unsure'];
      return `${paint(style, sign)} ${line}`;
    }),
  ];
}

/** Rows as lines whose columns stand below each other. */
function fitted(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function why(answer: Answer): void {
  const { rule } = answer;
  paragraph(sentenceOf(answer), 2);
  for (const note of answer.notes) paragraph(`${note[0]?.toUpperCase()}${note.slice(1)}.`, 2);
  const known = rule.unverified === true ? 'not verified' : howKnown(rule.known);
  paragraph(`${rule.source.name}: ${rule.source.where} (${known})`, 4, gray);
}

function advice({ advice: all, answers }: Explanation): void {
  const failing = answers.filter(({ works }) => works !== 'yes').map(({ system }) => system);
  if (failing.length === 0) return;
  heading('What would make it work');
  for (const { text, helps, breaks } of all) {
    const everywhere = failing.every((system) => helps.includes(system))
      ? 'wherever it does not yet'
      : `on ${titles(helps)}`;
    const where = `${everywhere}${breaks.length === 0 ? '' : `, but no longer on ${titles(breaks)}`}`;
    paragraph(`${text[0]?.toUpperCase()}${text.slice(1)}: ${where}.`, 2, undefined, '- ');
  }
  const helpless = failing.filter((system) => all.every(({ helps }) => !helps.includes(system)));
  if (helpless.length > 0) paragraph(`Nothing that is small helps on ${titles(helpless)}.`, 2);
}

function tellHere(here: Here): void {
  heading(`Here, on ${here.platform} (${here.lab} lab)`);
  for (const note of here.notes) paragraph(note, 2, gray);
  const calls = (bind: string, listen: string | undefined) =>
    listen === undefined ? `bind ${bind}` : `bind ${bind}, listen ${listen}`;
  say(`  observed   ${calls(here.bind, here.listen)}`);
  const { bind, listen } = here.predicted;
  say(`  the model  ${calls(eitherOf(bind), listen === undefined ? undefined : eitherOf(listen))}`);
  if (here.agrees) say(`  ${paint('green', '✓ they agree')}`);
  else say(`  ${paint('red', '✗ THEY DISAGREE')}`);
}

function titles(systems: readonly SystemName[]): string {
  return list(systems.map((system) => models[system].title));
}

function heading(text: string): void {
  say(`\n${paint('bold', text)}`);
}

function gray(line: string): string {
  return paint('gray', line);
}

function paragraph(text: string, indent: number, style = (line: string) => line, bullet = ''): void {
  const lines = wrap(text, room() - indent - bullet.length);
  for (const [place, line] of lines.entries()) {
    say(`${' '.repeat(indent)}${place === 0 ? bullet : ' '.repeat(bullet.length)}${style(line)}`);
  }
}

function room(): number {
  return Math.min(columns(), WIDEST);
}
