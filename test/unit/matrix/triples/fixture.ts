import type { Results } from '../../../../src/matrix/results.ts';
import { Results as PairResults } from '../../../../src/matrix/results.ts';
import { likeliest, predictor } from '../../../../src/matrix/prediction.ts';
import { triplesPlanOf, prefixOf, type AskedTriples } from '../../../../src/matrix/triples/blocks.ts';
import { TripleComparison } from '../../../../src/matrix/triples/comparison.ts';
import { pairBlocksFor } from '../../../../src/matrix/triples/pairs.ts';
import { likeliestPrefix, triplePredictor } from '../../../../src/matrix/triples/prediction.ts';
import { TripleResults } from '../../../../src/matrix/triples/results.ts';
import { models } from '../../../../src/model/index.ts';
import type { TriplesRecord } from '../../../../src/record/triples.ts';
import { matrixRecord } from '../../report/matrix/fixture.ts';
import { choice, setting } from '../lab.ts';

/** The answers of a kernel that does what the model says, unless a twist says otherwise. */
type Twist = (first: string, second: string, third: string, said: string) => string;

/** A record of triples whose kernel is the model of Linux with a twist. */
export function triplesRecord(asked: AskedTriples, twist: Twist = (_1, _2, _3, said) => said): TriplesRecord {
  const plan = triplesPlanOf(asked, choice, null);
  const results = new TripleResults();
  const comparison = new TripleComparison(results, []);
  const spelled = (spec: { name: { text: string }; letters: string }) => `${spec.name.text} ${spec.letters}`;
  for (const block of plan.blocks) {
    const predict = triplePredictor(models.linux, setting, block, 0);
    for (let prefix = 0; prefix < block.first.length * block.second.length; prefix += 1) {
      const [first, second] = prefixOf(block, prefix);
      const { prediction, third } = predict(first, second);
      const thirds = block.third.map((spec) => third(spec));
      if (prediction.refused === undefined) {
        for (const [index, said] of thirds.entries()) {
          const answer = twist(spelled(first), spelled(second), spelled(block.third[index]!), likeliest(said));
          results.note(block, prefix, index, answer);
        }
      } else results.refuse(block, prefix, likeliestPrefix(prediction));
      comparison.judge({ block, prefix, prediction, thirds });
    }
  }
  const pairBlocks = pairBlocksFor(plan.blocks);
  const { schema, platform, lab, bindspec, started, duration } = matrixRecord({ first: '0.0.0.0', second: '0.0.0.0' });
  const compared = comparison.record(models.linux, plan.blocks, pairBlocks, pairsAsModelled(pairBlocks));
  return {
    schema,
    kind: 'triples',
    bindspec,
    complete: true,
    started,
    duration,
    platform,
    lab,
    settings: { model: 'linux', asked: { ...asked }, jobs: 1 },
    ...compared,
    skipped: [],
    errors: [],
  };
}

function pairsAsModelled(blocks: ReturnType<typeof pairBlocksFor>): Results {
  const results = new PairResults();
  for (const block of blocks) {
    const predict = predictor(models.linux, setting, block, 0);
    const all = block.first.flatMap((first) => block.second.map((second) => likeliest(predict(first, second))));
    results.note(block, [...all.keys()], all);
  }
  return results;
}
