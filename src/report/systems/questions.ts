import { cellsOf, type Cell, type Registered } from '../../experiment/cells.ts';
import { SYSTEMS } from '../../experiment/experiment.ts';
import type { ComparedCell, ComparedExperiment, ComparedPlatform } from '../../record/comparison.ts';
import { cellsInPlainWords } from '../axes.ts';
import { bySubject } from '../subjects.ts';
import { byKey } from '../by-key.ts';
import { NO_ANSWER, type SystemAnswer } from './answer.ts';
import { knownAnswer } from './known-answer.ts';
import { linuxBase, observedAnswer, platformsOf } from './observed-answer.ts';
import type { SystemColumn } from './order.ts';
import type { QuestionCases, SystemsQuestion } from './shape.ts';
import { summaryOf } from './summary.ts';
import { wordOfLikeness } from './word.ts';

/** One cell, as it is known and as it was recorded; at least one of the two. */
interface Both {
  id: string;
  values: Readonly<Record<string, string>>;
  cell?: Cell;
  compared?: ComparedCell;
}

/** The questions of experiments: those that are registered, and those that are only in the records. */
export function experimentQuestions(
  experiments: readonly ComparedExperiment[],
  registry: readonly Registered[],
  columns: readonly SystemColumn[],
  platforms: readonly ComparedPlatform[],
): SystemsQuestion[] {
  const recorded = new Map(experiments.map((one) => [one.id, one]));
  const known = new Map(registry.map((one) => [one.id, one]));
  const ids = [...new Set([...known.keys(), ...recorded.keys()])].toSorted(bySubject);
  const on = columns.map(({ id }) => platformsOf(id, platforms));
  return ids.map((id) => {
    const [was, is] = [recorded.get(id), known.get(id)];
    const cells = cellsOfBoth(was, is);
    const answers = cells.map((one) => answersTo(one, columns, on, platforms));
    return {
      id,
      title: is?.experiment.title ?? was?.title ?? id,
      asks: is?.experiment.asks ?? was?.asks ?? '',
      values: [...new Set(cells.flatMap(({ values }) => Object.values(values)))],
      answers: columns.map(({ id: system }, place) =>
        summaryOf(
          answers.map((row) => row[place] ?? NO_ANSWER),
          system === 'linux',
        ),
      ),
      cases: casesOf(cells, answers),
    };
  });
}

function cellsOfBoth(was: ComparedExperiment | undefined, is: Registered | undefined): Both[] {
  const compared = new Map(was?.cells.map((cell) => [cell.id, cell]));
  const registered = (is === undefined ? [] : cellsOf(is)).map((cell): Both => {
    const seen = compared.get(cell.id);
    compared.delete(cell.id);
    return { id: cell.id, values: cell.values, cell, ...(seen === undefined ? {} : { compared: seen }) };
  });
  return [
    ...registered,
    ...[...compared.values()].map((seen) => ({ id: seen.id, values: seen.values, compared: seen })),
  ];
}

function answersTo(
  { cell, compared }: Both,
  columns: readonly SystemColumn[],
  on: readonly (readonly ComparedPlatform[])[],
  platforms: readonly ComparedPlatform[],
): SystemAnswer[] {
  const base = linuxBase(cell, compared, platforms);
  const answers = columns.map(({ id }, place) => {
    const observed = observedAnswer(compared, on[place] ?? [], base);
    if (observed.basis !== 'none' || cell === undefined) return observed;
    const system = SYSTEMS.find((one) => one === id);
    return system === undefined ? NO_ANSWER : knownAnswer(cell, system);
  });
  const linux = answers[columns.findIndex(({ id }) => id === 'linux')] ?? NO_ANSWER;
  return answers.map((answer) => (answer === linux ? answer : toldApart(answer, linux.word)));
}

/** The word of Linux would hide that something else differs. */
function toldApart(answer: SystemAnswer, linux: string): SystemAnswer {
  const apart = <T extends Pick<SystemAnswer, 'word' | 'likeness'>>(one: T): T =>
    one.likeness === 'differs' && one.word === linux ? { ...one, word: wordOfLikeness(one.likeness, false) } : one;
  return { ...apart(answer), on: answer.on.map(apart) };
}

/** Cells with the same words, signs and platforms together, in their order. */
function casesOf(cells: readonly Both[], answers: readonly SystemAnswer[][]): QuestionCases[] {
  const both = cells.map((cell, place) => ({ cell, own: answers[place] ?? [] }));
  const groups = byKey(both, ({ own }) =>
    JSON.stringify(own.map(({ word, likeness, basis, on }) => [word, likeness, basis, on])),
  );
  return [...groups.values()].map((group) => ({
    cells: group.map(({ cell }) => cell.id),
    which: cellsInPlainWords(
      group.map(({ cell }) => cell),
      cells,
    ),
    answers: group[0]?.own ?? [],
  }));
}
