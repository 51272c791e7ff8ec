import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Begins with the files that run the command, which take the longest, so that no worker waits for the last of them. In
 * each part it is as vitest has it: the longest of an earlier run first, and the largest where there was none.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // It is vitest's own method, not an array's.
    // oxlint-disable-next-line unicorn/no-array-sort
    const sorted = await super.sort(files);
    const part = ({ moduleId }: TestSpecification) => (moduleId.includes('/test/e2e/') ? 0 : 1);
    return sorted.toSorted((one, other) => part(one) - part(other));
  }
}
