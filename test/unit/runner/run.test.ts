import { differs, holds, knownOf } from '../../../src/experiment/known.ts';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/experiment/cells.ts';
import type { Lab, LabKind } from '../../../src/lab/lab.ts';
import { netns } from '../../../src/lab/netns.ts';
import type { Operation } from '../../../src/protocol/messages.ts';
import { recordSchema, type CellRecord } from '../../../src/record/record.ts';
import { AgentProcess } from '../../../src/harness/agent-process.ts';
import { run, type RunListener, type RunSettings } from '../../../src/runner/run.ts';
import { parseKnownList } from '../../../src/verdict/known.ts';
import { loopbackLab } from '../../support/loopback-lab.ts';
import { AGENT, noNamespaces } from '../../support/namespace.ts';
import { anExperiment, binds, cells } from '../../support/trials.ts';
import { fakesOf, until } from '../../support/waiting.ts';
import { needs } from '../../support/needs.ts';
import { Unavailable } from '../../../src/process/unavailable.ts';

const real = [process.execPath, AGENT];
/** The real agent, until it binds the port. The netns lab gives ports in order, from 1060, the port of the documents. */
const sinsOn = (port: number, sin: string) => [
  process.execPath,
  fileURLToPath(new URL('../../fakes/sins-on-port.mjs', import.meta.url)),
  AGENT,
  `${port}`,
  sin,
];

const settings = (changes: Partial<RunSettings> = {}): RunSettings => ({
  version: '0.0.0',
  selectors: [],
  jobs: 1,
  patience: 100,
  fresh: false,
  failFast: false,
  known: () => [],
  signal: new AbortController().signal,
  agentCommand: real,
  ...changes,
});
/** How long a wait would last if nothing ended it before, in milliseconds. */
const HOURS = 7_200_000;
const quiet: RunListener = { started: () => undefined, began: () => undefined, ended: () => undefined };
const verdicts = (records: readonly CellRecord[]) => records.map(({ id, verdict }) => `${id} ${verdict}`);
const many = (...ids: string[]): Cell[] => ids.flatMap((id) => cells(id, binds));

describe('a run', needs(noNamespaces), () => {
  afterEach(async () => {
    await until('every fake agent has ended', () => fakesOf(process.pid).length === 0);
  });

  it('has cells share a lab, except for those that need a quiet interface', async () => {
    let opened = 0;
    const counted: LabKind = {
      ...netns,
      open: () => {
        opened += 1;
        return netns.open();
      },
    };
    const going = { quiet: 0, shared: 0 };
    const most = { quiet: 0, shared: 0 };
    const busy = (use: 'quiet' | 'shared') =>
      anExperiment({
        axes: { n: ['1', '2', '3'] },
        needs: () => (use === 'quiet' ? ['quiet interface'] : []),
        waits: true,
        run: async (_, trial) => {
          most[use] = Math.max(most[use], (going[use] += 1));
          const part = await trial.part('server');
          await part.do(
            { op: 'socket', as: 's', family: 'inet', type: 'dgram' },
            { op: 'poll', on: ['s'], within: 300 },
          );
          going[use] -= 1;
          return {};
        },
        expect: {},
      });
    const declared = [...cells('a/shared', busy('shared')), ...cells('b/quiet', busy('quiet'))];
    const record = await run(declared, counted, settings({ jobs: 3 }), quiet);
    expect(record.cells.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 6 }, () => 'pass'));
    expect({ opened, most }).toEqual({ opened: 2, most: { quiet: 1, shared: 2 } });
  });

  it('makes a record that keeps to its schema', async () => {
    const told: string[] = [];
    const record = await run(many('a/one', 'a/two'), netns, settings({ jobs: 2, selectors: ['a'] }), {
      started: (platform, lab, count) => told.push(`${platform.system} ${lab} ${count}`),
      began: ({ id }) => told.push(`began ${id}`),
      ended: ({ id }) => told.push(`ended ${id}`),
    });
    expect(recordSchema.safeParse(JSON.parse(JSON.stringify(record))).error).toBeUndefined();
    expect(record).toMatchObject({
      complete: true,
      platform: { system: 'linux' },
      settings: { jobs: 2, selectors: ['a'] },
    });
    expect(verdicts(record.cells)).toEqual(['a/one pass', 'a/two pass']);
    expect(told[0]).toBe('linux netns 2');
    expect(told.slice(1).toSorted()).toEqual(['began a/one', 'began a/two', 'ended a/one', 'ended a/two']);
    expect(record.cells[0]?.transcript.map(({ call }) => call)).toEqual([
      'socket(AF_INET, SOCK_DGRAM) = s',
      expect.stringMatching(/^bind\(s, 127\.0\.0\.1:10\d\d\) = 0$/),
    ]);
  });

  it('keeps every error that a call returned, with its number and class', async () => {
    const fails = anExperiment({
      run: async (_, trial) => {
        const part = await trial.part('server');
        const opened: Operation[] = [
          { op: 'socket', as: 's', family: 'inet', type: 'dgram' },
          { op: 'bind', on: 's', address: '192.0.2.1', port: trial.port },
          { op: 'setsockopt', on: 's', option: 'IPV6_V6ONLY', value: 1 },
          { op: 'setsockopt', on: 's', option: 'SO_EXCLUSIVEADDRUSE', value: 1 },
          { op: 'spawn', as: 'p', command: 'no-such-program', args: [] },
          { op: 'recv', on: 's', within: 1 },
        ];
        return (await part.do(...opened)).map(({ outcome }) => outcome);
      },
      expect: ['ok', 'EADDRNOTAVAIL', 'ENOPROTOOPT', 'not available here', 'ENOENT', 'silence'],
    });
    const record = await run([...many('a/one'), ...cells('a/fails', fails)], netns, settings({}), quiet);
    expect(verdicts(record.cells)).toEqual(['a/one pass', 'a/fails pass']);
    expect(record.errors).toEqual({
      EADDRNOTAVAIL: { number: 99, class: 'address-not-available' },
      ENOENT: { number: null, class: 'no-such-file' },
      ENOPROTOOPT: { number: 92, class: 'no-such-option' },
    });
  });

  it('keeps the errors of answers that a server could not send', async () => {
    const mute = anExperiment({
      run: async (_, trial) => {
        const part = await trial.part('server');
        const { port } = trial;
        const results = await part.do(
          { op: 'socket', as: 's', family: 'inet', type: 'dgram' },
          { op: 'bind', on: 's', address: '127.0.0.1', port },
          { op: 'serve', on: 's', name: 'server' },
          { op: 'shutdown', on: 's', how: 'write' },
          { op: 'socket', as: 'c', family: 'inet', type: 'dgram' },
          { op: 'send', on: 'c', data: 'x', to: { address: '127.0.0.1', port } },
          { op: 'recv', on: 'c', within: 50 },
          { op: 'served', on: 's' },
        );
        return results.at(-1)?.served?.map(({ answered }) => answered);
      },
      expect: ['EPIPE'],
    });
    const record = await run(cells('a/mute', mute), netns, settings({}), quiet);
    expect(verdicts(record.cells)).toEqual(['a/mute pass']);
    expect(record.errors).toMatchObject({ EPIPE: { number: null, class: 'shut-down' } });
  });

  it.each([
    ['die', /^the agent on the machine ended( with exit code 1)?: Error: out of memory, or so$/],
    ['hang', /^the agent on the machine did not answer to socket, bind within \d+ ms$/],
    ['garbage', /^the agent on the machine printed a line that is not JSON: segmentation fault$/],
    ['wrong id', /^the agent on the machine answered request \d+, which it was not asked: /],
    ['too few', /^the agent on the machine answered 2 operations with 0 results$/],
  ])('gives that cell alone an error when its agent sins: %s', async (sin, reason) => {
    const record = await run(
      many('a/one', 'a/two', 'a/three'),
      netns,
      settings({ ...(sin === 'hang' ? { grace: 1500 } : {}), agentCommand: sinsOn(1061, sin) }),
      quiet,
    );
    expect(verdicts(record.cells)).toEqual(['a/one pass', 'a/two error', 'a/three pass']);
    expect(record.cells[1]?.reason).toMatch(reason);
    expect(record.complete).toBe(true);
    expect(recordSchema.safeParse(JSON.parse(JSON.stringify(record))).error).toBeUndefined();
  });

  it('gives a cell an error for a mistake of its experiment, wherever it is', async () => {
    const mistake = (): never => {
      throw new TypeError('a slip');
    };
    const run1 = binds.run;
    const record = await run(
      [
        ...cells('a/run', anExperiment({ run: async () => mistake(), expect: null as never })),
        ...cells('a/expect', anExperiment({ run: run1, expect: mistake })),
        ...cells('a/needs', anExperiment({ run: run1, expect: {}, needs: mistake })),
        ...cells('a/claims', anExperiment({ run: run1, expect: {}, claims: { 'three-names': mistake } })),
        ...cells(
          'a/fault',
          anExperiment({
            run: async (_, trial) => ({ done: await (await trial.part('x')).do({ op: 'close', on: 'no' }) }),
            expect: {},
          }),
        ),
        ...many('a/right'),
      ],
      netns,
      settings(),
      quiet,
    );
    expect(verdicts(record.cells)).toEqual([
      'a/run error',
      'a/expect error',
      'a/needs error',
      'a/claims error',
      'a/fault error',
      'a/right pass',
    ]);
    for (const cell of record.cells.slice(0, 4))
      expect(cell.reason).toMatch(/^TypeError: a slip \(at .+run\.test\.ts:\d+:\d+\)$/);
    expect(record.cells[4]?.reason).toBe("the agent on the machine refused: there is no socket 'no'");
    expect(recordSchema.safeParse(JSON.parse(JSON.stringify(record))).error).toBeUndefined();
  });

  it('skips what the lab can not offer, with the reason and the line that would enable it', async () => {
    const needy = anExperiment({ run: async () => ({}), expect: {}, needs: () => ['program no-such-program'] });
    const record = await run([...cells('a/needy', needy), ...many('a/one')], netns, settings(), quiet);
    expect(record.cells).toMatchObject([
      { verdict: 'skipped', reason: 'no-such-program is not installed', enable: 'apt-get install no-such-program' },
      { verdict: 'pass' },
    ]);
  });

  it('calls a known deviation known, and one that does not deviate stale', async () => {
    const wrong = anExperiment({ run: binds.run, expect: { outcome: 'EADDRINUSE' } });
    const all = [...cells('a/wrong', wrong), ...many('a/one'), ...cells('a/other', wrong)];
    const list = 'a/wrong # we know\n\na/one # we thought\n';
    const known = (platform: string) => parseKnownList(list, 'known.txt', platform, all);
    const record = await run(all, netns, settings({ known }), quiet);
    expect(record.cells.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['known', 'we know'],
      ['stale', 'listed as known (we thought), but it no longer deviates: remove line 3 of the list'],
      ['fail', undefined],
    ]);
  });

  describe('on a system that says it is another', () => {
    const saying = (hello: object) =>
      settings({
        agentCommand: [
          process.execPath,
          fileURLToPath(new URL('../../fakes/says-it-is.mjs', import.meta.url)),
          AGENT,
          JSON.stringify(hello),
        ],
      });

    it('records what happens, and judges nothing where no one has said what is right', async () => {
      const two = anExperiment({ run: binds.run, expect: { outcome: 'ok' } });
      const ground = { known: 'source', cite: [{ source: 'openbsd', where: 'in_pcb.c' }] } as const;
      const all = [...many('a/one'), ...cells('a/two', two, [knownOf('openbsd', [holds(two, ground)])])];
      const known = (platform: string) => parseKnownList('a/one # so', 'known.txt', platform, all);
      const record = await run(all, netns, { ...saying({ system: 'openbsd', release: '7.5' }), known }, quiet);
      expect(record.platform.id).toMatch(/^openbsd-7\.5-/);
      expect(verdicts(record.cells)).toEqual(['a/one unjudged', 'a/two pass']);
      const [first, second] = record.cells;
      expect(first).not.toHaveProperty('expectation');
      expect(first).toMatchObject({ observation: { outcome: 'ok' }, disagreements: [] });
      expect(second?.expectation).toMatchObject({ known: 'source' });
      expect(recordSchema.safeParse(JSON.parse(JSON.stringify(record))).error).toBeUndefined();
    });

    it('judges by the version of the kernel, which Debian tells beside the release', async () => {
      const buggy = anExperiment({ run: binds.run, expect: { outcome: 'EACCES' } });
      const known = knownOf('linux', [
        differs(buggy, {
          versions: [{ from: '6.1.168', before: '6.2' }],
          expect: () => ({ outcome: 'ok' }),
          because: 'of a bug',
          known: 'source',
          cite: [{ source: 'linux-udp', where: 'here' }],
        }),
      ]);
      const on = async (version: string) => {
        const release = '6.1.0-50-amd64';
        const { cells: ran } = await run(
          cells('a/buggy', buggy, [known]),
          netns,
          saying({ system: 'linux', release, version }),
          quiet,
        );
        return ran[0]?.verdict;
      };
      expect(await on('#1 SMP PREEMPT_DYNAMIC Debian 6.1.174-1 (2026-05-30)')).toBe('differs');
      expect(await on('#1 SMP PREEMPT_DYNAMIC Debian 6.1.162-1 (2026-02-08)')).toBe('fail');
    });
  });

  it('stops at the first failure when told to', async () => {
    const wrong = anExperiment({ run: binds.run, expect: { outcome: 'EADDRINUSE' } });
    const all = [...many('a/one'), ...cells('a/wrong', wrong), ...many('a/two')];
    const record = await run(all, netns, settings({ failFast: true }), quiet);
    expect(verdicts(record.cells)).toEqual(['a/one pass', 'a/wrong fail']);
    expect(record.complete).toBe(false);
  });

  it('interrupted, returns soon with what it has, and tells nothing of what was cut off', async () => {
    const interruption = new AbortController();
    const ended: string[] = [];
    const endless = anExperiment({
      run: async (_, trial) => {
        const part = await trial.part('waiting');
        setTimeout(() => interruption.abort(), 50);
        const all: Operation[] = [
          { op: 'socket', as: 's', family: 'inet', type: 'dgram' },
          { op: 'bind', on: 's', address: '127.0.0.1', port: trial.port },
          { op: 'recv', on: 's', within: HOURS },
        ];
        return { done: await part.do(...all) };
      },
      expect: {},
    });
    const all = [...many('a/one'), ...cells('a/endless', endless), ...many('a/two')];
    const listener = { ...quiet, ended: ({ id }: CellRecord) => ended.push(id) };
    const record = await run(all, netns, settings({ signal: interruption.signal }), listener);
    expect(record.complete).toBe(false);
    expect(verdicts(record.cells)).toEqual(['a/one pass']);
    // This is long before the end of the cell's wait.
    expect(record.duration).toBeLessThan(HOURS);
    // The outcome of the cut-off cell is not reported, not even later.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ended).toEqual(['a/one']);
  });

  it('starts nothing in a lab that opens when the run is over', async () => {
    const interruption = new AbortController();
    let opened = 0;
    let launched = 0;
    const slow: LabKind = {
      name: 'slow',
      async open(): Promise<Lab> {
        const first = (opened += 1) === 1;
        const lab = await loopbackLab.open();
        if (!first) await new Promise((resolve) => setTimeout(resolve, 400));
        return {
          ...lab,
          launch: (host) => {
            if (!first) launched += 1;
            return lab.launch(host);
          },
        };
      },
    };
    setTimeout(() => interruption.abort(), 10);
    const running = run(many('a/one', 'a/two'), slow, settings({ jobs: 2, signal: interruption.signal }), quiet);
    await expect(running).rejects.toThrow('interrupted');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([opened, launched]).toEqual([2, 0]);
  });

  it('goes on in the labs that can be used, and says why when none can', async () => {
    const failing = (times: number): LabKind => {
      let left = times;
      return {
        name: 'failing',
        open: async () => {
          if ((left -= 1) >= 0) throw new Unavailable('no more namespaces', 'reboot');
          return loopbackLab.open();
        },
      };
    };
    const record = await run(many('a/one', 'a/two'), failing(1), settings({ jobs: 2 }), quiet);
    expect(verdicts(record.cells)).toEqual(['a/one pass', 'a/two pass']);
    await expect(run(many('a/one'), failing(1), settings(), quiet)).rejects.toThrow('no more namespaces');
  });

  it('says why when no agent can be started, and leaves nothing', async () => {
    const agentCommand = [process.execPath, fileURLToPath(new URL('../../fakes/crashes.mjs', import.meta.url))];
    await expect(run(many('a/one'), netns, settings({ agentCommand }), quiet)).rejects.toThrow(
      'the agent on the machine ended with exit code 1: TypeError: the native layer could not be loaded',
    );
  });
});

describe('a run where others take ports too', needs(noNamespaces), () => {
  let lab: Lab;
  let thief: AgentProcess;
  const shared: LabKind = { name: 'host', open: async () => ({ ...lab, close: async () => undefined }) };
  beforeAll(async () => {
    lab = await loopbackLab.open();
    const command = [...lab.launch('machine'), ...real];
    ({ agent: thief } = await AgentProcess.start({ command, title: 'the thief' }));
  });
  afterAll(async () => {
    await thief.end();
    await lab.close();
  });
  afterEach(() => thief.ask([{ op: 'reset' }], false));

  const stolen = (times: number, what: (attempt: number) => number) => {
    let attempt = 0;
    return anExperiment({
      run: async (_, trial) => {
        attempt += 1;
        const as = `s${attempt}`;
        if (attempt <= times) {
          const family = 'inet';
          await thief.ask(
            [
              { op: 'socket', as, family, type: 'stream' },
              { op: 'bind', on: as, address: '0.0.0.0', port: trial.port },
              { op: 'listen', on: as },
            ],
            false,
          );
        }
        const part = await trial.part('server');
        const results = await part.do(
          { op: 'socket', as: 's', family: 'inet', type: 'stream' },
          { op: 'bind', on: 's', address: '127.0.0.1', port: trial.port },
        );
        return { outcome: results.at(-1)?.outcome, what: what(attempt) };
      },
      expect: { outcome: 'ok', what: 0 },
    });
  };

  it('tries a stolen port again on another', async () => {
    const record = await run(
      cells(
        'a/one',
        stolen(2, () => 0),
      ),
      shared,
      settings(),
      quiet,
    );
    expect(record.cells).toMatchObject([{ verdict: 'pass', attempts: 3 }]);
  });

  it('gives up when port after port is stolen, without a result', async () => {
    const record = await run(
      cells(
        'a/one',
        stolen(3, (attempt) => attempt),
      ),
      shared,
      settings(),
      quiet,
    );
    expect(record.cells).toMatchObject([
      { verdict: 'error', attempts: 3, reason: 'another program took the port, 3 times over' },
    ]);
  });

  it.each([
    ['two kinds of failure give no result', 'error', (attempt: number) => Math.min(attempt, 2)],
    [
      'two kinds of failure give no result, whichever comes twice',
      'error',
      (attempt: number) => Math.ceil(attempt / 2),
    ],
    ['one kind of failure is the platform', 'fail', () => 1],
  ])('of three stolen ports %s', async (_, verdict, what) => {
    const record = await run(cells('a/one', stolen(3, what)), shared, settings(), quiet);
    expect(record.cells).toMatchObject([{ verdict, attempts: 3 }]);
  });

  it('fails at once when the port is free afterwards', async () => {
    const record = await run(
      cells(
        'a/one',
        stolen(0, () => 1),
      ),
      shared,
      settings(),
      quiet,
    );
    expect(record.cells).toMatchObject([{ verdict: 'fail', attempts: 1 }]);
  });

  it('does not take what its own connections left on a port for a thief', async () => {
    const closesFirst = anExperiment({
      run: async (_, trial) => {
        const part = await trial.part('both');
        const { port } = trial;
        const results = await part.do(
          { op: 'socket', as: 'l', family: 'inet', type: 'stream' },
          { op: 'bind', on: 'l', address: '127.0.0.1', port },
          { op: 'listen', on: 'l' },
          { op: 'socket', as: 'c', family: 'inet', type: 'stream' },
          { op: 'connect', on: 'c', address: '127.0.0.1', port, within: 5000 },
          { op: 'accept', on: 'l', as: 's', within: 5000 },
          { op: 'close', on: 's' },
          { op: 'recv', on: 'c', within: 5000 },
        );
        return { outcome: results.at(-1)?.outcome };
      },
      expect: { outcome: 'ok' },
    });
    const record = await run(cells('a/one', closesFirst), shared, settings(), quiet);
    expect(record.cells).toMatchObject([
      { verdict: 'fail', disagreements: [{ path: 'outcome', expected: 'ok', observed: 'eof' }] },
    ]);
  });
});
