import type { ProgramRecord } from '../../record/program.ts';

/** How the parts of the record of a program contradict each other, in words; null where they agree. */
export function wrongInProgram({ asked, observation }: ProgramRecord): string | null {
  const unasked = (['reach', 'second', 'restart', 'ipv6-off', 'taken', 'late'] as const).find(
    (question) => observation[question] !== undefined && !asked.includes(question),
  );
  return unasked === undefined ? null : `\`observation\` answers ${unasked}, which was not asked`;
}
