import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { hostFacts } from '../../../src/lab/host.ts';
import { AgentPool } from '../../../src/runner/pool.ts';
import { AGENT, LOOPBACK_ONLY, noNamespaces } from '../../support/namespace.ts';
import { holdNamespaces } from '../../support/holding.ts';
import { noSshd, sshInto } from '../../support/sshd.ts';
import { runs, until } from '../../support/waiting.ts';
import { needs, notLinux } from '../../support/needs.ts';

describe('agents at the far end of ssh', needs(noNamespaces, noSshd), () => {
  const poolBehindSsh = async (farAgents: boolean) => {
    const launch = await sshInto(await holdNamespaces(LOOPBACK_ONLY));
    const lab = { facts: hostFacts({}, true), launch: () => launch, farAgents, close: async () => undefined };
    return new AgentPool(lab, { fresh: false, agentCommand: [process.execPath, AGENT] });
  };

  it('end with their program, although they no longer look at their stdin', async () => {
    const pool = await poolBehindSsh(true);
    const { agent, hello } = await pool.take('machine', false);
    const [spawned] = await agent.ask([{ op: 'spawn', as: 'p', command: 'sleep', args: ['1000'] }], false);
    const program = spawned?.pid ?? 0;
    expect([runs(hello.pid), runs(program)]).toEqual([true, true]);
    process.kill(hello.pid, 'SIGSTOP');
    await pool.close();
    await until('both have ended', () => !runs(hello.pid) && !runs(program));
  });

  it('end when the connection is lost', async () => {
    const pool = await poolBehindSsh(true);
    const { agent, hello } = await pool.take('machine', false);
    process.kill(hello.pid, 'SIGSTOP');
    process.kill(clientOf(hello.pid), 'SIGKILL');
    await expect(agent.ask([{ op: 'reset' }], false)).rejects.toThrow(/ended by SIGKILL/);
    await pool.close();
    await until('it has ended', () => !runs(hello.pid));
  });

  it('are left to themselves where nothing can outlive what was started here', async () => {
    const pool = await poolBehindSsh(false);
    const { hello } = await pool.take('machine', false);
    process.kill(hello.pid, 'SIGSTOP');
    await pool.close();
    expect(runs(hello.pid)).toBe(true);
    process.kill(hello.pid, 'SIGKILL');
  });
});

it('what ends an agent by its number ends nothing else', needs(notLinux), async () => {
  const sleeper = spawn('sleep', ['1000']);
  const agent = spawn(process.execPath, [AGENT]);
  const end = async (pid = 0) => once(spawn(process.execPath, [AGENT, 'end', String(pid)]), 'exit');
  await end(sleeper.pid);
  await end(agent.pid);
  await until('the agent has ended', () => !runs(agent.pid ?? 0));
  expect(runs(sleeper.pid ?? 0)).toBe(true);
  sleeper.kill();
});

/** This process's ssh client whose server started an agent: the client whose command names the agent last. */
function clientOf(agent: number): number {
  const own = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  const client = own.find((pid) => {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words.includes('root@127.0.0.1') && Number(pid) !== agent;
  });
  return Number(client);
}
