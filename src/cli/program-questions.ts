import { PROGRAM_QUESTIONS, type ProgramQuestion } from '../program/program.ts';
import { unknown } from '../text/unknown.ts';
import { UserError } from './exit.ts';

/**
 * The questions that the words of `--ask` name, in the order in which they are asked. The sockets are always looked at, so
 * `sockets` adds none. @throws UserError for a question that there is not
 */
export function namedQuestions(text: string): ProgramQuestion[] {
  const names = ['sockets', ...PROGRAM_QUESTIONS] as const;
  const asked = new Set(
    text.split(',').map((word) => {
      const name = word.trim();
      const found = names.find((one) => one === name);
      if (found !== undefined) return found;
      throw new UserError(unknown('question', name, names, `it is one of ${names.join(', ')}`));
    }),
  );
  return PROGRAM_QUESTIONS.filter((one) => asked.has(one));
}
