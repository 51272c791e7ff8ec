import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/protocol/messages.ts';
import { AgentProcess } from '../../../src/harness/agent-process.ts';
import { HarnessError } from '../../../src/harness/harness-error.ts';
import { fakesOf, runs, until } from '../../support/waiting.ts';
import { Deadline, paced } from '../../../src/process/pace.ts';

/** The time that no misbehaviour may exceed, in milliseconds on a quiet machine. */
const BOUND = 20_000;
/** Long enough for every other sin: the harness reports a sin as soon as it sees it. */
const LONG = 20_000;
const TWO: Operation[] = [
  { op: 'socket', as: 'a', family: 'inet', type: 'dgram' },
  { op: 'close', on: 'a' },
];

/** Long enough for a fake to start, and short enough that some tests can wait for all of it. */
const GRACE = 500;

const fake = (name: string, grace: number, ...words: string[]) => ({
  command: [process.execPath, fileURLToPath(new URL(`../../fakes/${name}.mjs`, import.meta.url)), ...words],
  title: 'the agent on guinness',
  grace,
});

// Unhandled rejections fail the run by themselves: vitest reports them.
afterEach(async () => {
  await until('every agent has ended', () => fakesOf(process.pid).length === 0);
});

describe('an agent that does not greet as it must', () => {
  it.each([
    ['dies-at-once', LONG, /^the agent on guinness ended with exit code 7$/],
    [
      'crashes',
      LONG,
      /^the agent on guinness ended with exit code 1: TypeError: the native layer could not be loaded$/,
    ],
    ['never-says-hello', 200, /^the agent on guinness did not say hello within \d+ ms$/],
    [
      'garbage-before-hello',
      LONG,
      /^the agent on guinness printed a line that is not JSON: Welcome to guinness! You have new mail\.$/,
    ],
    [
      'speaks-999',
      LONG,
      /^the agent on guinness speaks protocol 999, this bindspec speaks 3: use agents of the same version$/,
    ],
    ['greets-wrongly', LONG, /^the agent on guinness did not greet as an agent does: \{"protocol":3,"pid":\d+\}$/],
  ])('%s: says so and is gone', async (name, grace, message) => {
    await expect(within(AgentProcess.start(fake(name, grace)))).rejects.toThrow(message);
  });

  it('a command that is not there', async () => {
    const settings = { command: ['/no/such/agent'], title: 'the agent', grace: LONG };
    const failure = await within(AgentProcess.start(settings)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HarnessError);
    expect(String(failure)).toMatch(/the agent ended: .*\/no\/such\/agent/);
  });
});

describe('an agent that misbehaves when it is asked', () => {
  it.each([
    ['dies-mid-request', LONG, /^the agent on guinness ended with exit code 3$/],
    ['hangs-on-request', GRACE, /^the agent on guinness did not answer to socket, close within \d+ ms$/],
    ['blocks-on-request', GRACE, /^the agent on guinness did not answer to socket, close within \d+ ms$/],
    ['answers-late', GRACE, /^the agent on guinness did not answer to socket, close within \d+ ms$/],
    [
      'floods-without-end',
      LONG,
      /^the agent on guinness printed more than 16000000 characters without ending the line$/,
    ],
    ['answers-garbage', LONG, /^the agent on guinness printed a line that is not JSON: \{"id":1,"results":\[oops$/],
    ['answers-another', LONG, /^the agent on guinness answered request 42, which it was not asked: \{"id":42,/],
    ['answers-too-few', LONG, /^the agent on guinness answered 2 operations with 1 results$/],
    ['answers-too-many', LONG, /^the agent on guinness answered 2 operations with 3 results$/],
    [
      'answers-wrong-types',
      LONG,
      /^the agent on guinness sent something that is not a reply \(.+\): \{"id":1,"results":\[\{"outcome":0,/,
    ],
  ])('%s: says so, is gone, and stays unusable', async (name, grace, message) => {
    const { agent, hello } = await AgentProcess.start(fake(name, grace));
    await expect(within(agent.ask(TWO, false))).rejects.toThrow(message);
    expect(agent.usable).toBe(false);
    await until('it has ended', () => !runs(hello.pid));
    await expect(within(agent.ask(TWO, false))).rejects.toThrow(message);
    await within(agent.end());
  });

  it('floods-with-lines: the first answer counts, then it is found out', async () => {
    const { agent, hello } = await AgentProcess.start(fake('floods-with-lines', LONG));
    await within(agent.ask(TWO, false));
    const message = /^the agent on guinness answered request \d, which it was not asked/;
    await until('it is found out', () => !agent.usable);
    await until('it has ended', () => !runs(hello.pid));
    await expect(agent.ask(TWO, false)).rejects.toThrow(message);
  });

  it('tells everybody who waits, not only the one whom it failed', async () => {
    const { agent } = await AgentProcess.start(fake('dies-mid-request', LONG));
    const both = await within(Promise.allSettled([agent.ask(TWO, false), agent.ask(TWO, true)]));
    expect(both).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  });

  it('gives time for what the operations wait for, beyond its own', async () => {
    const { agent } = await AgentProcess.start(fake('answers-late', GRACE, `${2 * GRACE}`));
    await expect(within(agent.ask([{ op: 'recv', on: 'a', within: LONG }], false))).resolves.toHaveLength(1);
    await agent.end();
  });

  it.each([
    ['answers-too-few', /^the agent on guinness answered with results where outcomes were asked for$/],
    ['answers-tersely-too-few', /^the agent on guinness answered 2 operations with 1 outcomes$/],
  ])('%s, asked tersely: says so, and is gone', async (name, message) => {
    const { agent } = await AgentProcess.start(fake(name, LONG));
    await expect(within(agent.askTersely(TWO))).rejects.toThrow(message);
    expect(agent.usable).toBe(false);
  });

  it('takes no outcomes for results', async () => {
    const { agent } = await AgentProcess.start(fake('answers-tersely-too-few', LONG));
    await expect(within(agent.ask(TWO, false))).rejects.toThrow('answered with outcomes where results were asked for');
  });

  it('takes fewer results only from one that stopped at a failure', async () => {
    const { agent } = await AgentProcess.start(fake('answers-too-few', LONG));
    await expect(within(agent.ask(TWO, true))).rejects.toThrow('answered 2 operations with 1 results');
    await agent.end();
  });

  it('is not blamed for a harness that did not look in time', async () => {
    const { agent } = await AgentProcess.start(fake('ignores-its-end', GRACE));
    const asked = agent.ask(TWO, false);
    // The answer arrives at once; the harness is busy for longer than the deadline.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, paced(GRACE) + 500);
    await expect(within(asked)).resolves.toHaveLength(2);
    await within(agent.end());
  });
});

describe("an agent's end", () => {
  it.each(['hangs-on-request', 'ignores-its-end', 'blocks-on-request', 'never-says-hello'])(
    'comes within a bound, even for %s',
    async (name) => {
      if (name === 'never-says-hello') {
        await expect(within(AgentProcess.start(fake(name, 200)))).rejects.toThrow();
        return;
      }
      const { agent, hello } = await AgentProcess.start(fake(name, GRACE));
      const asked = agent.ask(TWO, false).catch((error: unknown) => error);
      if (name === 'ignores-its-end') await asked;
      await within(agent.end());
      expect(runs(hello.pid)).toBe(false);
      if (name !== 'ignores-its-end') expect(String(await within(asked))).toContain('the agent on guinness was ended');
      await within(agent.end());
    },
  );

  it('takes the agent behind a launcher with it', async () => {
    const [node = '', file = ''] = fake('ignores-its-end', 0).command;
    const command = ['sh', '-c', '"$0" "$1"; true', node, file];
    const { agent, hello } = await AgentProcess.start({ command, title: 'the agent', grace: GRACE });
    await within(agent.end());
    await until('it has ended', () => !runs(hello.pid));
  });
});

async function within<T>(promise: Promise<T>): Promise<T> {
  const deadline = new Deadline(BOUND);
  let cancel: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = deadline.whenPassed(() => reject(new Error(`not settled within ${deadline.allowed} ms`)));
  });
  return Promise.race([promise, late]).finally(cancel);
}
