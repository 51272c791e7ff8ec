import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { execa } from 'execa';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  readWorkflow,
  shellSteps,
  workflowFiles,
  type Job,
  type Workflow,
} from '../../../tools/workflows/shell-steps.ts';
import { bindspec, folder } from '../../support/cli.ts';
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

  test.each(foreign)('in $file: $used is one commit, and names its version', ({ used }) => {
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

describe.each(workflows)('%s', (name, { permissions, concurrency }) => {
  test('may read the repository and nothing else', () => {
    expect(permissions).toEqual({ contents: 'read' });
  });

  test('ends the run that a newer one replaces, but never a release', () => {
    expect(concurrency).toMatchObject({
      'cancel-in-progress': name !== '.github/workflows/release.yml',
      group: expect.stringContaining('github.ref'),
    });
  });
});

/** What a job may do besides reading: publish a page, a release or a package. */
const RIGHTS: Readonly<Record<string, object>> = {
  deploy: { pages: 'write', 'id-token': 'write' },
  release: { contents: 'write' },
  publish: { 'id-token': 'write' },
};

describe.each(jobs)('the job $name of $file', ({ name, job }) => {
  test('has a limit of time, and asks for no more rights', () => {
    expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    expect(job.permissions).toEqual(RIGHTS[name]);
  });

  test('runs nothing of a clone or of a package where it may do more than read', () => {
    if (!Object.hasOwn(RIGHTS, name)) return;
    const runs = job.steps.flatMap(({ run }) => run ?? []);
    expect(runs.filter((run) => !/^(gh release create|npm publish .* --ignore-scripts$)/.test(run))).toEqual([]);
    expect(job.steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))).toEqual([]);
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

describe('one file for every system', () => {
  const { jobs: conformance } = readWorkflow(ROOT, '.github/workflows/conformance.yml');
  const { package: first, ...others } = conformance;
  /** Every script of a job, including those of its virtual machine, and the inputs that it gives to the action. */
  const scriptsOf = ({ steps }: Job) =>
    steps.map(({ run = '', with: given = {} }) => [run, given['prepare'], given['run']].join('\n')).join('\n');

  test('is built by the first job, once', () => {
    expect(scriptsOf(first as Job)).toMatch(/npm ci[^]*npm pack --ignore-scripts/);
  });

  test.each(Object.entries(others))('is what the job %s waits for and installs, and it builds nothing', (name, job) => {
    expect([job.needs].flat()).toContain('package');
    const fetched = job.steps.filter(({ uses = '', with: given }) => {
      return uses.startsWith('actions/download-artifact@') && given?.['name'] === 'package';
    });
    expect(fetched).toHaveLength(1);
    expect(scriptsOf(job)).not.toMatch(/npm (ci|run|pack)|npx/);
    const byAction = job.steps.some(({ uses, with: given }) => uses === './' && given?.['package'] === 'bindspec.tgz');
    const inMachine = /^ *INPUT_PACKAGE=bindspec\.tgz sh \.ci\/install /m.test(scriptsOf(job));
    const byScript = job.steps.some(({ run = '', env = {} }) => {
      return run.startsWith('.ci/install ') && env['INPUT_PACKAGE'] === 'bindspec.tgz';
    });
    expect([byAction, inMachine, byScript].filter(Boolean), name).toHaveLength(1);
  });

  test('is compared from by the last job, which waits for all others', () => {
    const { compare, ...before } = conformance;
    expect(new Set([compare?.needs].flat())).toEqual(new Set(Object.keys(before)));
  });

  test('is what a release attaches and publishes, if its tag is the version', () => {
    const { jobs: all } = readWorkflow(ROOT, '.github/workflows/release.yml');
    const runs = Object.values(all).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(runs.filter((run) => /npm (pack|publish)/.test(run))).toEqual([
      'npm pack --ignore-scripts',
      'npm publish ./bindspec-*.tgz --provenance --access public --ignore-scripts',
    ]);
    expect(runs.some((run) => run.includes('gh release create "$GITHUB_REF_NAME" bindspec-*.tgz'))).toBe(true);
  });

  test.each([
    ['v0.1.0', '0.1.0', 0],
    ['v0.1.1', '0.1.0', 1],
    ['0.1.0', '0.1.0', 1],
  ])('is not released with the tag %s where the version is %s', async (tag, version, code) => {
    const { jobs: all } = readWorkflow(ROOT, '.github/workflows/release.yml');
    const compare = all['package']?.steps.find(({ env }) => env?.['TAG'] === '${{ github.ref_name }}');
    const home = folder();
    writeFileSync(path.join(home, 'package.json'), JSON.stringify({ version }));
    const { exitCode } = await execa('sh', ['-c', compare?.run ?? ''], { cwd: home, reject: false, env: { TAG: tag } });
    expect(exitCode).toBe(code);
  });
});

describe('scripts', () => {
  const steps = shellSteps(ROOT);

  test.each(steps)('$where takes values from its environment, never as part of its text', ({ script }) => {
    expect(script).not.toContain('${{');
  });

  test('call commands and options that there are', async () => {
    const calls = steps.flatMap(({ script }) =>
      [...script.matchAll(/\bbindspec(?:\/dist\/src\/cli\/main\.js)?"? ([a-z]+)\b([^\n|&;]*)/g)].map(
        ([, command = '', rest = '']) => ({
          command,
          rest,
        }),
      ),
    );
    expect(calls.map(({ command }) => command)).toEqual(expect.arrayContaining(['report', 'explain']));
    for (const { command, rest } of calls) {
      const { exitCode, stdout } = await bindspec([command, '--help']);
      expect(exitCode, command).toBe(0);
      for (const [option] of rest.matchAll(/--[\w-]+/g))
        expect(stdout, command).toMatch(new RegExp(`${option}(?![\\w-])`));
    }
  });
});

describe('the action', () => {
  const env = Object.assign({}, ...action.runs.steps.map((one) => ('env' in one ? one.env : {}))) as Record<
    string,
    string
  >;
  let script: string;

  beforeAll(() => {
    script = read('.ci/install') + read('.ci/conformance');
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

  test('and its scripts know the same inputs, with the same defaults', () => {
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
      names.filter((name) => !['package', 'compare'].includes(name)).toSorted(),
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
