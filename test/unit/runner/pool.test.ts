import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { hostFacts } from '../../../src/lab/host.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import { SeenErrors } from '../../../src/record/errors.ts';
import { AgentPool, type PoolSettings } from '../../../src/runner/pool.ts';
import { Stage } from '../../../src/runner/stage.ts';
import { AGENT, LOOPBACK_ONLY, noNamespaces } from '../../support/namespace.ts';
import { fakesOf, runs, until } from '../../support/waiting.ts';
import { needs } from '../../support/needs.ts';

const lab: Lab = { facts: hostFacts({}, false), launch: () => LOOPBACK_ONLY, close: async () => undefined };
const real = [process.execPath, AGENT];
const fake = (name: string) => [process.execPath, fileURLToPath(new URL(`../../fakes/${name}.mjs`, import.meta.url))];
const pools: AgentPool[] = [];
const poolOf = (agentCommand: string[], settings: Partial<PoolSettings> = {}) => {
  const pool = new AgentPool(lab, { fresh: false, agentCommand, ...settings });
  pools.push(pool);
  return pool;
};

describe('a pool of agents', needs(noNamespaces), () => {
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    await until('every fake agent has ended', () => fakesOf(process.pid).length === 0);
  });

  it('gives a returned agent again, with everything closed', async () => {
    const pool = poolOf(real);
    const first = await pool.take('machine', false);
    await first.agent.ask([{ op: 'socket', as: 's', family: 'inet', type: 'dgram' }], false);
    await pool.giveBack(first);
    const second = await pool.take('machine', false);
    expect(second.hello.pid).toBe(first.hello.pid);
    await second.agent.ask([{ op: 'socket', as: 's', family: 'inet', type: 'dgram' }], false);
  });

  it('gives no one an agent that another has', async () => {
    const pool = poolOf(real);
    const [one, two] = await Promise.all([pool.take('machine', false), pool.take('machine', false)]);
    expect(one.hello.pid).not.toBe(two.hello.pid);
  });

  it('waits for one that comes back sooner than another could be started', async () => {
    const pool = poolOf(real);
    const first = await pool.take('machine', false);
    const waiting = pool.take('machine', false);
    const another = pool.take('machine', false);
    await pool.giveBack(first);
    // The caller that has waited longest gets the agent. No agent is given back for the other, so a new one is started.
    expect((await waiting).hello.pid).toBe(first.hello.pid);
    expect((await another).hello.pid).not.toBe(first.hello.pid);
  });

  it('keeps agents of different hosts apart', async () => {
    const pool = poolOf(real);
    const machine = await pool.take('machine', false);
    await pool.giveBack(machine);
    const neighbour = await pool.take('neighbour', false);
    expect(neighbour).toMatchObject({ host: 'neighbour' });
    expect(neighbour.hello.pid).not.toBe(machine.hello.pid);
  });

  it('ends an agent that is not wanted while others are', async () => {
    const pool = poolOf(real, { idleFor: 2 });
    const unwanted = await pool.take('neighbour', false);
    await pool.giveBack(unwanted);
    const first = await pool.take('machine', false);
    await pool.giveBack(first);
    expect(runs(unwanted.hello.pid)).toBe(true);
    const second = await pool.take('machine', false);
    await pool.giveBack(second);
    expect([unwanted, first].map(({ hello }) => runs(hello.pid))).toEqual([false, true]);
    expect((await pool.take('machine', false)).hello.pid).toBe(first.hello.pid);
  });

  it('starts a fresh one each time when told to, and ends those that come back', async () => {
    const pool = poolOf(real, { fresh: true });
    pool.warm(['machine']);
    const first = await pool.take('machine', false);
    await pool.giveBack(first);
    expect(runs(first.hello.pid)).toBe(false);
    const second = await pool.take('machine', false);
    expect(second.hello.pid).not.toBe(first.hello.pid);
  });

  it('starts what it warms at once, and gives that', async () => {
    const pool = poolOf(real);
    pool.warm(['machine', 'neighbour']);
    await pool.take('neighbour', false);
    await pool.take('machine', false);
  });

  it('tells whoever takes it that a warmed agent could not be started', async () => {
    const pool = poolOf(fake('crashes'));
    pool.warm(['machine', 'machine']);
    await expect(pool.take('machine', false)).rejects.toThrow('TypeError: the native layer could not be loaded');
  });

  it('throws an agent away that leaves a socket open', async () => {
    const pool = poolOf(fake('leaves-socket-open'));
    const first = await pool.take('machine', false);
    await pool.giveBack(first);
    expect(runs(first.hello.pid)).toBe(false);
    expect((await pool.take('machine', false)).hello.pid).not.toBe(first.hello.pid);
  });

  it.each(['dies-mid-request', 'answers-garbage', 'answers-too-many'])(
    'throws an agent away that %s when it is taken back',
    async (name) => {
      const pool = poolOf(fake(name));
      const first = await pool.take('machine', false);
      await pool.giveBack(first);
      await until('it has ended', () => !runs(first.hello.pid));
      expect((await pool.take('machine', false)).hello.pid).not.toBe(first.hello.pid);
    },
  );

  it('gives no one an agent that died while it was idle', async () => {
    const pool = poolOf(real);
    const first = await pool.take('machine', false);
    await pool.giveBack(first);
    process.kill(first.hello.pid, 'SIGKILL');
    await until('that is known', () => !first.agent.usable);
    const second = await pool.take('machine', false);
    expect(second.hello.pid).not.toBe(first.hello.pid);
    expect(second.agent.usable).toBe(true);
  });

  it('ends all of them when it is closed, also those that are taken or being started', async () => {
    const pool = poolOf(real);
    const taken = await pool.take('machine', false);
    const idle = await pool.take('machine', false);
    await pool.giveBack(idle);
    const starting = pool.take('neighbour', false).catch((error: unknown) => error);
    const asked = taken.agent.ask([{ op: 'poll', on: [], within: 0 }], false).catch((error: unknown) => error);
    await pool.close();
    await asked;
    expect(await starting).toMatchObject({ message: 'the agent on neighbour was ended' });
    for (const { hello } of [taken, idle]) expect(runs(hello.pid)).toBe(false);
    await expect(pool.take('machine', false)).rejects.toThrow('the run was ended');
    // A closed pool does not keep an agent that is given back.
    await pool.giveBack(taken);
    await expect(pool.take('machine', false)).rejects.toThrow('the run was ended');
  });
});

describe('a stage', needs(noNamespaces), () => {
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
  });
  const open = (pool: AgentPool) => {
    let port = 1060;
    return Stage.open({
      facts: lab.facts,
      patience: { answer: 100, connect: 100 },
      pool,
      nextPort: async () => port++,
      errors: new SeenErrors(),
    });
  };

  it('casts one agent for each part, and the same for a part of the same name', async () => {
    const stage = await open(poolOf(real));
    const [one, same, other] = await Promise.all([stage.part('server'), stage.part('server'), stage.part('client')]);
    const pids = await Promise.all(
      [one, same, other].map(async (part) => (await part.do({ op: 'read', path: '/proc/self/stat' }))[0]?.data),
    );
    expect(one).toBe(same);
    expect(Number.parseInt(pids[0] ?? '', 10)).not.toBe(Number.parseInt(pids[2] ?? '', 10));
    expect([one.fresh('s'), one.fresh('s'), other.fresh('s')]).toEqual(['s1', 's2', 's1']);
    await stage.clear();
  });

  it('gives every agent back once, so that the next stage never has one in two parts', async () => {
    const pool = poolOf(real);
    const stage = await open(pool);
    await stage.part('server');
    await stage.clear();
    await stage.clear();
    const [one, two] = await Promise.all([pool.take('machine', false), pool.take('machine', false)]);
    expect(one.hello.pid).not.toBe(two.hello.pid);
  });

  it('has nothing any more for an experiment that goes on when the cell is over', async () => {
    const stage = await open(poolOf(real));
    const server = await stage.part('server');
    await stage.clear();
    await expect(server.do({ op: 'reset' })).rejects.toThrow('the cell is over');
    await expect(stage.part('client')).rejects.toThrow('the cell is over');
    await expect(stage.anotherPort()).rejects.toThrow('the cell is over');
  });

  it('tells what was said in the order in which it happened, a service once', async () => {
    const stage = await open(poolOf(real));
    const part = await stage.part('server');
    await part.do(
      { op: 'socket', as: 's', family: 'inet', type: 'dgram' },
      { op: 'bind', on: 's', address: '127.0.0.1', port: stage.port },
      { op: 'serve', on: 's', name: 'server' },
      { op: 'send', on: 's', data: 'x', to: { address: '127.0.0.1', port: 1 } },
    );
    await part.do(
      { op: 'socket', as: 'c', family: 'inet', type: 'dgram' },
      { op: 'bind', on: 'c', address: '127.0.0.1', port: 2000 },
    );
    await part.do(
      { op: 'send', on: 'c', data: 'x', to: { address: '127.0.0.1', port: stage.port } },
      { op: 'recv', on: 'c', within: 5000 },
    );
    await part.do({ op: 'served', on: 's' });
    await part.do({ op: 'served', on: 's' });
    await stage.clear();
    const calls = stage.transcript().map(({ call }) => call);
    expect(calls).toEqual([
      'socket(AF_INET, SOCK_DGRAM) = s',
      'bind(s, 127.0.0.1:1060) = 0',
      'serve(s, "server") = 0',
      'sendto(s, "x", 127.0.0.1:1) = 1',
      'socket(AF_INET, SOCK_DGRAM) = c',
      'bind(c, 127.0.0.1:2000) = 0',
      'sendto(c, "x", 127.0.0.1:1060) = 1',
      'recv(c, "server: Your data was 1 bytes") = 29 from 127.0.0.1:1060',
      'recv(s) = 1 from 127.0.0.1:2000; answered',
    ]);
    expect(stage.transcript().every(({ part: name, host }) => name === 'server' && host === 'machine')).toBe(true);
  });
});
