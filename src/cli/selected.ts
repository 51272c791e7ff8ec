import type { Cell, Registered } from '../experiment/cells.ts';
import { NothingSelected, select } from '../experiment/selection.ts';
import { UserError } from './exit.ts';

/** The cells that selectors choose. @throws UserError when one matches nothing. */
export function selected(registry: readonly Registered[], selectors: readonly string[]): Cell[] {
  try {
    return select(registry, selectors);
  } catch (error) {
    if (error instanceof NothingSelected) throw new UserError(error.message);
    throw error;
  }
}
