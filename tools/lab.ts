// What a program needs to open labs and to start agents in them, as one module that is built: for the tests that do it in
// a process of its own, as another user.
export { netns } from '../src/lab/netns.ts';
export { AgentProcess } from '../src/harness/agent-process.ts';
