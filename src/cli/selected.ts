import { cellsOf, type Cell, type Registered } from '../experiment/cells.ts';
import { among, NothingSelected, type Selectable } from '../experiment/selection.ts';
import { UserError } from './exit.ts';

/** The cells that selectors choose. @throws UserError when one matches nothing. */
export function selected(registry: readonly Registered[], selectors: readonly string[]): Cell[] {
  return selectedAmong(registry.flatMap(cellsOf), selectors);
}

/** Those of some cells that selectors choose. @throws UserError when one matches nothing. */
export function selectedAmong<One extends Selectable>(cells: One[], selectors: readonly string[]): One[] {
  try {
    return among(cells, selectors);
  } catch (error) {
    if (error instanceof NothingSelected) throw new UserError(error.message);
    throw error;
  }
}
