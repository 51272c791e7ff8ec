import { singlesOf } from '../../matrix/singles/reading.ts';
import type { Singles } from '../../record/singles.ts';
import { wrongCount, wrongParts } from './counts.ts';
import { firstWrong, twice } from './lists.ts';

/** How the parts of the single binds of a record contradict each other, in words; null where they agree. */
export function wrongInSingles(record: Singles): string | null {
  const counts = { binds: 0, agree: 0, mismatches: 0, notCompared: 0, notRun: 0 };
  const wrong = wrongParts('the parts of its single binds', () => {
    for (const { answer, agrees } of singlesOf(record).flat()) {
      counts.binds += 1;
      if (answer === null) counts.notRun += 1;
      else if (agrees === null) counts.notCompared += 1;
      else if (agrees) counts.agree += 1;
      else counts.mismatches += 1;
    }
  });
  return (
    wrong ??
    wrongCount(record.counts, counts, 'singles.counts') ??
    twice(record.names, 'singles.names', (name) => JSON.stringify(name)) ??
    twice(record.blocks, 'singles.blocks', ({ family }) => family) ??
    firstWrong(
      record.blocks,
      'singles.blocks',
      ({ manners, names }) =>
        twice(manners, 'manners', (manner) => JSON.stringify(manner)) ?? twice(names, 'names', String),
    )
  );
}
