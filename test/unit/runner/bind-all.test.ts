import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindAll } from '../../../src/experiment/bind-all.ts';
import type { Experiment } from '../../../src/experiment/experiment.ts';
import type { Came, PlannedSocket } from '../../../src/experiment/planned.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import { netns } from '../../../src/lab/netns.ts';
import { SeenErrors } from '../../../src/record/errors.ts';
import { patienceFor } from '../../../src/runner/patience.ts';
import { AgentPool } from '../../../src/runner/pool.ts';
import { Stage } from '../../../src/runner/stage.ts';
import { modelledFor } from '../../../src/verdict/modelled.ts';
import { AGENT, noNamespaces } from '../../support/namespace.ts';
import { needs } from '../../support/needs.ts';

const udp = { protocol: 'udp', family: 'inet', on: 'wildcard' } as const;
const tcp = { protocol: 'tcp', family: 'inet', on: 'loopback' } as const;
const reuse = ['SO_REUSEADDR'] as const;
const clearReuse = { op: 'set', option: 'reuseaddr', value: false } as const;

/** What is planned, and the outcome of each socket on Linux. */
const PLANS: readonly [string, readonly PlannedSocket[], readonly string[]][] = [
  [
    'an option that stays',
    [
      { ...udp, as: 'one', options: reuse },
      { ...udp, as: 'two', options: reuse },
    ],
    ['bind ok', 'bind ok'],
  ],
  [
    'an option that is cleared after the bind',
    [
      { ...udp, as: 'one', options: reuse, afterwards: [clearReuse] },
      { ...udp, as: 'two', options: reuse },
    ],
    ['bind ok', 'bind EADDRINUSE'],
  ],
  [
    'a socket that is closed',
    [
      { ...udp, as: 'one', afterwards: [{ op: 'close' }] },
      { ...udp, as: 'two' },
    ],
    ['bind ok', 'bind ok'],
  ],
  [
    'a socket that only stays bound',
    [
      { ...tcp, as: 'one', options: reuse, staysBound: true },
      { ...tcp, as: 'two', options: reuse },
    ],
    ['bind ok', 'listen ok'],
  ],
  [
    'a listener',
    [
      { ...tcp, as: 'one', options: reuse },
      { ...tcp, as: 'two', options: reuse },
    ],
    ['listen ok', 'bind EADDRINUSE'],
  ],
  [
    'a listener that is shut down',
    [
      { ...tcp, as: 'one', options: reuse, afterwards: [{ op: 'shutdown' }] },
      { ...tcp, as: 'two', options: reuse },
    ],
    ['listen ok', 'listen ok'],
  ],
  [
    'a listen() that comes later than the second bind()',
    [
      { ...tcp, as: 'one', options: reuse, staysBound: true },
      { ...tcp, as: 'two', options: reuse, staysBound: true, afterwards: [{ op: 'listen' }] },
    ],
    ['bind ok', 'listen ok'],
  ],
  [
    'sockets that are tied to devices',
    [
      { ...udp, as: 'one', device: 'lo' },
      { ...udp, as: 'two', device: 'eth0' },
      { ...udp, as: 'three' },
    ],
    ['bind ok', 'bind ok', 'bind EADDRINUSE'],
  ],
  [
    'a socket that is untied',
    [
      { ...udp, as: 'one', device: 'lo', afterwards: [{ op: 'set', device: null }] },
      { ...udp, as: 'two', device: 'eth0' },
    ],
    ['bind ok', 'bind EADDRINUSE'],
  ],
  [
    'other protocols and ports',
    [
      { ...udp, as: 'one' },
      { ...tcp, as: 'two' },
      { ...udp, as: 'three', port: 1 },
      { ...udp, as: 'four', port: 1 },
    ],
    ['bind ok', 'listen ok', 'bind ok', 'bind EADDRINUSE'],
  ],
];

describe('sockets that an experiment plans', needs(noNamespaces), () => {
  let lab: Lab;
  let pool: AgentPool;
  let port = 20_000;
  beforeAll(async () => {
    lab = await netns.open();
    pool = new AgentPool(lab, { fresh: false, agentCommand: [process.execPath, AGENT] });
  });
  afterAll(async () => {
    await pool.close();
    await lab.close();
  });

  it.each(PLANS)('%s: the trial plays what the model is asked about', async (_, sockets, wanted) => {
    const stage = await Stage.open({
      facts: lab.facts,
      patience: patienceFor('linux', undefined),
      pool,
      errors: new SeenErrors(),
      nextPort: async () => (port += 1),
    });
    const came = await bindAll(stage, sockets);
    await stage.clear();
    expect(came.map(({ call, outcome }) => `${call} ${outcome}`)).toEqual(wanted);
    const observed = (all: readonly Came[]) => ({ came: all.map(({ call, outcome }) => `${call} ${outcome}`) });
    const experiment = { binds: { sockets: () => sockets, observed } } as unknown as Experiment;
    expect(modelledFor(experiment, {}, 'linux')?.expect).toEqual({ came: wanted });
  });
});
