import { limitAgainst } from '../process/limits.ts';
import { UserError } from './exit.ts';

/** Sees that the limits of this process let it have so many labs at a time. @throws UserError that says what to raise */
export function wantRoom(jobs: number): void {
  const against = limitAgainst(jobs);
  if (against !== null) throw new UserError(against);
}
