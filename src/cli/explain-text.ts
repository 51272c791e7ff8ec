import type { Answer } from '../explain/answer.ts';
import type { Explanation } from '../explain/explanation.ts';
import { eitherOf, sentenceOf } from '../explain/sentences.ts';
import {
  ADVICE_TITLE,
  adviceOf,
  ALSO_TITLE,
  alsoOf,
  asSentence,
  ASSUMED_TITLE,
  assumedOf,
  cautionsInWords,
  FIND_TITLE,
  findersInWords,
  givenOf,
  groundsOf,
  notesOf,
  RECEIVERS_TITLE,
  receiversOf,
  REFUSALS_TITLE,
  refusalsOf,
  SIGNS,
  STOPS_TITLE,
  stopsInWords,
  supposedOf,
  tableOf,
  WHO_IS_WHO,
} from '../explain/told.ts';
import type { Here } from './explain-here.ts';
import { shellWord } from '../report/words.ts';
import { inColumns } from '../text/columns.ts';
import { columns, paint, say } from './terminal.ts';
import { wrap } from '../text/wrap.ts';

/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 120;

const STYLES = { yes: 'green', no: 'red', unsure: 'yellow' } as const;

interface More {
  /** Whether to print the reasons too: for each system a sentence, the rule and its source. */
  readonly why: boolean;
  /** Whether to say who receives also where one socket is alone. */
  readonly receivers: boolean;
}

/** Prints an explanation: the answer, the sockets as they were read, a table, and what would help. */
export function tellExplanation(explanation: Explanation, here: Here | undefined, more: More): void {
  for (const [place, sentence] of explanation.answer.entries()) {
    paragraph(sentence, 0, place === 0 ? (line) => paint('bold', line) : undefined);
  }
  say();
  sockets(explanation);
  for (const sentence of givenOf(explanation)) paragraph(sentence, 0, gray);
  say();
  for (const line of table(explanation.answers)) say(line);
  if (here !== undefined) tellHere(here);
  if (more.why) reasons(explanation);
  receivers(explanation, more.receivers);
  advice(explanation);
  supposed(explanation);
  section(ALSO_TITLE, alsoOf(explanation));
  section(REFUSALS_TITLE, refusalsOf(explanation));
  finders(explanation);
  stops(explanation);
  section(ASSUMED_TITLE, assumedOf(explanation));
  plan(explanation);
  if (!more.why) paragraph('\nAdd --why for the rule of each system, its source, and how it is known.', 0, gray);
}

function reasons(explanation: Explanation): void {
  heading('Why');
  if (explanation.sockets.length > 2) paragraph(WHO_IS_WHO, 2, gray);
  for (const [place, answer] of explanation.answers.entries()) {
    if (place > 0) say();
    why(answer);
  }
}

function section(title: string, sentences: readonly string[]): void {
  if (sentences.length === 0) return;
  heading(title);
  for (const sentence of sentences) paragraph(sentence, 2, undefined, '- ');
}

/** Commands stay one line each, so that they can be copied. */
function finders(explanation: Explanation): void {
  const found = findersInWords(explanation);
  if (found.length === 0) return;
  heading(FIND_TITLE);
  for (const line of inColumns(found.map(({ systems, command }) => [systems, command]))) say(`  ${line}`);
}

function stops(explanation: Explanation): void {
  const told = stopsInWords(explanation);
  if (told.length > 0) heading(STOPS_TITLE);
  for (const { systems, lines } of told) {
    paragraph(systems, 2);
    for (const line of lines) paragraph(line, 4, gray);
  }
}

function sockets({ sockets: all }: Explanation): void {
  for (const [place, socket] of all.entries()) {
    const { spelled } = socket;
    const asked = place === all.length - 1 && place > 0 ? paint('gray', '  <- asked about') : '';
    say(`${paint('bold', `Socket ${place + 1}`)}  ${spelled}${asked}`);
    for (const note of notesOf(socket)) paragraph(note, 10, gray);
  }
}

/** The line that plays it, which stays one line so that it can be copied. A single socket has nothing to meet. */
function plan({ sockets: all, plan: text }: Explanation): void {
  if (all.length < 2) return;
  heading('As a plan');
  say(`  bindspec explore --replay ${shellWord(text)}`);
}

function table(answers: readonly Answer[]): string[] {
  const { head, rows } = tableOf(answers);
  // The system is in the row already, where there is no room to say it twice.
  const isWide = inColumns([head, ...rows]).some((line) => line.length + 2 > room());
  const shown = isWide ? rows.map((row) => [...row.slice(0, -1), row.at(-1)?.replace(/^.*\//, '') ?? '']) : rows;
  const [top = '', ...lines] = inColumns([head, ...shown]);
  return [
    `  ${paint('gray', top)}`,
    ...lines.map((line, place) => {
      const works = answers[place]?.works ?? 'unsure';
      return `${paint(STYLES[works], SIGNS[works])} ${line}`;
    }),
  ];
}

function why(answer: Answer): void {
  paragraph(sentenceOf(answer), 2);
  for (const note of answer.notes) paragraph(asSentence(note), 2);
  paragraph(groundsOf(answer), 4, gray);
}

function receivers(explanation: Explanation, isAsked: boolean): void {
  const told = receiversOf(explanation, isAsked);
  if (told.length > 0) heading(RECEIVERS_TITLE);
  for (const { systems, lines } of told) {
    paragraph(systems, 2);
    for (const line of lines) paragraph(line, 4, gray);
  }
  for (const sentence of cautionsInWords(explanation)) paragraph(sentence, 2, (line) => paint('yellow', line));
}

function advice(explanation: Explanation): void {
  const { pieces, helpless } = adviceOf(explanation);
  if (pieces.length === 0 && helpless === undefined) return;
  heading(ADVICE_TITLE);
  for (const piece of pieces) paragraph(piece, 2, undefined, '- ');
  if (helpless !== undefined) paragraph(helpless, 2);
}

function supposed(explanation: Explanation): void {
  const [first, ...pieces] = supposedOf(explanation);
  if (first === undefined) return;
  heading(ADVICE_TITLE);
  paragraph(first, 2);
  for (const piece of pieces) paragraph(piece, 2, undefined, '- ');
}

function tellHere(here: Here): void {
  heading(`Here, on ${here.platform} (${here.lab} lab)`);
  for (const note of here.notes) paragraph(note, 2, gray);
  const calls = (bind: string, listen: string | undefined) =>
    listen === undefined ? `bind ${bind}` : `bind ${bind}, listen ${listen}`;
  say(`  observed   ${calls(here.bind, here.listen)}`);
  const { bind, listen } = here.predicted;
  say(`  the model  ${calls(eitherOf(bind), listen === undefined ? undefined : eitherOf(listen))}`);
  for (const { to, who, predicted } of here.received) {
    paragraph(`to ${to}: ${who}${predicted.includes(who) ? '' : `; the model says ${predicted.join(' or ')}`}`, 2);
  }
  if (here.agrees) say(`  ${paint('green', '✓ they agree')}`);
  else say(`  ${paint('red', '✗ THEY DISAGREE')}`);
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
