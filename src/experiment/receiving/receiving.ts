import type { Need } from '../../lab/lab.ts';
import { leaves, type Expectation } from '../expectation.ts';
import { experiment, type Axes, type CellOf, type Experiment } from '../experiment.ts';
import type { Outcome } from '../outcome.ts';
import type { Trial } from '../trial.ts';
import { needsOfScene } from './needs.ts';
import { playScene, type SceneOutcome } from './play.ts';
import type { ReceivingScene } from './scene.ts';

/** What is right on Linux: who receives each packet, and the outcome of each socket that could not be made. */
interface SceneExpectation {
  readonly receives: Readonly<Record<string, string | { readonly oneOf: readonly string[] }>>;
  readonly sockets?: Readonly<Record<string, Outcome>>;
}

/** An experiment in which it is the question who receives. */
interface ReceivingDeclaration<A extends Axes> extends Pick<
  Experiment<A, SceneOutcome>,
  'title' | 'asks' | 'tags' | 'axes' | 'only' | 'known' | 'cite'
> {
  claims?: Experiment<A, SceneOutcome>['claims'];
  scene: (cell: CellOf<A>) => ReceivingScene;
  /** Every socket is expected to be `ok` that is not named here. */
  expect: (cell: CellOf<A>) => SceneExpectation;
  /** What the lab must offer beside what the scene shows. */
  needs?: readonly Need[];
}

/**
 * Declares an experiment that is a scene: the trial plays it, and each system's model says who receives there. What it needs
 * of the lab, and whether it waits for silence, follow from the scene and from what is expected.
 */
export function receiving<const A extends Axes>(declaration: ReceivingDeclaration<A>): Experiment<A, SceneOutcome> {
  const { scene, expect, needs = [], claims = {}, only, ...rest } = declaration;
  const whole = (cell: CellOf<A>): Expectation<SceneOutcome> => ({
    sockets: Object.fromEntries(
      scene(cell)
        .steps.filter(({ op }) => op === 'bind')
        .map(({ as }) => [as, expect(cell).sockets?.[as] ?? 'ok']),
    ),
    receives: expect(cell).receives,
  });
  return experiment<A, SceneOutcome>({
    ...rest,
    claims,
    ...(only === undefined ? {} : { only }),
    needs: (cell) => [...needsOfScene(scene(cell)), ...needs],
    waits: (cell) => leaves(expect(cell).receives).some(([, word]) => word === 'silence' || word === 'no answer'),
    receives: scene,
    run: (cell: CellOf<A>, trial: Trial) => playScene(trial, scene(cell)),
    expect: whole,
  });
}
