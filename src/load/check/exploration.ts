import type { Exploration } from '../../record/explore.ts';
import { firstWrong, twice } from './lists.ts';
import { wrongPlatform } from './platform.ts';

/** How the parts of an exploration's record contradict each other, in words; null where they agree. */
export function wrongInExploration({ platform, protocols, mismatches }: Exploration): string | null {
  if (protocols.every(({ sequences }) => sequences === 0)) return 'it has no sequences';
  return (
    wrongPlatform(platform) ??
    twice(protocols, 'protocols', ({ protocol }) => protocol) ??
    firstWrong(protocols, 'protocols', (tally) =>
      tally.mismatches > tally.sequences ? `${tally.mismatches} of ${tally.sequences} sequences have a mismatch` : null,
    ) ??
    firstWrong(protocols, 'protocols', ({ protocol, mismatches: count }) => {
      const told = mismatches.filter((one) => one.protocol === protocol).length;
      return told > count ? `${told} mismatches of ${protocol} are listed, but ${count} were counted` : null;
    }) ??
    firstWrong(mismatches, 'mismatches', ({ protocol }) =>
      protocols.some((one) => one.protocol === protocol) ? null : `nothing of ${protocol} was explored`,
    )
  );
}
