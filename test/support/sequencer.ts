import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Begins with the cells of the suites, which take the longest, and wait rather than work; then come the files that run the
 * command. So no worker waits for the last of them. In each part it is as vitest has it: the longest of an earlier run first, and the largest where there was none.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // It is vitest's own method, not an array's.
    // oxlint-disable-next-line unicorn/no-array-sort
    const sorted = await super.sort(files);
    const part = ({ moduleId }: TestSpecification) =>
      moduleId.includes('/test/suites/') ? 0 : moduleId.includes('/test/e2e/') ? 1 : 2;
    return sorted.toSorted((one, other) => part(one) - part(other));
  }
}
