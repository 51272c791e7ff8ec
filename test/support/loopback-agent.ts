import process from 'node:process';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { AgentProcess } from '../../src/harness/agent-process.ts';
import type { Operation } from '../../src/protocol/messages.ts';
import { AGENT, LOOPBACK_ONLY } from './namespace.ts';

/**
 * An agent in a network namespace that has loopback alone, for the tests of a describe() that calls `start` and needs namespaces.
 * Each test begins without a socket, and fails where the one before has left any.
 */
export function loopbackAgent() {
  let agent: AgentProcess;
  return {
    ask: (...operations: Operation[]) => agent.ask(operations, false),
    start: (): void => {
      beforeAll(async () => {
        ({ agent } = await AgentProcess.start({
          command: [...LOOPBACK_ONLY, process.execPath, AGENT],
          title: 'the agent',
        }));
      });
      afterAll(() => agent.end());
      beforeEach(async () => {
        expect(await agent.ask([{ op: 'reset' }], false)).toMatchObject([{ outcome: 'ok', open: 0 }]);
      });
    },
  };
}
