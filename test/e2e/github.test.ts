import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runForGithub, tellGithub } from '../../src/cli/github.ts';
import { readRecord } from '../../src/load/read.ts';
import type { BindRecord } from '../../src/record/record.ts';
import { bindspec, folder } from '../support/cli.ts';
import { ROOT } from '../support/docs.ts';
import { noNamespaces } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';

const CELL = 'conflict/udp-beside-tcp/on:loopback/first:udp/family:inet';

/** Runs one cell in a job of GitHub Actions; a list of known deviations that should not have it makes it fail. */
async function inJob(words: readonly string[], env: Record<string, string> = {}, home = folder()) {
  const known = path.join(home, 'known.txt');
  writeFileSync(known, 'conflict/udp-beside-tcp # seen once\n');
  const summary = path.join(home, 'summary.md');
  writeFileSync(summary, '# before\n');
  const job = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: ROOT, GITHUB_STEP_SUMMARY: summary, ...env };
  const ran = await bindspec(['run', CELL, '--lab', 'netns', '--known', known, '--no-reports', ...words], { env: job });
  return { ...ran, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
}

describe('a run in a job of GitHub Actions', needs(noNamespaces), () => {
  let ran: Awaited<ReturnType<typeof inJob>>;
  let record: BindRecord;

  const home = mkdtempSync(path.join(os.tmpdir(), 'bindspec-test-'));
  beforeAll(async () => {
    ran = await inJob(['--format', 'json'], {}, home);
    record = readRecord(ran.stdout, 'stdout');
  });
  afterAll(() => rmSync(home, { recursive: true }));
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  /** The job's output for the same run in another environment. */
  function toldIn(env: Record<string, string>): string {
    const job = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: ROOT, GITHUB_STEP_SUMMARY: '', ...env };
    for (const [name, value] of Object.entries(job)) vi.stubEnv(name, value);
    const written: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    tellGithub(() => runForGithub(record));
    return written.join('').trimEnd();
  }

  test('annotates the experiment that failed, and adds its page to the summary', () => {
    const { exitCode, stderr, summary } = ran;
    expect(exitCode).toBe(1);
    const source = readFileSync(path.join(ROOT, 'suites/conflict/udp-beside-tcp.ts'), 'utf8').split('\n');
    const line = source.findIndex((text) => text.startsWith('export default experiment(')) + 1;
    expect(line).toBeGreaterThan(1);
    expect(stderr).toMatch(
      new RegExp(
        `^::error file=suites/conflict/udp-beside-tcp\\.ts,line=${line},title=stale%3A conflict/.*::listed as`,
      ),
    );
    expect(stderr.split('\n')).toHaveLength(1);
    expect(summary).toMatch(/^# before\n# bindspec: linux /);
  });

  test('has no place to annotate where the experiments are not in the workspace', () => {
    expect(toldIn({ GITHUB_WORKSPACE: folder() })).toMatch(
      /^::error title=stale%3A conflict\/udp-beside-tcp on linux-[^:]*::/,
    );
  });

  test('says nothing to GitHub where it is told not to, or is in no such job', async () => {
    for (const { stderr, summary } of [await inJob(['--no-annotations']), await inJob([], { GITHUB_ACTIONS: '' })]) {
      expect([stderr, summary]).toEqual(['', '# before\n']);
    }
  });

  test('leaves out of the summary what has no room in it, and says so first', () => {
    const full = path.join(folder(), 'full.md');
    writeFileSync(full, `${'x'.repeat(99)}\n`.repeat(9990));
    toldIn({ GITHUB_STEP_SUMMARY: full });
    const written = readFileSync(full, 'utf8').slice(999_000);
    expect(written).toMatch(/^\*\*Only the beginning is shown here; the reports have all of it\.\*\*\n\n# bindspec: /);
    expect(written.endsWith('\n')).toBe(true);
    expect(999_000 + Buffer.byteLength(written)).toBeLessThanOrEqual(1_000_000);
  });

  test('is as it is where the summary can not be written', () => {
    const told = toldIn({ GITHUB_STEP_SUMMARY: '/nowhere/at/all' });
    expect(told.split('\n')[1]).toMatch(/^bindspec: GitHub's annotations can't be written: ENOENT/);
  });

  test('prints a report in the Common Test Report Format and nothing else', async () => {
    const { stdout } = await inJob(['--format', 'ctrf']);
    expect(JSON.parse(stdout)).toMatchObject({ reportFormat: 'CTRF', results: { summary: { tests: 1, failed: 1 } } });
  });
});
