import { chmodSync, chownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngineHost, type EngineHost } from '../../src/engine/host/engine-host.ts';
import { readRecord } from '../../src/load/read.ts';
import { BASE, baseArchive, noBase } from '../support/base-image.ts';
import { folder } from '../support/cli.ts';
import { ROOT } from '../support/docs.ts';
import { withoutEngine } from '../support/engines.ts';
import { bindspecOn, onHost } from '../support/in-engine.ts';
import { needs, installed } from '../support/needs.ts';
import { paced } from '../../src/process/pace.ts';
import { patient } from '../support/waiting.ts';

/** Installing and building takes longer than other tests do, in milliseconds. */
const LONG = paced(300_000);

describe('the image of docker/Dockerfile', needs(withoutEngine('docker'), noBase), () => {
  let host: EngineHost;

  beforeAll(async () => {
    host = await startEngineHost({ engine: 'docker' });
    const { archive, changes } = await baseArchive();
    await host.engine.importImage(archive, BASE, changes);
    const file = path.join(ROOT, 'docker/Dockerfile');
    // The builder that needs nothing but the daemon.
    const words = [
      'env',
      'DOCKER_BUILDKIT=0',
      'docker',
      'build',
      '--network=none',
      '--tag',
      'bindspec',
      '--file',
      file,
    ];
    const built = await onHost(host, [...words, ROOT], LONG);
    expect(built.exitCode, `${built.stdout}\n${built.stderr}`).toBe(0);
  }, LONG);
  afterAll(() => host?.close());

  test('runs what needs no other user, as a user that is not root', async () => {
    const run = [
      'docker',
      'run',
      '--pull=never',
      '--rm',
      'bindspec',
      'run',
      'conflict',
      '--lab',
      'host',
      '--format',
      'json',
    ];
    const { exitCode, stdout, stderr } = await onHost(host, run);
    expect(exitCode, stderr).toBe(0);
    const record = readRecord(stdout, 'stdout');
    expect(record.platform.uid).toBe(1000);
    const skipped = record.cells.filter(({ verdict }) => verdict === 'skipped');
    expect(skipped.some(({ experiment }) => experiment === 'conflict/another-user')).toBe(true);
    expect(record.cells.some(({ verdict }) => verdict === 'pass')).toBe(true);
  });

  test('holds what a run needs and nothing else', async () => {
    const list = ['docker', 'run', '--pull=never', '--rm', '--entrypoint=/bin/ls', 'bindspec', '-1'];
    const { stdout } = await onHost(host, [...list, '/opt/bindspec/dist', '/opt/bindspec/node_modules']);
    const names = stdout.split('\n');
    for (const name of ['src', 'page', 'koffi']) expect(names).toContain(name);
    for (const name of ['tools', 'bench', 'suites', 'zod', 'vitest', 'typescript', 'oxlint', 'rolldown'])
      expect(names).not.toContain(name);
  });

  test('is one that the lab of the engine takes', async () => {
    const words = [
      'run',
      ...patient(),
      'conflict/another-user',
      'reach/external-from-neighbour',
      '--lab',
      'docker=bindspec',
    ];
    const { exitCode, stdout, stderr } = await bindspecOn(host, [...words, '--no-reports']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/reach\/external-from-neighbour +4 pass/);
  });

  test(
    'is what compose starts, and its reports belong to the owner of their folder',
    { timeout: LONG, ...needs(installed('docker-compose', 'docker-compose')) },
    async () => {
      const reports = folder();
      chmodSync(reports, 0o755);
      chownSync(reports, 4321, 4322);
      const file = path.join(ROOT, 'docker/compose.yaml');
      const compose = ['env', `BINDSPEC_REPORTS=${reports}`, 'docker-compose', '--file', file];
      const ran = await onHost(host, [...compose, 'run', '--rm', 'bindspec']);
      await onHost(host, [...compose, 'down', '--volumes', '--timeout', '1']);
      expect(ran.exitCode, `${ran.stdout}\n${ran.stderr}`).toBe(0);
      const [platform = ''] = readdirSync(reports);
      const record = path.join(reports, platform, 'record.json');
      expect(statSync(record)).toMatchObject({ uid: 4321, gid: 4322 });
      const { cells } = readRecord(readFileSync(record, 'utf8'), record);
      const passed = new Set(cells.filter(({ verdict }) => verdict === 'pass').map(({ experiment }) => experiment));
      expect(passed).toContain('reach/external-from-neighbour');
      expect(cells.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')).toEqual([]);
    },
  );
});
