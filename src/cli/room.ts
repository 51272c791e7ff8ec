import { limitAgainst, type Jobs } from '../process/limits.ts';
import { UserError } from './exit.ts';

/** Sees that the limits of this process let it do so many at a time. @throws UserError that says what to raise */
export function wantRoom(jobs: number, what: Jobs): void {
  const against = limitAgainst(jobs, what);
  if (against !== null) throw new UserError(against);
}
