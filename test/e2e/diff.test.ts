import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { differenceSchema } from '../../src/record/difference.ts';
import { bindspec, folder } from '../support/cli.ts';
import { ROOT } from '../support/docs.ts';
import { matrixOn, runOn } from '../unit/report/comparison/fixture.ts';

const reports = path.join(ROOT, 'reports');
const report = (platform: string) => path.join(reports, platform);

/** A folder with records by their names. */
function records(files: Record<string, unknown>): string {
  const home = folder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    writeFileSync(path.join(home, name), JSON.stringify(content));
  }
  return home;
}

describe('bindspec diff', () => {
  test('of a kernel upgrade is one screen, and ends with 1', async () => {
    const { exitCode, stdout, stderr } = await bindspec(['diff', report('linux-5.10-x64'), report('linux-6.18-x64')]);
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(stdout).toContain('≠ conflict/wildcard-over-many: wildcard ok -> EADDRINUSE');
    expect(stdout).toMatch(/^\d+ of 2,\d{3} cells with another outcome; 0 of 49,400 pairs with another answer$/m);
    expect(stdout.split('\n').length).toBeLessThan(60);
  });

  test('of an engine upgrade counts questions, and prints JSON', async () => {
    const engines = ['docker-20.10-linux-6.18-x64', 'docker-26.1-linux-6.18-x64'].map(report);
    const { exitCode, stdout } = await bindspec(['diff', ...engines, '--format', 'json']);
    expect(exitCode).toBe(1);
    const found = differenceSchema.parse(JSON.parse(stdout));
    expect(found.facts[0]).toEqual({ fact: 'engine', was: 'docker 20.10.24', is: 'docker 26.1.5' });
    expect(new Set(found.containers?.changes.map(({ configuration }) => configuration))).toEqual(
      new Set([
        'docker/none',
        'docker/ports/no-proxy',
        'docker/ports/proxy',
        'docker/ports/rootless',
        'docker/ports/rootless-slirp4netns-port',
        'docker/rootless',
        'docker/rootless-slirp4netns-port',
        'docker/time/no-proxy',
        'docker/time/proxy',
      ]),
    );
  });

  test('of the same ends with 0, in Markdown too', async () => {
    const same = report('linux-6.1-x64');
    const { exitCode, stdout } = await bindspec(['diff', same, same, '--format', 'markdown']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\*\*0 of [\d,]+ cells with another outcome; 0 of 49,400 pairs with another answer\.\*\*/);
  });

  test('says what only one side has, and what can not be compared', async () => {
    const run = runOn({});
    const both = records({ 'record.json': run, 'matrix.json': matrixOn(run) });
    const one = records({ 'deep/record.json': run });
    const left = await bindspec(['diff', both, one]);
    expect(left.exitCode).toBe(0);
    expect(left.stderr.split('\n')[0]).toBe(`bindspec: ${both}/matrix.json is left out: '${one}' has no such record`);
    expect(left.stderr).toContain(
      `bindspec: ${both}/record.json has 10 cells that this bindspec does not have, for example`,
    );

    const other = await bindspec(['diff', path.join(both, 'matrix.json'), one]);
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toMatch(/^bindspec: '.*' and '.*' have no kind of record in common: name two [^\n]*$/);

    const several = await bindspec(['diff', records({ 'a/record.json': run, 'b/record.json': run }), one]);
    expect(several.exitCode).toBe(2);
    expect(several.stderr).toMatch(/has 2 records of a run \(.*\): name one of them, or its folder$/);
  });
});
