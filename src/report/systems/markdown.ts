import { counted } from '../../text/counted.ts';
import { byKey } from '../by-key.ts';
import { text } from '../markup.ts';
import { questionFiles } from '../questions/page.ts';
import { subjectTitle } from '../subjects.ts';
import { suiteOf } from '../summary.ts';
import { SIGN_MEANINGS, signOf, type SystemAnswer } from './answer.ts';
import { ENGINES_COLUMN } from './order.ts';
import type { ScoredColumn, SystemsQuestion, SystemsTable } from './shape.ts';

/** No cell of the table is longer, in characters. */
const LONGEST_CELL = 40;

/**
 * The table of systems for a forge, in Markdown: a row for each question, and in each cell a sign and at most a word. A
 * cell that is the same as on Linux has the sign alone.
 * @param questions where the pages of the questions are, from the file on; null where there are none
 */
export function systemsMarkdown({ columns, questions }: SystemsTable, where: string | null): string {
  const systems = columns
    .map((column, place) => ({ column, place }))
    .filter(({ column }) => column.id !== ENGINES_COLUMN);
  const engines = columns.findIndex(({ id }) => id === ENGINES_COLUMN);
  const ofEngines = questions.filter(({ id }) => suiteOf(id) === 'containers');
  const others = questions.filter((question) => !ofEngines.includes(question));
  const places = systems.map(({ place }) => place);
  const parts = [
    `# ${counted(others.length, 'question')} on ${counted(systems.length, 'system')}`,
    legend(),
    scores(columns, ofEngines.length),
    tight(
      ['Question', ...systems.map(({ column }) => text(column.title))],
      // One table, so that the columns stay in line; a row with nothing but a title begins each subject.
      [...byKey(others, ({ id }) => suiteOf(id))].flatMap(([subject, own]) => [
        [`**${text(subjectTitle(subject))}**`, ...places.map(() => '')],
        ...own.map((question) => [
          titleOf(question, where),
          ...places.map((place) => cellOf(question.answers[place], columns[place]?.id === 'linux')),
        ]),
      ]),
    ),
    ...(ofEngines.length === 0
      ? []
      : [
          '## Container engines',
          tight(
            ['Question', 'Engines'],
            ofEngines.map(({ title, answers }) => [text(title), cellOf(answers[engines], true)]),
          ),
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function legend(): string {
  const meanings = SIGN_MEANINGS.map(({ sign, means }) => (sign === '' ? means : `${sign} ${means}`));
  return `${meanings.join('; ')}. Where the answer is that of Linux, only the sign is there.`;
}

/** A line for each system: what its column says as a whole, and on which platforms it was observed. */
function scores(columns: readonly ScoredColumn[], engines: number): string {
  return columns
    .filter(({ id }) => id !== ENGINES_COLUMN || engines > 0)
    .map(({ id, title, sentence, platforms }) => {
      const titles = platforms.map((one) => one.title);
      const names = id === ENGINES_COLUMN ? withVersions(titles) : titles;
      const on = platforms.length === 0 ? '' : ` (${names.map((one) => text(one)).join(', ')})`;
      return `- **${text(title)}**${on}: ${text(sentence.replace(/: here is how$/, ''))}`;
    })
    .join('\n');
}

/** The titles of engines, which end with their versions: the name of each is there once. */
function withVersions(titles: readonly string[]): string[] {
  const nameOf = (title = '') => title.slice(0, title.lastIndexOf(' '));
  return titles.map((title, place) =>
    place > 0 && nameOf(title) === nameOf(titles[place - 1]) ? title.slice(nameOf(title).length + 1) : title,
  );
}

function titleOf({ id, title }: SystemsQuestion, where: string | null): string {
  return where === null ? text(title) : `[${text(title)}](${where}${questionFiles(id).page})`;
}

/** @param own whether the word is shown whatever it is, as on Linux; elsewhere one that the sign says too is not */
function cellOf(answer: SystemAnswer | undefined, own: boolean): string {
  if (answer === undefined) return '';
  const sign = signOf(answer);
  const word = own || (answer.likeness !== 'same' && answer.word !== answer.likeness) ? answer.word : '';
  const cell = [sign, text(word)].filter((part) => part !== '').join(' ');
  return cell.length > LONGEST_CELL ? sign : cell;
}

/** A table without any space between its bars: there are so many cells that the spaces would be a third of it. */
function tight(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `|${cells.join('|')}|`;
  return [line(head), line(head.map(() => '-')), ...rows.map(line)].join('\n');
}
