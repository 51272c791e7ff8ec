import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readWorkflow, shellSteps, workflowFiles, type Workflow } from '../../../tools/workflows/shell-steps.ts';
import { bindspec } from '../../support/cli.ts';
import { page, ROOT, rows, section } from '../../support/docs.ts';

const files = workflowFiles(ROOT);
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const workflows = files.map((file): [string, Workflow] => [file, readWorkflow(ROOT, file)]);
const jobs = workflows.flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name, file, job })),
);

const text = z.string().min(1);
const step = z.union([
  z.strictObject({ name: text, if: text.optional(), uses: text, with: z.record(text, z.unknown()).optional() }),
  z.strictObject({
    name: text,
    id: text.optional(),
    if: text.optional(),
    shell: z.enum(['bash', 'sh']),
    env: z.record(text, text).optional(),
    run: text,
  }),
]);
const action = z
  .strictObject({
    name: text,
    description: text,
    inputs: z.record(text, z.strictObject({ description: text, default: z.string() })),
    outputs: z.record(text, z.strictObject({ description: text, value: text })),
    runs: z.strictObject({ using: z.literal('composite'), steps: z.array(step).min(1) }),
  })
  .parse(parse(read('action.yml')));

describe('actions that are used', () => {
  const uses = [...files, 'action.yml'].flatMap((file) =>
    [...read(file).matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, used = '']) => ({ file, used })),
  );
  const foreign = uses.filter(({ used }) => used !== './');

  test.each(foreign)('in $file: $used is one commit, and says of which version', ({ used }) => {
    expect(used).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('are the same commit everywhere', () => {
    const versions = new Map<string, Set<string>>();
    for (const { used } of foreign) {
      const [name = '', version = ''] = used.split('@');
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
    expect([...versions].filter(([, some]) => some.size > 1)).toEqual([]);
    expect(versions.size).toBeGreaterThan(4);
  });

  test('of this project get only the inputs that it has', () => {
    const given = jobs.flatMap(({ job }) =>
      job.steps.filter(({ uses: used }) => used === './').flatMap((one) => Object.keys(one.with ?? {})),
    );
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
  });
});

describe.each(workflows)('%s', (_, { permissions, concurrency }) => {
  test('may read the repository and nothing else', () => {
    expect(permissions).toEqual({ contents: 'read' });
  });

  test('ends the run that a newer one replaces', () => {
    expect(concurrency).toMatchObject({ 'cancel-in-progress': true, group: expect.stringContaining('github.ref') });
  });
});

/** What a job may do beyond reading: publish a page, where that is all that it does. */
const RIGHTS: Readonly<Record<string, object>> = { deploy: { pages: 'write', 'id-token': 'write' } };

describe.each(jobs)('the job $name of $file', ({ name, job }) => {
  test('has a limit of time, and asks for no more rights', () => {
    expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    expect((job as { permissions?: object }).permissions).toEqual(RIGHTS[name]);
    if (Object.hasOwn(RIGHTS, name)) expect(job.steps.filter((one) => 'run' in one)).toEqual([]);
  });

  test('lets the other platforms go on when one fails', () => {
    if (job.strategy) expect(job.strategy['fail-fast']).toBe(false);
  });

  test('leaves no token in the clone', () => {
    for (const { uses = '', with: given } of job.steps) {
      if (uses.startsWith('actions/checkout@')) expect(given?.['persist-credentials']).toBe(false);
    }
  });
});

test('the last job compares what all others recorded', () => {
  const { jobs: all } = readWorkflow(ROOT, '.github/workflows/conformance.yml');
  const { compare, ...others } = all as Record<string, { needs?: string[] }>;
  expect(compare?.needs?.toSorted()).toEqual(Object.keys(others).toSorted());
});

describe('scripts', () => {
  const steps = shellSteps(ROOT);

  test.each(steps)('$where takes values from its environment, never as part of its text', ({ script }) => {
    expect(script).not.toContain('${{');
  });

  test('call commands and options that there are', async () => {
    const calls = steps.flatMap(({ script }) =>
      [...script.matchAll(/\bnpx bindspec (\w+)([^\n|&;]*)/g)].map(([, command = '', rest = '']) => ({
        command,
        rest,
      })),
    );
    expect(calls.map(({ command }) => command)).toContain('report');
    for (const { command, rest } of calls) {
      const { exitCode, stdout } = await bindspec([command, '--help']);
      expect(exitCode, command).toBe(0);
      for (const [option] of rest.matchAll(/--[\w-]+/g))
        expect(stdout, command).toMatch(new RegExp(`${option}(?![\\w-])`));
    }
  });
});

describe('the action', () => {
  const run = action.runs.steps.find((one) => 'id' in one && one.id === 'run');
  const env = run !== undefined && 'env' in run ? (run.env ?? {}) : {};
  let script: string;

  beforeAll(() => {
    script = read('.ci/conformance');
  });

  test('hands every input on through the environment, under its own name', () => {
    const handed = Object.entries(env).map(([name, value]) => [
      name.replace('INPUT_', '').toLowerCase(),
      /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1],
    ]);
    expect(handed.filter(([name, input]) => name !== input)).toEqual([]);
    const inputs = Object.keys(action.inputs).filter((name) => name !== 'node-version');
    expect(handed.map(([name]) => name ?? '').toSorted()).toEqual(inputs.toSorted());
  });

  test('and its script know the same inputs, with the same defaults', () => {
    const known = [...script.matchAll(/\$\{(INPUT_\w+):-([^}]*)\}/g)];
    expect([...new Set(known.map(([, name = '']) => name))].toSorted()).toEqual(Object.keys(env).toSorted());
    for (const [, name = '', fallback] of known) {
      expect(fallback, name).toBe(action.inputs[name.replace('INPUT_', '').toLowerCase()]?.default);
    }
  });
});

describe('the page about CI', () => {
  const { text: doc } = page('docs/ci.md');
  const plain = (cell = '') => cell.replaceAll('`', '');

  test('has every input of the action with its default, and every output', () => {
    const [inputs = '', outputs = ''] = section(doc, '## The action').split('\n| Output');
    const table = rows(inputs).slice(1);
    expect(table.map(([name, fallback]) => [plain(name), plain(fallback)])).toEqual(
      Object.entries(action.inputs).map(([name, { default: fallback }]) => [name, fallback]),
    );
    expect(rows(outputs).map(([name]) => plain(name))).toEqual(Object.keys(action.outputs));
  });

  test('says of every job that records a platform what is known of it', () => {
    const { jobs: all } = readWorkflow(ROOT, '.github/workflows/conformance.yml');
    const names = Object.entries(all).flatMap(([name, { strategy }]) =>
      strategy === undefined ? [name] : strategy.matrix.include.map((one) => one.name),
    );
    const [, ...table] = rows(section(doc, '## What is known of each platform'));
    expect(table.map(([name]) => plain(name)).toSorted()).toEqual(
      names.filter((name) => name !== 'compare').toSorted(),
    );
  });

  test('pins what its examples use as the workflows do', () => {
    const used = new Set(
      files.flatMap((file) => [...read(file).matchAll(/uses: ([\w-]+\/.*)/g)].map(([, one]) => one)),
    );
    const shown = [...doc.matchAll(/uses: ([\w-]+\/.*)/g)].map(([, one]) => one);
    expect(shown.filter((one) => one !== 'OWNER/bindspec@COMMIT' && !used.has(one))).toEqual([]);
    expect(shown.length).toBeGreaterThan(3);
  });
});
