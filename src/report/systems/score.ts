import { counted } from '../../text/counted.ts';
import { ENGINES_COLUMN, type SystemColumn } from './order.ts';
import type { SystemScore, SystemsQuestion } from './shape.ts';

/** Counts the answers of one column; what only engines are asked does not count for systems, nor the other way round. */
export function scoreOf(
  questions: readonly SystemsQuestion[],
  columns: readonly SystemColumn[],
  place: number,
): SystemScore {
  const isEngines = columns[place]?.id === ENGINES_COLUMN;
  const own = questions.filter(({ id }) => id.startsWith('containers/') === isEngines);
  const count = (likeness: string) => own.filter(({ answers }) => answers[place]?.likeness === likeness).length;
  return {
    asked: own.length,
    same: count('same'),
    differs: count('differs'),
    deviates: count('deviates'),
    none: count('none'),
    observed: own.filter(({ answers }) => (answers[place]?.cases.observed ?? 0) > 0).length,
  };
}

/** A column's score in a sentence; the last words are followed by where it is said how to run bindspec there. */
export function scoreSentence({ id }: SystemColumn, score: SystemScore, platforms: number): string {
  const { asked, same, differs, deviates, observed } = score;
  const answered = same + differs + deviates;
  if (answered === 0)
    return platforms === 0 ? 'Nothing is known; never run by us: here is how' : 'Nothing was observed';
  const never = platforms === 0 ? '; never run by us: here is how' : `; observed in ${observed}`;
  if (id === ENGINES_COLUMN)
    return `${deviates} of ${counted(asked, 'question')} have an answer that is not as promised`;
  if (id === 'linux') {
    const more = deviates === 0 ? '' : `; in ${deviates} more, an answer is unexpected`;
    return platforms < 2
      ? `observed in ${observed} of ${counted(answered, 'question')}`
      : `its ${counted(platforms, 'kernel')} differ in ${differs} of ${counted(answered, 'question')}${more}`;
  }
  const unexpected = deviates === 0 ? '' : `, unexpectedly in ${deviates}`;
  return `differs from Linux in ${differs + deviates} of ${counted(answered, 'question')}${unexpected}${never}`;
}
