import type { Cell } from '../../experiment/cells.ts';
import { laidOver, leaves } from '../../experiment/expectation.ts';
import type { System } from '../../experiment/experiment.ts';
import { expectationFor, type Resolved } from '../../verdict/judge.ts';
import { withoutNames } from '../../verdict/sameness.ts';
import { expectedInWords } from '../words.ts';
import { NO_ANSWER, type SystemAnswer } from './answer.ts';
import { readersWord, wordOfLikeness } from './word.ts';

/** What is known of a cell on a system from anything but the records at hand; no answer where no one has said. */
export function knownAnswer(cell: Cell, system: System): SystemAnswer {
  const resolved = expectationFor(cell, system);
  const linux = expectationFor(cell, 'linux');
  if (resolved === null || linux === null) return NO_ANSWER;
  const { expect, known, cite, because } = resolved;
  const outcomes = leaves(expect).map(([place, leaf]) => ({ place, observed: expectedInWords(leaf) }));
  const likeness = isAsOnLinux(cell, resolved, linux) ? 'same' : 'differs';
  return {
    ...NO_ANSWER,
    word: readersWord(outcomes) || wordOfLikeness(likeness, system === 'linux'),
    likeness,
    basis: 'known',
    cases: { answered: 1, observed: 0, alike: 1 },
    known: [known],
    cite,
    because: because === undefined ? [] : [because],
  };
}

/** Whether nothing that is known contradicts what is right on Linux; another name for the same error does not. */
function isAsOnLinux(cell: Cell, { expect }: Resolved, { expect: linux }: Resolved): boolean {
  const plain = cell.registered.experiment.names === true ? JSON.stringify : namelessly;
  return plain(laidOver(linux, expect)) === plain(linux);
}

function namelessly(value: unknown): string {
  return JSON.stringify(withoutNames(value));
}
