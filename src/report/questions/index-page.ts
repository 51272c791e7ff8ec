import type { Registered } from '../../experiment/cells.ts';
import { counted } from '../../text/counted.ts';
import { table, text } from '../markup.ts';
import { suiteOf } from '../summary.ts';
import { subjectTitle } from '../subjects.ts';
import { questionFiles } from './page.ts';

/** The list of all questions, by subject. */
export function questionIndex(registry: readonly Registered[]): string {
  const subjects = [...new Set(registry.map(({ id }) => suiteOf(id)))];
  const parts = [
    '# Questions',
    `bindspec asks ${counted(registry.length, 'question')}. Each has a page: what it asks, a drawing, what is right on each system and where that is written, what platforms did, and the command that asks it again.`,
    ...subjects.flatMap((subject) => [
      `## ${text(subjectTitle(subject))}`,
      table(
        ['Question', 'It asks'],
        registry
          .filter(({ id }) => suiteOf(id) === subject)
          .map(({ id, experiment }) => [
            `[${text(experiment.title)}](${questionFiles(id).page})`,
            text(experiment.asks),
          ]),
      ),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}
