import type { Cell } from '../../experiment/cells.ts';
import { leaves } from '../../experiment/expectation.ts';
import { alike, whichOf } from '../expectations.ts';
import { expectedInWords } from '../words.ts';
import type { Declared } from './data.ts';

/** What bindspec expects of an experiment's cells on every system that it knows. */
export function declaredFor(cells: readonly Cell[]): Declared[] {
  return alike(cells).map(({ titles, groups, grounds }) => ({
    systems: titles,
    groups: groups.map(({ resolved, cells: own }) => ({
      cells: own.length === cells.length ? null : whichOf(own, cells),
      leaves: leaves(resolved?.expect).flatMap(([place, expected]) =>
        resolved === null ? [] : [{ place, expected: expectedInWords(expected) }],
      ),
      ...(resolved?.because === undefined ? {} : { because: resolved.because }),
    })),
    grounds: grounds.map(({ titles: systems, known, cite }) => ({ systems, known, cite: [...cite] })),
  }));
}
