import process from 'node:process';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/sequencer.ts';
import SkipsReporter from './test/support/skips-reporter.ts';

// Node 20 reads and checks the certificates that this names in every process that begins, which takes longer than all else
// that a short command does. Nothing that the tests start asks anything of a server that would need them.
delete process.env['NODE_EXTRA_CA_CERTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/timeouts.ts'],
    // `expect.poll` waits for what a slow machine does late; one second would make it red there.
    expect: { poll: { timeout: 60_000 } },
    // Tests of real processes wait for more than half of their time, so that four workers keep two processors busy. More
    // would make a small machine too busy to be honest about time.
    maxWorkers: 4,
    // What files import is loaded once by each worker, and not again for every one of them.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    reporters: [
      'default',
      ...(process.env['GITHUB_ACTIONS'] === 'true' ? ['github-actions'] : []),
      new SkipsReporter(),
    ],
  },
});
