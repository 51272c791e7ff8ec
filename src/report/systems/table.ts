import type { Registered } from '../../experiment/cells.ts';
import type { Comparison } from '../../record/comparison.ts';
import type { ContainersRecord } from '../../record/containers.ts';
import { engineQuestions } from './engine-questions.ts';
import { platformsOf } from './observed-answer.ts';
import { platformTitles } from './platform-titles.ts';
import { columnsFor, ENGINES_COLUMN, type SystemColumn } from './order.ts';
import { experimentQuestions } from './questions.ts';
import { scoreOf, scoreSentence } from './score.ts';
import type { ScoredColumn, SystemsTable } from './shape.ts';

/**
 * The table of systems: every question that is registered or recorded, on every system that anything is known of.
 * @param records the records of engines, in the order of `comparison.engines`
 */
export function systemsTable(
  comparison: Comparison,
  records: readonly ContainersRecord[],
  registry: readonly Registered[],
): SystemsTable {
  const { platforms, experiments, engines = [] } = comparison;
  const columns = columnsFor(platforms.filter(({ run }) => run !== undefined).map(({ platform }) => platform.system));
  const questions = [
    ...experimentQuestions(experiments, registry, columns, platforms),
    ...engineQuestions(engines, records, columns),
  ];
  return {
    columns: columns.map((column, place): ScoredColumn => {
      const own = platformsFor(column, comparison);
      const score = scoreOf(questions, columns, place);
      return { ...column, platforms: own, score, sentence: scoreSentence(column, score, own.length) };
    }),
    questions,
  };
}

function platformsFor({ id, title }: SystemColumn, { platforms, engines = [] }: Comparison): ScoredColumn['platforms'] {
  if (id === ENGINES_COLUMN)
    return engines.map(({ name, engine, version }) => ({ name, title: `${engine} ${version}` }));
  return platformTitles(title, platformsOf(id, platforms));
}
