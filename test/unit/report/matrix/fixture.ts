import { ADDRESSES } from '../../../../src/lab/netns-topology.ts';
import { compare } from '../../../../src/matrix/comparison.ts';
import { likeliest, predictor } from '../../../../src/matrix/prediction.ts';
import { Results } from '../../../../src/matrix/results.ts';
import type { Asked } from '../../../../src/matrix/selection.ts';
import { spellSpec } from '../../../../src/matrix/sockets.ts';
import { models } from '../../../../src/model/index.ts';
import type { MatrixRecord } from '../../../../src/record/matrix.ts';
import { plan, setting } from '../../matrix/lab.ts';

/** Changes what the kernel answered for some pairs; null leaves the whole row of that first socket without answers. */
export type Twist = (first: string, second: string, answer: string) => string | null;

/** A record of what Linux would answer if it did as its model says, except for the changes that a twist makes. */
export function matrixRecord(asked: Asked, twist: Twist = (_first, _second, answer) => answer): MatrixRecord {
  const model = models.linux;
  const { blocks, skipped } = plan(asked);
  const results = new Results();
  for (const block of blocks) {
    const predict = predictor(model, setting, block, 0);
    for (const [row, first] of block.first.entries()) {
      const answers = block.second.map((second) =>
        twist(spellSpec(first), spellSpec(second), likeliest(predict(first, second))),
      );
      if (answers.includes(null)) continue;
      const places = answers.map((_, column) => row * block.second.length + column);
      results.note(block, places, answers as string[]);
    }
  }
  const compared = compare(blocks, results, { model, setting, owner: 0, more: [] });
  return {
    schema: 1,
    kind: 'matrix',
    bindspec: '0.1.0',
    complete: compared.counts.notRun === 0,
    started: '2026-01-02T03:04:05.678Z',
    duration: 1234.5,
    platform: {
      id: 'linux-6.18-x64',
      system: 'linux',
      release: '6.18.44',
      version: '#1 SMP',
      architecture: 'x64',
      runtime: 'node v20.19.0',
      uid: 0,
    },
    lab: {
      lab: 'netns',
      hosts: { machine: 'the machine' },
      addresses: ADDRESSES,
      missing: {},
      externalInterface: 'eth0',
      ownPorts: true,
      elsewhere: '',
    },
    settings: { model: 'linux', asked: { ...asked }, jobs: 2 },
    ...compared,
    skipped: [...skipped],
    errors: [],
  };
}
