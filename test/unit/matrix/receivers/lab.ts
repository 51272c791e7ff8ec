import { readAnswer, writeAnswer, type ReceiverAnswer } from '../../../../src/matrix/receivers/answer.ts';
import { receiverDevices } from '../../../../src/matrix/receivers/axes.ts';
import {
  receiverPlanOf,
  type ReceiverBlock,
  type ReceiverMatrixPlan,
  type ReceiverObstacle,
} from '../../../../src/matrix/receivers/blocks.ts';
import { compareReceivers } from '../../../../src/matrix/receivers/comparison.ts';
import { joinedWords } from '../../../../src/matrix/receivers/cells.ts';
import { blockPredictor, type PairReceivers } from '../../../../src/matrix/receivers/prediction.ts';
import { Results } from '../../../../src/matrix/results.ts';
import type { Asked } from '../../../../src/matrix/selection.ts';
import { spellSpec } from '../../../../src/matrix/sockets.ts';
import { netnsFacts } from '../../../../src/lab/netns.ts';
import { models } from '../../../../src/model/index.ts';
import type { Simulation } from '../../../../src/model/world.ts';
import type { ReceiversRecord } from '../../../../src/record/receivers.ts';
import { RECEIVERS_VERSION } from '../../../../src/record/receivers.ts';
import { choice } from '../lab.ts';

const facts = netnsFacts();

/** The facts of the machine that the model of Linux gets. */
const setting = {
  kernel: '6.18.44',
  host: {
    addresses: ['127.0.0.1', '::1', '192.168.5.130', '192.168.6.130', 'fd00:5::130', 'fd00:6::130'],
    devices: {
      lo: ['127.0.0.1', '::1'],
      eth0: ['192.168.5.130', 'fd00:5::130'],
      eth1: ['192.168.6.130', 'fd00:6::130'],
    },
  },
};

export const predictor = blockPredictor({ model: models.linux, setting, owner: 0, peers: facts });

/** The same simulation, in which no two ports are alike, so that each is asked by itself. */
function eachAlone(port: Simulation): Simulation {
  return {
    step(operation, happened) {
      const { prediction, after } = port.step(operation, happened);
      return { prediction, after: eachAlone(after) };
    },
    has: (socket) => port.has(socket),
    receivers: (packet) => port.receivers(packet),
    sockname: (socket) => port.sockname(socket),
    likeness: () => undefined,
  };
}

/** What the model says of each pair by itself, whichever others are like it. */
export const predictorOfEach = blockPredictor({
  model: { ...models.linux, simulate: (of) => eachAlone(models.linux.simulate(of)) },
  setting,
  owner: 0,
  peers: facts,
});

/** The plan of a selection in the netns lab. */
export function plan(asked: Asked = {}, obstacle: ReceiverObstacle = () => null): ReceiverMatrixPlan {
  return receiverPlanOf(asked, choice, receiverDevices(['eth0', 'eth1']), facts, obstacle);
}

/** The words of one pair's prediction, by `from to` of each way; those of the peers' port have `peer` before them. */
export function wordsOf(asked: Asked): Record<string, string> {
  const { blocks } = plan({ uid: 'same', ...asked });
  const [block] = blocks;
  if (block === undefined || blocks.length > 1 || block.first.length * block.second.length !== 1) {
    throw new Error(`${JSON.stringify(asked)} is not one pair`);
  }
  const { cells } = predictor(block)(0);
  return Object.fromEntries(
    block.ways.map(({ from, port, to }, place) => [
      `${port === 'peer' ? 'peer ' : ''}${from} ${to}`,
      cells[place]?.outcomes.join('|') ?? '',
    ]),
  );
}

/** The answer that a kernel gives which does what the model says. */
export function obedient({ together, cells }: PairReceivers): ReceiverAnswer {
  if (together === 'no') return { failed: 'second bind EADDRINUSE' };
  return { words: cells.map(({ outcomes, all }) => joinedWords(all ? outcomes : outcomes.slice(0, 1))) };
}

/** A record of pairs whose answers are given; without them, as the model says. */
export function recordOf(
  blocks: readonly ReceiverBlock[],
  answer: (prediction: PairReceivers, pair: string) => ReceiverAnswer = obedient,
): ReceiversRecord {
  const results = new Results();
  for (const block of blocks) {
    const pairs = Array.from({ length: block.first.length * block.second.length }, (_, pair) => pair);
    const answers = pairs.map((pair) => {
      const [first, second] = [
        block.first[Math.floor(pair / block.second.length)],
        block.second[pair % block.second.length],
      ];
      if (!first || !second) throw new Error('a block without sockets');
      return writeAnswer(answer(predictor(block)(pair), `${spellSpec(first)} / ${spellSpec(second)}`));
    });
    if (answers.some((text) => writeAnswer(readAnswer(text)) !== text)) throw new Error('an answer is not read back');
    results.note(block, pairs, answers);
  }
  return {
    schema: RECEIVERS_VERSION,
    kind: 'receivers',
    bindspec: '0.0.0',
    complete: true,
    started: '2026-01-01T00:00:00.000Z',
    duration: 1,
    platform: {
      id: 'linux-6.18-x64',
      system: 'linux',
      release: '6.18.44',
      version: '#1',
      architecture: 'x64',
      runtime: 'node 22',
      uid: 0,
    },
    lab: facts as ReceiversRecord['lab'],
    settings: { model: 'linux', asked: {}, jobs: 1 },
    ...compareReceivers(blocks, results, predictor, { model: models.linux, more: [] }),
    skipped: [],
    errors: [],
  };
}
