import { expect, it } from 'vitest';
import { HostClock } from '../../../src/harness/agent-process.ts';

it('the offset of a clock is the least difference of any message, whichever came last', () => {
  const clock = new HostClock();
  expect(clock.offset).toBe(0);
  for (const difference of [70, 40, 55]) clock.note(difference);
  expect(clock.offset).toBe(40);
  clock.note(-3);
  expect(clock.offset).toBe(-3);
});
