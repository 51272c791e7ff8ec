import type { Axes, Experiment } from '../../src/experiment/experiment.ts';
import { erased, experiment } from '../../src/experiment/experiment.ts';
import { knowledgeOf, type Recorded, type SystemFacts } from '../../src/experiment/known.ts';
import { cellsOf, type Cell } from '../../src/experiment/cells.ts';

type Given<A extends Axes, O> = Pick<Experiment<A, O>, 'run' | 'expect'> & Partial<Experiment<A, O>>;

/** An experiment with all that a test does not care for. */
export function anExperiment<const A extends Axes, O>(given: Given<A, O>): Experiment {
  return erased(typedExperiment(given));
}

/** The same, with its axes and its observation in its type, for what is known of it. */
export function typedExperiment<const A extends Axes, O>(given: Given<A, O>): Experiment<A, O> {
  const { axes = {} as A } = given;
  return experiment<A, O>({
    title: 'a title',
    asks: 'What happens?',
    tags: [],
    claims: {},
    known: 'observed',
    cite: [],
    ...given,
    axes,
  });
}

/** An experiment's cells under an id, with what is known of it. */
export function cells(
  id: string,
  declared: Experiment,
  known: readonly SystemFacts[] = [],
  recorded: readonly Recorded[] = [],
): Cell[] {
  return cellsOf({ id, experiment: declared, known: knowledgeOf(declared, known, recorded) });
}

/** An experiment that only binds its port on loopback, which works wherever bind does. */
export const binds = anExperiment({
  run: async (_, trial) => {
    const server = await trial.part('server');
    const results = await server.attempt(
      { op: 'socket', as: 's', family: 'inet', type: 'dgram' },
      { op: 'bind', on: 's', address: '127.0.0.1', port: trial.port },
    );
    return { outcome: results.at(-1)?.outcome ?? '' };
  },
  expect: { outcome: 'ok' },
});
