import { standingsOf, type Standing } from '../report/page/standing.ts';
import type { PageCell, PageData } from '../report/page/data.ts';

/** The sign of each standing, and what it means; told in words beside the colour, for who does not see it. */
export const MEANING: Readonly<Record<Standing, { sign: string; title: string; means: string }>> = {
  same: { sign: '=', title: 'same', means: 'the same as on most of the platforms' },
  differs: {
    sign: '≠',
    title: 'documented difference',
    means: 'another outcome, which is documented or allowed there',
  },
  unjudged: {
    sign: '?',
    title: 'difference, not judged',
    means: 'another outcome, and no one has said what is right there',
  },
  deviates: { sign: '✗', title: 'deviation', means: 'not what is expected there' },
  unobserved: { sign: '–', title: 'not observed', means: 'skipped, because the lab lacks something that it needs' },
  error: { sign: '!', title: 'error', means: 'bindspec itself made a mistake; nothing is known' },
};

/** How a cell stands on each of some platforms, told by their places; null where it was not chosen. */
export function standings(data: PageData, cell: PageCell, shown: readonly number[]): (Standing | null)[] {
  return standingsOf(
    shown.map((place) => {
      const [sight, group] = cell.on[place] ?? [];
      const verdict = sight === undefined ? undefined : data.sights[sight]?.verdict;
      return verdict === undefined || group === undefined ? null : { verdict, group };
    }),
  );
}
