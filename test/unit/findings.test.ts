import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { release as kernelRelease, tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { idMatcher } from '../../src/experiment/selection.ts';
import { compareVersions } from '../../src/experiment/versions.ts';
import { readRecord } from '../../src/load/read.ts';
import { models } from '../../src/model/index.ts';
import { Follower } from '../../src/plan/follow.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import { paced } from '../../src/process/pace.ts';
import { engineRecords } from '../../tools/engine-records.ts';
import { serverRecords } from '../../tools/server-records.ts';
import { page, ROOT, rows, section } from '../support/docs.ts';
import { noNamespaces, UNSHARE } from '../support/namespace.ts';
import { needs, noCompiler, type Lack } from '../support/needs.ts';

const { text } = page('docs/findings.md');
/** The rows of a section's table, without its heading. */
const found = (heading: string) => rows(section(text, heading)).slice(1);
const plain = (cell = '') => cell.replaceAll('`', '');
const recordOf = (platform: string) => {
  const file = path.join(ROOT, 'reports', platform, 'record.json');
  return readRecord(readFileSync(file, 'utf8'), file);
};

/** The kernel whose behaviour the page tells, or a newer one. */
const oldKernel: Lack | null =
  compareVersions(kernelRelease(), '6.18') >= 0
    ? null
    : { need: 'linux-6.18', reason: 'they show what Linux 6.18 does', enable: null };

/** A namespace with what the programs need: loopback, and one more IPv6 address. */
const READY = 'ip link set lo up && ip addr add fd00::2 dev lo nodad && exec "$0"';
const IN_NAMESPACE = [...UNSHARE, 'sh', '-c', READY] as const;

describe('the programs that show what Linux does', () => {
  const findings = section(text, '## Who receives on Linux');
  const shown = [...findings.matchAll(/\]\(findings\/([\w-]+)\.c\):\n\n```text\n([^`]*)```/g)];
  const folder = path.join(ROOT, 'docs', 'findings');

  test('are all on the page, and short enough to be sent', () => {
    const files = readdirSync(folder).toSorted();
    expect(shown.map(([, name]) => `${name}.c`).toSorted()).toEqual(files);
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      expect(readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n').length, file).toBeLessThanOrEqual(60);
    }
  });

  test.each(shown.map(([, name = '', printed = '']) => ({ name, printed })))(
    '$name.c prints what the page says',
    needs(noCompiler, noNamespaces, oldKernel),
    ({ name, printed }) => {
      const made = mkdtempSync(path.join(tmpdir(), 'bindspec-finding-'));
      try {
        const program = path.join(made, name);
        const words = ['-Wall', '-Wextra', '-Werror', '-o', program, path.join(folder, `${name}.c`)];
        expect(spawnSync('cc', words, { encoding: 'utf8' })).toMatchObject({ stderr: '', status: 0 });
        expect(spawnSync('env', [...IN_NAMESPACE, program], { encoding: 'utf8', timeout: paced(20_000) }).stdout).toBe(
          printed,
        );
      } finally {
        rmSync(made, { recursive: true });
      }
    },
  );
});

describe('what bindspec found is what the committed records say', () => {
  test('of the documents: every claim that is not confirmed, and no other', () => {
    const told = found("## The documents' mistakes").map(([claim, verdict]) => `${plain(claim)} ${verdict}`);
    const not = recordOf('linux-6.18-x64').claims.filter(({ verdict }) => verdict !== 'confirmed');
    expect(new Set(told)).toEqual(new Set(not.map(({ id, verdict }) => `${id} ${verdict}`)));
  });

  test.each([
    ...found('## Bugs of kernels').map(([kernel, , command]) => ({ platform: plain(kernel), command: plain(command) })),
    ...found('## How other stacks differ').map(([name, , command]) => ({
      platform: plain(name),
      command: plain(command),
    })),
  ])('of $platform: $command', ({ platform, command }) => {
    const [id = '', release] = platform.split(' ');
    const selector = /bindspec run (\S+)/.exec(command)?.[1] ?? '';
    const record = recordOf(id);
    if (release !== undefined) expect(record.platform.version).toContain(release);
    const cells = record.cells.filter(({ experiment }) => idMatcher(selector)(experiment));
    expect(cells.some(({ verdict }) => verdict === 'differs')).toBe(true);
  });

  test.each(
    found('## What one plan shows of other stacks').map(([platform, , linux, there, command]) => ({
      platform: plain(platform),
      linux: plain(linux),
      there: plain(there),
      command: plain(command),
    })),
  )('of $platform: $command', ({ platform, linux, there, command }) => {
    const [, stack = '', replayed = ''] = /--stack (\S+) --replay '(.+)'/.exec(command) ?? [];
    expect(recordOf(platform).platform.system).toBe(stack);
    const { protocol, steps } = parsePlan(replayed);
    const simulate = () => models.linux.simulate({});
    let follower = new Follower({ protocol, port: 20_000, userOf: () => ({ uid: 0 }), simulate });
    let allowed: readonly string[] = [];
    for (const step of steps) {
      if (step.op === 'probe') {
        allowed = follower.probe(step).outcomes;
        continue;
      }
      const next = follower.step(step);
      allowed = next.allowed.outcomes;
      follower = next.after;
    }
    expect(allowed).toEqual([linux]);
    expect(there).not.toBe(linux);
  });

  test('of the kernels that have neither bug', () => {
    const commands = found('## Bugs of kernels').map(([, , command = '']) => command);
    const shown = new Set(commands.map((command) => /bindspec run (\S+)/.exec(command)?.[1]));
    for (const platform of ['linux-6.12-x64', 'linux-6.18-x64', 'linux-7.3-x64']) {
      const cells = recordOf(platform).cells.filter(({ experiment }) => shown.has(experiment));
      expect(cells.length).toBeGreaterThan(0);
      expect(cells.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    }
  });

  test('of the engines: every configuration that exposes anything, and no other', () => {
    const told = found('## What container engines expose').map(([engine, configurations]) => [
      plain(engine),
      configurations === 'none' ? [] : plain(configurations).split(', '),
    ]);
    const exposed = engineRecords(path.join(ROOT, 'reports')).map(({ engine, security }) => [
      engine.id,
      [...new Set(security.filter(({ verdict }) => verdict === 'exposed').map((one) => one.configuration))],
    ]);
    expect(told).toEqual(exposed);
  });
});

describe('what programs bind', () => {
  const records = serverRecords(path.join(ROOT, 'reports'));
  const findings = found('## What programs bind, and their documents');

  test('names many programs', () => {
    expect(findings.length).toBeGreaterThan(8);
  });

  test.each(findings)('%s, %s: %s', (name = '', what = '', outcome = '', _ = '', command = '') => {
    expect(plain(command).replaceAll("'", '')).toMatch(new RegExp(`^npx bindspec programs ${name}( --ask |$)`));
    const record = records.find((one) => one.name === name);
    if (record === undefined) throw new Error(`there is no record of ${name}`);
    const { binds, second, restart, ipv6off } = record;
    const outcomes: Record<string, unknown> = {
      binds: binds.find((line) => line === plain(outcome)),
      'second, same': second.same,
      'second, own': second.own,
      restart,
      'IPv6 off': ipv6off,
    };
    expect(outcomes[what]).toBe(plain(outcome));
  });
});
